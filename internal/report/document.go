package report

import (
	"fmt"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// document is what both forms of the report show, in words.
type document struct {
	Title       string
	Headline    headline
	Reason      string
	Next        *next
	ToDo        []string
	Notices     []string
	Facts       []fact
	Timeline    timeline
	Reloads     []reload
	Decisions   []decision
	Checks      checks
	Differences differences
	Changes     *upgrade.ConfigChanges
	Import      []string
	Notes       []string
	Archive     []stored
	Log         []upgrade.Entry
	AsOf        string
}

// fact is one line of the overview.
type fact struct{ Label, Text string }

// next is what an upgrade waits for, and what people may say to it.
type next struct {
	Title, Text, Advice string
	Commands            []string
}

// reload is one reload of one host.
type reload struct {
	Machine, From, Target, Transaction, Answer  string
	Submitted, Ended, Took, Verified, RunsAfter string
}

// decision is what a person told the upgrade.
type decision struct{ At, Name, By, Reason string }

// stored is an object of the archive.
type stored struct {
	What string
	upgrade.Blob
}

// documentOf puts a report into words.
func documentOf(v View) document {
	r := v.Report
	times, lost := r.Timeline(), outageOf(r)
	d := document{
		Title:       "Upgrade of " + name(r),
		Headline:    headlineOf(r, times, lost),
		Reason:      r.Reason,
		Next:        nextOf(r),
		ToDo:        r.ToDo,
		Notices:     r.Notices,
		Facts:       factsOf(r, times, lost),
		Timeline:    timelineOf(r, times, lost, v.Now),
		Reloads:     reloadsOf(r),
		Checks:      checksOf(r.Checks),
		Differences: differencesOf(r),
		Changes:     r.Changes,
		Archive:     archiveOf(r),
		Log:         r.Log,
		AsOf:        moment(v.Now),
	}
	if v.Broken != "" && r.Outcome == "" {
		d.Headline, d.Reason, d.Next = brokenOff(r), "the workflow was "+v.Broken, nil
	}
	for _, said := range r.Decisions {
		d.Decisions = append(d.Decisions, decision{At: moment(said.At), Name: withCodes(said), By: said.By, Reason: said.Reason})
	}
	if r.Import != nil {
		d.Import = r.Import.Plan
	}
	if r.Plan != nil {
		d.Notes = r.Plan.Notes
	}
	return d
}

func withCodes(d upgrade.Decision) string {
	if len(d.Codes) == 0 {
		return d.Name
	}
	return d.Name + " " + listed(d.Codes)
}

// factsOf is the overview: what, by whom, why, when.
func factsOf(r upgrade.Report, times upgrade.Times, lost outage) []fact {
	facts := []fact{{"Gateway", fmt.Sprintf("%s (id %d)", name(r), r.GatewayID)}, {"Pod", or(r.Pod, none)},
		{"From", or(r.From, none)}, {"To", or(r.Target, none)}, {"Requested by", or(r.RequestedBy, none)}, {"Change", or(r.Change, none)},
		{"Begun", moment(times.Begun)}}
	if r.Outcome != "" {
		facts = append(facts, fact{"Ended", moment(r.Since)}, fact{"Took", between(times.Begun, r.Since)})
	} else {
		facts = append(facts, fact{"Phase", fmt.Sprintf("%s since %s", or(string(r.Phase), none), moment(r.Since))})
	}
	facts = append(facts, fact{"Without traffic", lost.Text}, fact{"Reloads", fmt.Sprint(r.Reloads)})
	if r.Adopted != "" {
		facts = append(facts, fact{"Taken over", r.Adopted})
	}
	if r.Preempt != nil && r.Preempt.Found != upgrade.PreemptAbsent {
		facts = append(facts, fact{"Preempt of redundancy group 1", preemptWords(*r.Preempt)})
	}
	if r.Plan != nil {
		facts = append(facts, fact{"Planned time", lasted(r.Plan.Needed.D())}, fact{"Way back", or(r.Plan.Rollback, none)})
	}
	if r.Rollback != nil {
		facts = append(facts, fact{"Rolled back by", fmt.Sprintf("%s: %s", r.Rollback.Asked.By, r.Rollback.Asked.Reason)})
	}
	return facts
}

func preemptWords(p upgrade.PreemptReport) string {
	text := string(p.Found)
	switch {
	case p.Restored:
		text += " when found; deactivated, and active again"
	case p.Deactivated:
		text += " when found; deactivated, and still off"
	}
	return text
}

// nextOf says what an upgrade waits for; nil where it waits for nobody.
func nextOf(r upgrade.Report) *next {
	var n next
	switch {
	case r.Outcome != "":
		return nil
	case r.Hold != nil:
		n = next{Title: fmt.Sprintf("Holding since %s (%s)", moment(r.Hold.Since), r.Hold.Kind), Text: r.Hold.Reason, Advice: r.Hold.Advice}
	case r.Ask != nil:
		n = next{Title: "Approval needed since " + moment(r.Ask.Since), Text: r.Ask.Text}
	case r.Paused != nil:
		n = next{Title: fmt.Sprintf("Paused since %s by %s", moment(r.Paused.At), r.Paused.By), Text: r.Paused.Reason}
	case r.Waiting != "":
		n = next{Title: "Waiting", Text: r.Waiting}
	default:
		return nil
	}
	for _, choice := range r.Choices {
		codes := ""
		if choice == "accept-warnings" {
			codes = " --codes CODES"
		}
		n.Commands = append(n.Commands, fmt.Sprintf("starter %s %d%s --by NAME --reason TEXT", choice, r.GatewayID, codes))
	}
	return &n
}

func reloadsOf(r upgrade.Report) []reload {
	var list []reload
	for _, n := range r.Nodes {
		shown := reload{Machine: machine(n), From: r.From, Target: n.Target, Transaction: none, Answer: none, Submitted: moment(n.Submitted), Ended: moment(n.Ended),
			Took: between(n.Submitted, n.Ended), Verified: moment(n.Verified), RunsAfter: or(n.Version, none)}
		if n.Target == r.From { // the way back
			shown.From = r.Target
		}
		if n.ReloadID != 0 {
			shown.Transaction = fmt.Sprint(n.ReloadID)
		}
		if n.Submission != nil {
			shown.Answer = strings.TrimSpace(fmt.Sprintf("%s %s", n.Submission.Answer, n.Submission.Text))
		}
		if n.Round > 1 {
			shown.Answer += fmt.Sprintf(" (submission %d)", n.Round)
		}
		list = append(list, shown)
	}
	return list
}

// archiveOf lists what the archive holds, by its digests: whoever has the files can prove that they are these.
func archiveOf(r upgrade.Report) []stored {
	var list []stored
	if x := r.Export; x != nil {
		list = append(list, stored{"configuration before, curly form", x.Curly}, stored{"configuration before, set form", x.Set})
		if x.XML != (upgrade.Blob{}) {
			list = append(list, stored{"configuration before, XML form", x.XML})
		}
		list = append(list, stored{"state before", x.Snapshot})
		list = append(list, documentsOf(*x)...)
	}
	if r.Import != nil {
		list = append(list, stored{"configuration that the rebuilt gateway came with", r.Import.Fresh})
	}
	if r.Stored != nil {
		list = append(list, stored{"this report as JSON", *r.Stored})
	}
	return list
}

// documentsOf lists what was taken beside the configuration; of what there is none it says why.
func documentsOf(x upgrade.Export) []stored {
	names := map[upgrade.Document]string{upgrade.DocumentRescue: "rescue configuration", upgrade.DocumentLicences: "licences",
		upgrade.DocumentLicenceKeys: "licence keys", upgrade.DocumentCertificates: "local certificates"}
	var list []stored
	for _, d := range x.Documents {
		what := or(names[d.Name], string(d.Name))
		switch d.Outcome {
		case upgrade.DocumentNone:
			what += ": the gateway had none"
		case upgrade.DocumentUnread:
			what += ": could not be read: " + d.Reason
		}
		list = append(list, stored{what, d.Blob})
	}
	return list
}
