package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/upgrade"
)

// statusCommand shows where an upgrade stands.
func statusCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "status GATEWAY",
		Short: "Show where an upgrade stands",
		Args:  gatewayArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.status(cmd, gatewayID(args))
		},
	}
}

// status prints where a gateway's latest upgrade stands, for people with what it is doing at the moment.
func (s *shared) status(cmd *cobra.Command, gateway int) error {
	c, err := connect(cmd.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	report, err := fetch(cmd, c, gateway, func(upgrade.Report) bool { return true })
	if err != nil {
		return err
	}
	text := summary(report)
	if report.Outcome == "" {
		now, err := pending(cmd.Context(), c, gateway)
		if err != nil {
			return err
		}
		for _, activity := range now {
			text += fmt.Sprintf("%-11s %s\n", "now", activity)
		}
	}
	return s.print(cmd.OutOrStdout(), report, text)
}

// summary is a report in a few lines for people.
func summary(r upgrade.Report) string {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "%-11s %s\n", label, fmt.Sprintf(format, args...))
	}
	line("gateway", "%d %s, pod %s", r.GatewayID, r.Gateway, r.Pod)
	line("versions", "%s → %s", r.From, r.Target)
	if r.Outcome != "" {
		line("outcome", "%s %s", r.Outcome, r.Reason)
	} else {
		line("phase", "%s since %s", r.Phase, r.Since.Local().Format(time.DateTime))
	}
	if r.Hold != nil {
		line("holding", "%s", r.Hold.Reason)
		line("", "→ %s", r.Hold.Advice)
	}
	if r.Ask != nil {
		line("asking", "%s", r.Ask.Text)
	}
	if r.Paused != nil {
		line("paused", "by %s: %s", r.Paused.By, r.Paused.Reason)
	}
	if r.Outcome == "" && len(r.Choices) > 0 {
		line("you may", "%s", strings.Join(r.Choices, ", "))
	}
	for _, notice := range r.Notices {
		line("notice", "%s", notice)
	}
	if r.Waiting != "" {
		line("waiting", "%s", r.Waiting)
	}
	if r.Plan != nil && len(r.Nodes) == 0 {
		for i, step := range r.Plan.Steps {
			line("step", "%d: reload %s on %s to %s (price %d)", i+1, step.Node, step.Host, step.Price.Version, step.Price.ID)
		}
		line("planned", "%s", r.Plan.Needed)
		line("rollback", "%s", r.Plan.Rollback)
		for _, note := range r.Plan.Notes {
			line("note", "%s", note)
		}
	}
	for _, n := range r.Nodes {
		line("node", "%s on %s: reload %d, %s", n.Step.Node, n.Step.Host, n.ReloadID, nodeState(n))
	}
	for _, todo := range r.ToDo {
		line("to do", "%s", todo)
	}
	if r.Stored != nil {
		line("report", "%s", r.Stored.Key)
	}
	return b.String()
}

func nodeState(n upgrade.NodeReport) string {
	switch {
	case !n.Verified.IsZero():
		return "runs " + n.Version
	case !n.Ended.IsZero():
		return "ended, being verified"
	case n.ReloadID != 0:
		return "under way"
	}
	return "not started"
}
