package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Markdown renders a report for Temporal Web's current details. What to do next stands first: text after a table may
// not be visible there.
func (r Report) Markdown() string {
	var b strings.Builder
	add := func(format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...)) }
	add("**%s** %s → %s, phase **%s** since %s\n\n", r.name(), orDash(r.From), r.Target, r.Phase, clock(r.Since))
	switch {
	case r.Hold != nil:
		add("**HOLDING** since %s: %s\n\n%s\n\n", clock(r.Hold.Since), r.Hold.Reason, r.Hold.Advice)
	case r.Ask != nil:
		add("**WAITING FOR APPROVAL** since %s: %s\n\n", clock(r.Ask.Since), r.Ask.Text)
	case r.Paused != nil:
		add("**PAUSED** since %s by %s: %s\n\n", clock(r.Paused.At), r.Paused.By, r.Paused.Reason)
	case r.Outcome != "":
		add("**%s** %s\n\n", strings.ToUpper(string(r.Outcome)), r.Reason)
	case r.Waiting != "":
		add("Waiting: %s\n\n", r.Waiting)
	}
	if len(r.Choices) > 0 && r.Outcome == "" {
		add("You may send: %s\n\n", strings.Join(r.Choices, ", "))
	}
	for _, notice := range r.Notices {
		add("- **%s**\n", cell.Replace(notice))
	}
	for _, todo := range r.ToDo {
		add("- %s\n", cell.Replace(todo))
	}
	if len(r.ToDo) > 0 {
		b.WriteString("\n")
	}
	if nodes := r.nodes(); len(nodes) > 0 {
		b.WriteString("| node | host | reload | submitted | ended | verified |\n|---|---|---|---|---|---|\n")
		for _, n := range nodes {
			add("| %s | %s | %s | %s | %s | %s |\n", n.Step.Node, n.Step.Host, number(n.ReloadID), clock(n.Submitted), clock(n.Ended), clock(n.Verified))
		}
		b.WriteString("\n")
	}
	if len(r.Log) > 0 {
		b.WriteString("| time | phase | |\n|---|---|---|\n")
		for _, e := range r.Log {
			add("| %s | %s | %s |\n", clock(e.At), e.Phase, cell.Replace(e.Text))
		}
	}
	return b.String()
}

// cell keeps a text in its table cell.
var cell = strings.NewReplacer("|", "/", "\n", " ")

// nodes are the reloads under way or done, then those still planned.
func (r Report) nodes() []NodeReport {
	nodes := slices.Clone(r.Nodes)
	if r.Plan != nil && r.Rollback == nil {
		for _, step := range r.Plan.Steps[min(len(nodes), len(r.Plan.Steps)):] {
			nodes = append(nodes, NodeReport{Step: step})
		}
	}
	return nodes
}

func (r Report) name() string {
	if r.Gateway == "" {
		return fmt.Sprintf("gateway %d", r.GatewayID)
	}
	return r.Gateway
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("02\u00a0Jan\u00a015:04:05") // a line must not break inside
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func number(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}
