package report

import (
	"fmt"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// outage is what is known about the time without traffic. Without a begin nothing was seen of one; without an end it
// lasts, or nobody saw the end.
type outage struct {
	Begin, End time.Time
	Moved      upgrade.Stage // a pair's reload at whose end the traffic moved, at a moment that nobody measured
	Text       string
}

// measured reports whether both ends are known.
func (o outage) measured() bool { return !o.Begin.IsZero() && !o.End.IsZero() }

// outageOf says how long traffic stood still. A pair moves its traffic once, at the end of the first reload, and
// that moment is not measured; a rollback stops it between the two machines (IBM: vSRX rollback page); a standalone
// gateway has none from its reload until its configuration is back.
func outageOf(r upgrade.Report) (o outage) {
	switch {
	case len(r.Nodes) == 0 || r.Reloads == 0 && r.Adopted == "" && r.Nodes[0].Submitted.IsZero():
		return outage{Text: "none: nothing was reloaded"}
	case r.Reloads == 0 && r.Adopted == "":
		return outage{Text: "not known: a reload was submitted and is not known to have begun"}
	}
	first := r.Nodes[0]
	if r.Plan != nil && !r.Plan.Gateway.HA() {
		o.Begin = first.Submitted
		if r.Import != nil {
			o.End = r.Import.At
		}
		return o.say(r, "counted from the submission of the reload until the configuration was back, so at most this")
	}
	if first.ReloadID != 0 && !first.Submitted.IsZero() {
		o.Moved = upgrade.Stage{Phase: upgrade.PhaseReload, Begin: first.Submitted, End: first.Ended}
	}
	if r.Rollback == nil || r.Rollback.TrafficStopped.IsZero() {
		o.Text = "not measured: the traffic of a pair moves once, at the end of the first reload, and sessions are not carried across versions"
		if first.ReloadID != 0 && first.Ended.IsZero() {
			o.Text = "none yet: the traffic moves at the end of the first reload, which is under way"
		}
		return o
	}
	o.Begin, o.End = r.Rollback.TrafficStopped, r.Rollback.TrafficBack
	return o.say(r, "by the rollback; the move of the traffic at the end of the first reload is not measured")
}

// say puts the outage into words.
func (o outage) say(r upgrade.Report, how string) outage {
	switch {
	case o.measured():
		d := o.End.Sub(o.Begin)
		o.Text = fmt.Sprintf("%s (%s), %s", lasted(d), count(int(d.Round(time.Second).Seconds()), "second", "seconds"), how)
	case r.Outcome == "":
		o.Text = fmt.Sprintf("since %s, and it lasts; %s", moment(o.Begin), how)
	default:
		o.Text = fmt.Sprintf("since %s; that traffic came back was not seen", moment(o.Begin))
	}
	return o
}
