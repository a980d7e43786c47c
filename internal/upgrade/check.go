package upgrade

// CheckResult is what one named readiness check found of one subject.
type CheckResult struct {
	Name     string       `json:"name"`              // stable, kebab-case
	Subject  string       `json:"subject,omitempty"` // gateway, a host's name, node0, node1
	Verdict  CheckVerdict `json:"verdict"`
	Evidence string       `json:"evidence"`              // what was seen
	Remedy   string       `json:"remedy,omitempty"`      // what to do, for a person
	Code     int          `json:"code,omitempty"`        // IBM's readiness code, 0 where none exists
	Requires string       `json:"requirement,omitempty"` // the procedure's requirement, e.g. R13
}

// CheckVerdict is the outcome of a check.
type CheckVerdict string

// The verdicts. CheckError means that the question could not be asked; no answer is not a verdict of the gateway.
const (
	CheckPass    CheckVerdict = "pass"
	CheckWarn    CheckVerdict = "warn"
	CheckFail    CheckVerdict = "fail"
	CheckError   CheckVerdict = "error"
	CheckSkipped CheckVerdict = "skipped"
)
