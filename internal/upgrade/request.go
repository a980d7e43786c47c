package upgrade

import (
	"regexp"
	"time"
)

// Request asks for one gateway to be upgraded. It is the input of the UpgradeGateway workflow, and people type it.
type Request struct {
	GatewayID     int    `json:"gatewayId"`
	TargetVersion string `json:"targetVersion"`
	// DryRun ends after the plan: nothing is written anywhere.
	DryRun bool `json:"dryRun,omitempty"`
	// Resume takes over an upgrade that somebody began by hand, at the point at which it stands.
	Resume bool `json:"resume,omitempty"`
	// Approval says who releases the second node: ApprovalPerson (default) or ApprovalNone.
	Approval Approval `json:"approval,omitempty"`
	// Preempt says what to do with an active preempt of redundancy group 1; empty asks a person.
	Preempt PreemptPolicy `json:"preempt,omitempty"`
	// Window is the maintenance window; absent means now and without end.
	Window *Window `json:"window,omitempty"`
	// Defer ends an upgrade that is too late for its window before the first reload as deferred, in place of holding:
	// whoever started it will start it again in the next window.
	Defer bool `json:"defer,omitempty"`
	// AcceptWarnings lists IBM readiness warning codes (1176-1185) that a person has accepted beforehand.
	AcceptWarnings []int `json:"acceptWarnings,omitempty"`
	// Change and By are the change ticket and the person who asked; kept in the report.
	Change string `json:"change,omitempty"`
	By     string `json:"by,omitempty"`
	// Timing overrides durations; absent fields take the documented defaults.
	Timing Timing `json:"timing,omitzero"`
}

// Approval says who says go before the point of no return.
type Approval string

// The ways of approval.
const (
	ApprovalPerson Approval = "person"
	ApprovalNone   Approval = "none"
)

// PreemptPolicy says what happens to an active preempt statement: it would pull traffic back in the middle of the
// upgrade, so no reload is submitted while it is active.
type PreemptPolicy string

// The policies.
const (
	PreemptAsk        PreemptPolicy = ""           // a person approves its deactivation
	PreemptDeactivate PreemptPolicy = "deactivate" // deactivate it and leave it so
	PreemptRestore    PreemptPolicy = "restore"    // deactivate it and activate it again at the end
)

// Window is a maintenance window.
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// changeForm keeps what people type out of search attributes, file names and logs where it could do harm.
var changeForm = regexp.MustCompile(`^[A-Za-z0-9 ._:/#@-]{0,100}$`)

// OrDefaults fills what may be left out.
func (r Request) OrDefaults() Request {
	if r.Approval == "" {
		r.Approval = ApprovalPerson
	}
	r.Timing = r.Timing.OrDefaults()
	return r
}

// Validate refuses a request that makes no sense, before anything is asked of anybody.
func (r Request) Validate() error {
	if r.GatewayID <= 0 {
		return Errorf(Invalid, "gatewayId %d is not the id of a gateway", r.GatewayID).Advise("take the id from the portal")
	}
	if _, err := ParseVersion(r.TargetVersion); err != nil {
		return Errorf(Invalid, "targetVersion: %w", err).Advise("name a Junos release such as 23.4R2-S5.5")
	}
	switch r.Approval {
	case "", ApprovalPerson, ApprovalNone:
	default:
		return Errorf(Invalid, "approval %q is unknown", r.Approval).Advise("use %q or %q", ApprovalPerson, ApprovalNone)
	}
	switch r.Preempt {
	case PreemptAsk, PreemptDeactivate, PreemptRestore:
	default:
		return Errorf(Invalid, "preempt %q is unknown", r.Preempt).Advise("use %q or %q, or leave it out to be asked", PreemptDeactivate, PreemptRestore)
	}
	if r.Window != nil && !r.Window.Start.Before(r.Window.End) {
		return Errorf(Invalid, "the maintenance window ends before it starts").Advise("give start and end in RFC 3339, start first")
	}
	if len(r.AcceptWarnings) > 0 {
		if err := Warnings(r.AcceptWarnings); err != nil {
			return err
		}
	}
	if !changeForm.MatchString(r.Change) || !changeForm.MatchString(r.By) {
		return Errorf(Invalid, "change and by may hold up to 100 letters, digits, blanks and . _ : / # @ -").Advise("shorten them")
	}
	return r.Timing.Validate()
}

// Warnings refuses codes that a person cannot accept.
func Warnings(codes []int) error {
	if len(codes) == 0 {
		return Errorf(Invalid, "no readiness warning is named").Advise("name the codes to accept")
	}
	for _, code := range codes {
		if !IsWarning(code) {
			return Errorf(Invalid, "code %d is no readiness warning and cannot be accepted", code).Advise("repair its cause; only codes 1176 to 1185 are warnings")
		}
	}
	return nil
}

// Fits refuses a moment from which the planned time does not fit into the window any more.
func (w *Window) Fits(now time.Time, needed Duration) error {
	switch {
	case w == nil:
		return nil
	case now.Before(w.Start):
		return Errorf(TooLate, "the maintenance window opens only at %s", w.Start.Format(time.RFC3339)).Advise("retry inside the window, or abort")
	case now.Add(needed.D()).After(w.End):
		return Errorf(TooLate, "%s are left in the maintenance window and %s are planned", w.End.Sub(now).Round(time.Minute), needed.D()).Advise("abort, and start again in a longer window")
	}
	return nil
}
