package report

import (
	"fmt"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// lane is one row of the picture.
type lane struct {
	Name string
	Y    int // of its upper edge
	Bars []bar
}

// bar is a time in a lane. Left and Width are shares of the picture in per cent.
type bar struct {
	Class       string
	Label       string
	Fits        string // where the label has room: everywhere, on wide pages only, or nowhere
	Text        string // all that is to be said about it
	Begin, End  time.Time
	Open        bool // it has no end yet
	Left, Width float64
}

// timeline is the picture of an upgrade: phases, reloads, waits and traffic over time.
type timeline struct {
	Lanes  []lane
	Ticks  []tick
	Height int
	Note   string
}

// Measures of the picture, in pixels: it is as wide as the page, and its texts keep their size.
const (
	laneHeight = 52
	axisHeight = 26
	wide       = 860 // of the page, as wide as it gets
	narrow     = 330 // of a phone's
	letter     = 6.8 // of a label
)

// timelineOf draws the times of an upgrade up to now.
func timelineOf(r upgrade.Report, times upgrade.Times, lost outage, now time.Time) timeline {
	begin, end := extent(r, times, now)
	if !begin.Before(end) {
		return timeline{}
	}
	lanes := []lane{{Name: "Phases", Bars: phaseBars(times)}}
	for i, n := range r.Nodes {
		if bars := reloadBars(r, i); len(bars) > 0 {
			lanes = append(lanes, lane{Name: "Reload of " + machine(n), Bars: bars})
		}
	}
	if bars := stopBars(times); len(bars) > 0 {
		lanes = append(lanes, lane{Name: "Stood still", Bars: bars})
	}
	if bars := trafficBars(lost); len(bars) > 0 {
		lanes = append(lanes, lane{Name: "Traffic", Bars: bars})
	}
	for i := range lanes {
		lanes[i].Y = i * laneHeight
		for j := range lanes[i].Bars {
			lanes[i].Bars[j].place(begin, end)
		}
	}
	t := timeline{Lanes: lanes, Ticks: ticksOf(begin, end), Height: len(lanes)*laneHeight + axisHeight}
	t.Note = fmt.Sprintf("%s to %s UTC", moment(begin), moment(end))
	return t
}

// extent is the time that the picture shows.
func extent(r upgrade.Report, times upgrade.Times, now time.Time) (begin, end time.Time) {
	begin, end = times.Begun, now
	if r.Outcome != "" {
		end = r.Since
	}
	for _, n := range r.Nodes { // clocks of several machines are in a report
		for _, t := range []time.Time{n.Submitted, n.Ended, n.Verified} {
			if t.After(end) {
				end = t
			}
		}
	}
	return begin, end
}

// machine is what a reload reloads.
func machine(n upgrade.NodeReport) string {
	if n.Step.Node == "" {
		return "host " + n.Step.Host
	}
	return n.Step.Node + " on " + n.Step.Host
}

func phaseBars(times upgrade.Times) []bar {
	class := map[upgrade.Phase]string{upgrade.PhaseReload: "reload", upgrade.PhaseRollback: "rollback", upgrade.PhaseImport: "reload",
		upgrade.PhaseReady: "check", upgrade.PhaseVerify: "check", upgrade.PhaseCompare: "check", upgrade.PhaseApprove: "ask", upgrade.PhaseQueue: "idle"}
	var bars []bar
	for _, s := range times.Stages {
		bars = append(bars, bar{Class: or(class[s.Phase], "work"), Label: string(s.Phase), Text: string(s.Phase), Begin: s.Begin, End: s.End})
	}
	return bars
}

// reloadBars are the reload as IBM's transaction shows it, and what was needed to prove it.
func reloadBars(r upgrade.Report, i int) []bar {
	n := r.Nodes[i]
	if n.Submitted.IsZero() || n.ReloadID == 0 && i < len(r.Nodes)-1 {
		return nil
	}
	label := fmt.Sprintf("transaction %d", n.ReloadID)
	if n.ReloadID == 0 {
		label = "submitted, transaction not known"
	}
	if r.Outcome != "" && n.Ended.IsZero() {
		return []bar{{Class: "unknown", Label: label, Text: label + ", its end was not seen", Begin: n.Submitted, End: r.Since}}
	}
	bars := []bar{{Class: "reload", Label: label, Text: fmt.Sprintf("%s to %s", label, n.Target), Begin: n.Submitted, End: n.Ended}}
	if !n.Ended.IsZero() && !n.Verified.IsZero() {
		bars = append(bars, bar{Class: "check", Label: "verified", Text: "verified: it runs " + n.Version, Begin: n.Ended, End: n.Verified})
	}
	return bars
}

func stopBars(times upgrade.Times) []bar {
	class := map[upgrade.StopKind]string{upgrade.StopHold: "hold", upgrade.StopApproval: "ask", upgrade.StopPause: "pause", upgrade.StopQueue: "idle"}
	var bars []bar
	for _, s := range times.Stops {
		text := fmt.Sprintf("%s: %s", s.Kind, or(s.Reason, none))
		if s.By != "" {
			text += "; ended by " + s.By
		}
		bars = append(bars, bar{Class: class[s.Kind], Label: string(s.Kind), Text: text, Begin: s.Begin, End: s.End})
	}
	return bars
}

func trafficBars(o outage) []bar {
	var bars []bar
	if !o.Moved.Begin.IsZero() {
		bars = append(bars, bar{Class: "unknown", Label: "moves once, not measured",
			Text: "the traffic moves once, at the end of this reload; how long that takes is not measured", Begin: o.Moved.Begin, End: o.Moved.End})
	}
	if !o.Begin.IsZero() {
		bars = append(bars, bar{Class: "outage", Label: "no traffic", Text: "no traffic", Begin: o.Begin, End: o.End})
	}
	return bars
}

// thinnest is the share of the picture, in per cent, that the shortest bar still has: it must be seen.
const thinnest = 0.5

// place finds where the bar is drawn, and whether its label has room.
func (b *bar) place(begin, end time.Time) {
	till := b.End
	if b.Open = till.IsZero(); b.Open || till.After(end) {
		till = end
	}
	whole := float64(end.Sub(begin))
	b.Left = within(100*float64(b.Begin.Sub(begin))/whole, 0, 100-thinnest)
	b.Width = within(100*float64(till.Sub(b.Begin))/whole, thinnest, 100-b.Left)
	need := letter*float64(len([]rune(b.Label))) + 12
	switch {
	case need <= b.Width/100*narrow:
		b.Fits = "everywhere"
	case need <= b.Width/100*wide:
		b.Fits = "wide"
	default:
		b.Fits = "nowhere"
	}
}

// Took is how long it lasted.
func (b bar) Took() string {
	if b.Open {
		return "not over"
	}
	return between(b.Begin, b.End)
}

// BarY and LabelY are where a lane's bars and their labels stand.
func (l lane) BarY() int { return l.Y + 20 }

// NameY is the base line of a lane's name.
func (l lane) NameY() int { return l.Y + 13 }

func within(v, least, most float64) float64 { return max(least, min(v, most)) }

// AxisY is where the lanes end and the axis begins, TickY the base line of its labels.
func (t timeline) AxisY() int { return t.Height - axisHeight }

// TickY is the base line of the axis' labels.
func (t timeline) TickY() int { return t.Height - 8 }

// legend explains a colour.
type legend struct{ Class, Text string }

// Legend explains the colours that are in the picture.
func (t timeline) Legend() []legend {
	used := map[string]bool{}
	for _, l := range t.Lanes {
		for _, b := range l.Bars {
			used[b.Class] = true
		}
	}
	var shown []legend
	for _, l := range []legend{{"work", "at work"}, {"idle", "in the queue"}, {"check", "checked and verified"}, {"reload", "reload or import"},
		{"ask", "waiting for approval"}, {"hold", "holding"}, {"pause", "paused"}, {"rollback", "rollback"}, {"outage", "no traffic"}, {"unknown", "not measured"}} {
		if used[l.Class] {
			shown = append(shown, l)
		}
	}
	return shown
}
