package upgrade

import (
	"fmt"
	"strings"
	"time"
)

// CheckResult is what one named readiness check found of one subject.
type CheckResult struct {
	Name     string       `json:"name"`              // stable, kebab-case
	Subject  string       `json:"subject,omitempty"` // gateway, a host's name, node0, node1
	Verdict  CheckVerdict `json:"verdict"`
	Evidence string       `json:"evidence"`              // what was seen
	Remedy   string       `json:"remedy,omitempty"`      // what to do, for a person
	Code     int          `json:"code,omitempty"`        // IBM's readiness code, 0 where none exists
	Requires string       `json:"requirement,omitempty"` // the procedure's requirements, e.g. "R13, R14"
	Target   string       `json:"target,omitempty"`      // the release that was judged for, where the result is about one
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

// Blocks reports whether no reload may be submitted on this result: it failed, or its question could not be asked.
func (r CheckResult) Blocks() bool {
	return r.Verdict != CheckPass && r.Verdict != CheckWarn && r.Verdict != CheckSkipped
}

// CheckRequest says what the facts are judged for. The same facts are right at one moment and a failure at another.
type CheckRequest struct {
	Moment  Moment  `json:"moment"`
	Request Request `json:"request"` // target, accepted warnings, preempt policy, window
	// Plan is the plan being carried out. Without one, before the first reload, the facts themselves are planned with.
	Plan *Plan `json:"plan,omitempty"`
	Step int   `json:"step,omitempty"` // index of the plan's step that comes next
	// SeenRunning holds the last moment each of IBM's checks was seen running: its result's age counts from there.
	SeenRunning map[Category]time.Time `json:"seenRunning,omitempty"`
	Mark        *Mark                  `json:"mark,omitempty"` // of the exported configuration; without one drift is not judged
	Timing      Timing                 `json:"timing,omitzero"`
	Now         time.Time              `json:"now"`
	NativeOnly  bool                   `json:"nativeOnly,omitempty"` // IBM's own checks are not judged
}

// Checks judges the facts by every readiness check, in the order of the table of checks. Each check gives one result a
// subject; one that does not apply says why.
func Checks(f Facts, q CheckRequest) []CheckResult {
	if why := noMoment(f.Picture.Gateway, q.Moment); why != "" {
		return []CheckResult{check{name: "moment"}.complete(unknown("%s", why).cure("this is a fault of the program: report it"))}
	}
	s := sceneOf(f, q)
	var results []CheckResult
	for _, c := range readinessChecks() {
		results = append(results, c.run(s)...)
	}
	return results
}

// noMoment says why a gateway has no such moment: nothing is judged by the rules of another one.
func noMoment(g Gateway, m Moment) string {
	switch {
	case m != BeforeFirst && m != AfterSecond && !m.Lone():
		return fmt.Sprintf("%q is no moment of an upgrade", m)
	case m.Lone() && len(g.Members) == 1:
		return fmt.Sprintf("a standalone gateway has no moment %q", m)
	}
	return ""
}

// Overall is the verdict of all results: a failure beats an unasked question, which beats a warning, which beats a
// pass. Where nothing was judged nothing is known.
func Overall(results []CheckResult) CheckVerdict {
	seen := map[CheckVerdict]bool{}
	for _, r := range results {
		if r.Blocks() && r.Verdict != CheckFail {
			seen[CheckError] = true
		}
		seen[r.Verdict] = true
	}
	for _, v := range []CheckVerdict{CheckFail, CheckError, CheckWarn, CheckPass} {
		if seen[v] {
			return v
		}
	}
	return CheckError
}

// check is one question to the facts. Name, requirement and code go into its results where the judge leaves them open.
type check struct {
	name     string
	requires string
	code     int
	applies  func(s scene) string // why it does not apply, "" when it does
	judge    func(s scene) []CheckResult
}

// run judges, and never comes back without a result.
func (c check) run(s scene) []CheckResult {
	var results []CheckResult
	if why := c.applies(s); why != "" {
		results = []CheckResult{skipped("%s", why)}
	} else if results = c.judge(s); len(results) == 0 {
		results = []CheckResult{unknown("there was nothing to judge")}
	}
	for i, r := range results {
		results[i] = c.complete(r)
	}
	return results
}

// complete fills what the judge left open; the remedy of a code is the one IBM's code table has.
func (c check) complete(r CheckResult) CheckResult {
	if r.Name == "" {
		r.Name, r.Requires = c.name, c.requires
	}
	if r.Code == 0 {
		r.Code = c.code
	}
	if r.Subject == "" {
		r.Subject = "gateway"
	}
	if r.Verdict == CheckPass || r.Verdict == CheckSkipped {
		r.Remedy = ""
		return r
	}
	if r.Remedy == "" {
		if code, ok := CodeOf(r.Code); ok {
			r.Remedy = code.Remedy
		}
	}
	return r
}

func pass(format string, args ...any) CheckResult {
	return CheckResult{Verdict: CheckPass, Evidence: fmt.Sprintf(format, args...)}
}

func warn(format string, args ...any) CheckResult {
	return CheckResult{Verdict: CheckWarn, Evidence: fmt.Sprintf(format, args...)}
}

func fail(format string, args ...any) CheckResult {
	return CheckResult{Verdict: CheckFail, Evidence: fmt.Sprintf(format, args...)}
}

func unknown(format string, args ...any) CheckResult {
	return CheckResult{Verdict: CheckError, Evidence: fmt.Sprintf(format, args...)}.
		cure("find out why the question has no answer, then check again; no answer is not a yes")
}

func skipped(format string, args ...any) CheckResult {
	return CheckResult{Verdict: CheckSkipped, Evidence: fmt.Sprintf(format, args...)}
}

// cure gives the result its remedy.
func (r CheckResult) cure(format string, args ...any) CheckResult {
	r.Remedy = fmt.Sprintf(format, args...)
	return r
}

// coded gives the result another readiness code than its check has.
func (r CheckResult) coded(code int) CheckResult {
	r.Code = code
	return r
}

// about gives the result its subject.
func (r CheckResult) about(subject string) CheckResult {
	r.Subject = subject
	return r
}

// sentence prints and drops the blanks that empty words leave behind.
func sentence(format string, args ...any) string {
	return strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
}

// some lists the first of many.
func some(list []string) string {
	const shown = 5
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
