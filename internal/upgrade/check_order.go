package upgrade

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// CheckOrder asks whether a gateway is ready to be upgraded. It is the input of the CheckReadiness workflow.
type CheckOrder struct {
	GatewayID int `json:"gatewayId"`
	// TargetVersion may be left out: then it is the newest that IBM offers.
	TargetVersion string `json:"targetVersion,omitempty"`
	// NativeOnly leaves out IBM's own checks, which take about half an hour and need the right to start them.
	NativeOnly     bool   `json:"nativeOnly,omitempty"`
	AcceptWarnings []int  `json:"acceptWarnings,omitempty"`
	By             string `json:"by,omitempty"`
	Timing         Timing `json:"timing,omitzero"`
}

// OrDefaults fills what may be left out.
func (o CheckOrder) OrDefaults() CheckOrder {
	o.Timing = o.Timing.OrDefaults()
	return o
}

// Over lays what the order says over another one.
func (o CheckOrder) Over(base CheckOrder) CheckOrder {
	if o.TargetVersion != "" {
		base.TargetVersion = o.TargetVersion
	}
	if o.By != "" {
		base.By = o.By
	}
	base.NativeOnly = base.NativeOnly || o.NativeOnly
	base.AcceptWarnings = append(base.AcceptWarnings, o.AcceptWarnings...)
	return base
}

// Validate refuses an order that makes no sense.
func (o CheckOrder) Validate() error {
	if o.GatewayID <= 0 {
		return Errorf(Invalid, "gatewayId %d is not the id of a gateway", o.GatewayID).Advise("take the id from the portal")
	}
	if o.TargetVersion != "" {
		if _, err := ParseVersion(o.TargetVersion); err != nil {
			return Errorf(Invalid, "targetVersion: %w", err).Advise("name a Junos release such as 23.4R2-S5.5")
		}
	}
	if len(o.AcceptWarnings) > 0 {
		if err := Warnings(o.AcceptWarnings); err != nil {
			return err
		}
	}
	return o.Timing.Validate()
}

// Question is what the gateway is checked for. An active preempt is a warning: an upgrade deactivates it by approval.
func (o CheckOrder) Question() CheckRequest {
	return CheckRequest{Moment: BeforeFirst, Timing: o.Timing, NativeOnly: o.NativeOnly,
		Request: Request{GatewayID: o.GatewayID, TargetVersion: o.TargetVersion, Preempt: PreemptDeactivate, AcceptWarnings: o.AcceptWarnings, Timing: o.Timing}}
}

// Newest is the newest release that is offered, "" when none is.
func Newest(offers []Offer) string {
	newest, name := Version{}, ""
	for _, o := range offers {
		for _, p := range o.Prices {
			v, err := ParseVersion(p.Version)
			if err != nil {
				continue
			}
			if order, err := v.Compare(newest); name == "" || err == nil && order > 0 {
				newest, name = v, p.Version
			}
		}
	}
	return name
}

// CheckReport is the result of a readiness check, and its status while IBM's own checks run.
type CheckReport struct {
	GatewayID int           `json:"gatewayId"`
	Target    string        `json:"target,omitempty"`  // as ordered, or the newest that IBM offers; empty where neither is known
	Verdict   CheckVerdict  `json:"verdict,omitempty"` // of all results; empty while checks run
	Doing     string        `json:"doing,omitempty"`
	At        time.Time     `json:"at,omitzero"`
	IBM       *Readiness    `json:"ibm,omitempty"`       // rows of IBM's own checks
	ValidTo   time.Time     `json:"validUntil,omitzero"` // of IBM's own checks
	Results   []CheckResult `json:"results,omitempty"`
}

// Markdown renders the report for Temporal Web: what forbids an upgrade first.
func (r CheckReport) Markdown() string {
	var b strings.Builder
	add := func(format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...)) }
	add("Gateway %d: **%s**%s %s\n\n| verdict | check | of | evidence | remedy |\n|---|---|---|---|---|\n", r.GatewayID, r.Verdict, r.Towards(), r.Doing)
	for _, v := range []CheckVerdict{CheckFail, CheckError, CheckWarn, CheckPass} {
		for _, c := range r.Results {
			if c.Verdict == v {
				add("| %s | %s | %s | %s | %s |\n", c.Verdict, c.Label(), cell.Replace(c.Subject), cell.Replace(c.Evidence), cell.Replace(c.Remedy))
			}
		}
	}
	return b.String()
}

// Towards names the release that the gateway was checked for, as " for 23.4R2-S5.5"; "" where it is not known.
func (r CheckReport) Towards() string {
	if r.Target == "" {
		return ""
	}
	return " for " + r.Target
}

// Found takes over what the checks found. Where nobody named a target, the one that they chose stands in their results.
func (r *CheckReport) Found(results []CheckResult, at time.Time) {
	r.Results, r.At = results, at
	for _, c := range results {
		r.Target = cmp.Or(r.Target, c.Target)
	}
}

// Label names a check with IBM's code where there is one.
func (r CheckResult) Label() string {
	if r.Code == 0 {
		return r.Name
	}
	return fmt.Sprintf("%s (%d)", r.Name, r.Code)
}

// Unready turns the results that forbid a reload into one error, nil when none does.
func Unready(results []CheckResult) error {
	var texts []string
	remedy := ""
	for _, r := range results {
		if r.Blocks() {
			texts = append(texts, fmt.Sprintf("%s of %s: %s", r.Label(), r.Subject, r.Evidence))
			if remedy == "" {
				remedy = r.Remedy
			}
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return Errorf(NotReady, "%s", strings.Join(texts, "; ")).Advise("%s", remedy)
}
