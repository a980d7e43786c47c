package upgrade

import (
	"regexp"
	"slices"
	"strings"
)

// configurationFree wants nobody to hold the configuration. A lock that was granted proves it (Juniper:
// lock-configuration).
func configurationFree(_ scene, d DeviceFacts) CheckResult {
	if d.LockedBy != "" {
		return fail("the configuration is held by %s", d.LockedBy).
			cure("ask them to leave configuration mode, and keep other automation off until the upgrade is over")
	}
	return pass("a lock of the configuration was granted and given back")
}

// candidateClean wants the candidate equal to the committed configuration, as both looks saw it.
func candidateClean(s scene, d DeviceFacts) []CheckResult {
	view := s.f.Picture.Device
	switch {
	case d.Dirty != "" || view.Uncommitted:
		return []CheckResult{fail("the candidate configuration holds uncommitted changes: %s", sentence("%s", d.Dirty)).
			cure("commit or discard them, then check again")}
	case view.Denied || view.Error != "":
		return []CheckResult{unknown("the gateway was not asked: %s", view.Error)}
	}
	return []CheckResult{pass("no uncommitted change")}
}

// commitConfirmed wants no commit that will roll itself back. Only the newest entry can wait; an older mark is history.
func commitConfirmed(s scene, d DeviceFacts) []CheckResult {
	view := s.f.Picture.Device
	newest := slices.IndexFunc(d.Commits, func(c Commit) bool { return c.Number == 0 })
	switch {
	case view.Pending || newest >= 0 && d.Commits[newest].Pending:
		return []CheckResult{fail("a confirmed commit waits for its confirmation").cure("confirm it (commit) or let it roll back, then check again")}
	case view.Denied || view.Error != "":
		return []CheckResult{unknown("the gateway was not asked: %s", view.Error)}
	case newest < 0:
		return []CheckResult{unknown("the list of commits has no newest entry")}
	}
	c := d.Commits[newest]
	return []CheckResult{pass("the last commit is of %s by %s via %s, and final", c.At, c.User, c.Client)}
}

// configurationMarked wants the mark that drift is judged by, and the exported one where there is one.
func configurationMarked(s scene, d Device) CheckResult {
	switch {
	case d.Mark.Digest == "" || d.Mark.Commit == "":
		return unknown("digest or last commit of the configuration was not read, so a change could not be noticed")
	case s.q.Mark != nil && d.Mark != *s.q.Mark:
		return fail("the configuration is not the exported one any more; last commit: %s", d.Mark.Commit).
			cure("find out who changes the gateway and stop it, then export again before anything is reloaded")
	}
	return pass("digest %.12s, last commit %s", d.Mark.Digest, d.Mark.Commit)
}

// console matches the terminal of a machine's console as show system users prints it.
var console = regexp.MustCompile(`^(tty)?[ud]0$|^con`)

// consoleFree wants nobody on the console: IBM's automation types there.
func consoleFree(_ scene, d DeviceFacts) CheckResult {
	for _, u := range d.Users {
		if console.MatchString(u.TTY) {
			return fail("%s is logged in on the console", sentence("%s %s %s %s", u.Node, u.Name, u.TTY, u.What))
		}
	}
	return pass("nobody is logged in on the console")
}

// usersGone warns of people at work; NETCONF clients are not listed (Juniper: show system users).
func usersGone(_ scene, d DeviceFacts) CheckResult {
	var names []string
	for _, u := range d.Users {
		if !console.MatchString(u.TTY) {
			names = append(names, sentence("%s %s %s from %s", u.Node, u.Name, u.TTY, u.From))
		}
	}
	if len(names) > 0 {
		return warn("%d logins at the command line: %s", len(names), some(names)).
			cure("tell them not to change the configuration until the upgrade is over")
	}
	return pass("nobody is logged in at the command line")
}

// lintResults gives one result for the lint itself and one for each rule that found statements, with the worst severity.
func lintResults(s scene) []CheckResult {
	var order []string
	byRule := map[string][]Statement{}
	for _, st := range s.f.Lint {
		if len(byRule[st.Rule]) == 0 {
			order = append(order, st.Rule)
		}
		byRule[st.Rule] = append(byRule[st.Rule], st)
	}
	results := []CheckResult{pass("the configuration was judged, %d statements stand out", len(s.f.Lint))}
	if s.f.LintErr != "" {
		results[0] = unknown("the configuration could not be judged: %s", s.f.LintErr).
			cure("save the configuration (show configuration) and judge it by vsrx-upgrade lint")
	}
	for _, rule := range order {
		results = append(results, ruleResult(s, rule, byRule[rule]))
	}
	return results
}

func ruleResult(s scene, rule string, found []Statement) CheckResult {
	r := CheckResult{Name: "lint-" + rule, Verdict: CheckPass, Requires: ruleRequires[rule]}
	var places, commands []string
	for _, st := range found {
		r.Verdict = worseOf(r.Verdict, s.verdictOf(st))
		r.Code = max(r.Code, st.Code)
		place := sentence("%s", st.Path)
		if st.Line > 0 {
			place = sentence("%s (%s line %d)", st.Path, st.File, st.Line)
		}
		places = append(places, place)
		for _, command := range st.Fix {
			if !slices.Contains(commands, command) {
				commands = append(commands, command)
			}
		}
	}
	r.Evidence = sentence("%s: %s", strings.TrimSuffix(found[0].Why, "."), some(places))
	switch {
	case len(commands) > 0:
		r.Remedy = "on the gateway: " + strings.Join(commands, "; ")
	case r.Code == 0:
		r.Remedy = "change or delete the statement, then check again"
	}
	return r
}

// ruleRequires are the requirements that single rules of the lint are about.
var ruleRequires = map[string]string{"root-login-closed": "R7", "idp-signatures": "R18", "certificate-lost": "R19", "file-lost": "R20", preemptRule: "R21"}

// preemptRule is the lint's rule about groups that take themselves back.
const preemptRule = "preempt-active"

// verdictOf grades a statement; a severity that nobody knows stops the upgrade. Preempt of group 1 only warns where the
// upgrade will deactivate it by itself: see preemptOff.
func (s scene) verdictOf(st Statement) CheckVerdict {
	switch {
	case st.Severity == SeverityNote:
		return CheckPass
	case st.Severity == SeverityWarning, st.Rule == preemptRule && s.deactivates() && strings.Contains(st.Path, "redundancy-group 1 preempt"):
		return CheckWarn
	}
	return CheckFail
}

func worseOf(a, b CheckVerdict) CheckVerdict {
	return Overall([]CheckResult{{Verdict: a}, {Verdict: b}})
}
