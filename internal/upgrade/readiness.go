package upgrade

import (
	"fmt"
	"slices"
	"time"
)

// Category names one of IBM's readiness checks.
type Category string

// The checks that gate a version-changing reload: the upgrade page asks for the first, the API text for the second.
const (
	UpgradeCheck Category = "upgrade_precheck"
	ReloadCheck  Category = "reload_precheck"
)

// ReadinessValue is IBM's word for a check's state, lower case and without blanks and underscores.
type ReadinessValue string

// The documented values (readiness page lists eight); any other text is kept and is not ready.
const (
	Ready       ReadinessValue = "ready"
	NotReadyYet ReadinessValue = "notready"
	Running     ReadinessValue = "running"
	Incomplete  ReadinessValue = "incomplete"
	CannotBe    ReadinessValue = "unsupported"
	Expired     ReadinessValue = "expired"
	Unchecked   ReadinessValue = "unchecked"
	Current     ReadinessValue = "current"
)

var readinessNumbers = []ReadinessValue{Ready, NotReadyYet, Running, Incomplete, CannotBe, Expired, Unchecked, Current}

// ReadReadiness recognises a value as text, upper case, number, or number as text: its wire form is documented nowhere.
func ReadReadiness(raw string) ReadinessValue {
	s := folded(raw)
	if len(s) == 1 && s[0] >= '0' && int(s[0]-'0') < len(readinessNumbers) {
		return readinessNumbers[s[0]-'0']
	}
	return ReadinessValue(s)
}

// ReadinessRow is one member's row of one check.
type ReadinessRow struct {
	Category Category       `json:"category"`
	MemberID int            `json:"memberId"`
	Value    ReadinessValue `json:"value"`
	Raw      string         `json:"raw"`
	Code     int            `json:"code"` // 0 = none
}

// Readiness is the result of a round of checks. SeenRunning holds, for each category, the last moment the check was
// seen running: a row carries no time, and its five hours count from the check's end.
type Readiness struct {
	Rows        []ReadinessRow         `json:"rows"`
	SeenRunning map[Category]time.Time `json:"seenRunning"`
	Logs        []string               `json:"logs,omitempty"` // where the hosts' logs of the checks are kept, or why not; for people
}

// AllChecks are the given categories; none given means every category there is.
func AllChecks(checks []Category) []Category {
	if len(checks) == 0 {
		return []Category{UpgradeCheck, ReloadCheck}
	}
	return checks
}

// ValidUntil is the earliest moment at which one of the checks expires; the zero time when one was never seen running.
func (r Readiness) ValidUntil(valid time.Duration, checks ...Category) time.Time {
	var until time.Time
	for i, category := range AllChecks(checks) {
		seen := r.SeenRunning[category]
		if seen.IsZero() {
			return time.Time{}
		}
		if end := seen.Add(valid); i == 0 || end.Before(until) {
			until = end
		}
	}
	return until
}

// IsWarning reports whether a readiness code only warns: such a check goes on once a person has accepted the code.
func IsWarning(code int) bool { return code >= 1176 && code <= 1185 }

// Blocking lists what in the rows of the checks forbids the reload of a member: it and every other member must be Ready
// with no error code. done names members that were already upgraded: for them "Current" is right. Warnings that were
// accepted by code do not block.
func (r Readiness) Blocking(member int, done, accepted []int, checks ...Category) []Finding {
	var found []Finding
	for _, category := range AllChecks(checks) {
		seen := false
		for _, row := range r.Rows {
			if row.Category != category {
				continue
			}
			seen = seen || row.MemberID == member
			current := row.Value == Current && row.MemberID != member && slices.Contains(done, row.MemberID)
			switch {
			case row.Value != Ready && !current, row.Code != 0 && !IsWarning(row.Code):
				found = append(found, readinessFinding("%s says %q%s for member %d", category, row.Raw, codeText(row.Code), row.MemberID))
			case IsWarning(row.Code) && !slices.Contains(accepted, row.Code):
				found = append(found, readinessFinding("%s warns with code %d for member %d", category, row.Code, row.MemberID))
			}
		}
		if !seen {
			found = append(found, readinessFinding("%s has no row for member %d", category, member))
		}
	}
	return found
}

// MayPass reports whether running the checks again may help by itself: what failed did so without a reason, or for one
// that passes.
func (r Readiness) MayPass() bool {
	failed, lasting := false, false
	for _, row := range r.Rows {
		if row.Value == Ready || row.Value == Current || row.Value == Incomplete { // incomplete: the other member failed
			continue
		}
		code, _ := CodeOf(row.Code)
		failed, lasting = true, lasting || row.Code != 0 && !code.Class.Retry() || row.Value == CannotBe
	}
	return failed && !lasting
}

func codeText(code int) string {
	if code == 0 {
		return ""
	}
	return fmt.Sprintf(" (code %d)", code)
}

func readinessFinding(format string, args ...any) Finding {
	return Finding{Check: "readiness", Text: fmt.Sprintf(format, args...),
		Advice: "look the code up in IBM's list of readiness errors, repair the cause, then retry; a warning goes on once accept-warnings names its code"}
}
