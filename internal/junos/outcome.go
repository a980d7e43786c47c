package junos

import (
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Outcome is whether the device did what a request asked.
type Outcome struct {
	Verdict  Verdict
	Errors   []string
	Warnings []string
	Signs    []string // what the verdict done rests on
}

// Verdict grades an outcome.
type Verdict string

// The verdicts. Quiet is an answer with neither a sign of success nor an error, such as data or an empty rpc-reply: a
// success of a lock or of a reading, and no success of a commit or of an installation.
const (
	Done   Verdict = "done"
	Failed Verdict = "failed"
	Quiet  Verdict = "quiet"
)

// What the texts of actions say. A package-result of 0 has been seen with nothing staged, and lines "WARNING:" and "mgd:
// error:" in successes, so that an installation is proven by the version that runs and by nothing here.
var (
	doneLine = regexp.MustCompile(`(?i)^(?:commit complete|configuration check succeeds|commit confirmed will be (?:automatically )?rolled back|` +
		`validation succeeded|initiated manual failover for redundancy group|successfully reset manual failover|no reset required|cleared failover-count|` +
		`shutdown now!|shutdown at |initiating vmhost reboot|.*will become active at next reboot)`)
	failedLine = regexp.MustCompile(`^(?:error:|ERROR:)|(?i)^(?:unknown command|syntax error|permission denied|there is already an install pending|` +
		`there is pending upgrade)|please reset it before requesting a failover|command is not valid on|database is currently being modified`)
	warningLine = regexp.MustCompile(`(?i)^(?:warning:|## ?warning:|mgd: (?:error|warning):)`)
)

// ParseOutcome reads the answer to a change or an action in any form: a commit or check, a load, a lock, software add,
// validate or rollback, reboot and power-off, failover and its reset. Errors at any depth count, also of one node, and
// those of text alone. An answer that cannot be read is an error of kind Malformed.
func ParseOutcome(raw string) (Outcome, error) {
	o, err := readAnswer(raw)
	if err != nil {
		return Outcome{}, err
	}
	var outcome Outcome
	o.tree.walk(outcome.readElement)
	for _, message := range refusals(o.tree) {
		outcome.fail(message)
	}
	outcome.readText(o.text)
	switch {
	case len(outcome.Errors) > 0:
		outcome.Verdict = Failed
	case len(outcome.Signs) > 0 || o.tree != nil && committed(o.tree):
		outcome.Verdict = Done
	case o.tree == nil && len(lines(o.text)) == 0:
		return Outcome{}, unrecognised("answer")
	default:
		outcome.Verdict = Quiet
	}
	return outcome, nil
}

// readAnswer reads an output whose refusal is a result. A commit or check of a cluster may hold a routing-engine that is
// never closed; it gets a second attempt that invents the end tag.
func readAnswer(raw string) (output, error) {
	o, err := readOutput(raw)
	if upgrade.KindOf(err) == upgrade.Refused {
		return o, nil
	}
	if err == nil || !strings.Contains(raw, "<routing-engine") {
		return o, err
	}
	text := normal(raw)
	tree, second := parseElement([]byte(document(text[strings.IndexByte(text, '<'):])), false)
	if second != nil {
		return output{}, err
	}
	return output{tree: tree, text: tree.outputs()}, nil
}

func (o *Outcome) readElement(e *element) {
	switch e.name {
	case "ok", "load-success", "commit-success", "commit-check-success":
		o.sign(e.name)
	case "package-result":
		switch e.text {
		case "0":
			o.sign("package-result 0")
		default:
			o.fail("package-result " + e.text)
		}
	case "request-reboot-status":
		o.readText(e.text)
	case "rpc-error":
		if strings.EqualFold(e.value("error-severity"), "warning") {
			o.warn(message(e))
		}
	case "warning":
		if strings.Contains(e.space, "xnm") {
			o.warn(message(e))
		}
	}
}

func (o *Outcome) readText(text string) {
	for _, line := range lines(text) {
		line = words(line)
		switch {
		case failedLine.MatchString(line):
			o.fail(line)
		case warningLine.MatchString(line):
			o.warn(line)
		case doneLine.MatchString(line):
			o.sign(line)
		}
	}
}

func (o *Outcome) fail(text string) { o.Errors = once(o.Errors, text) }
func (o *Outcome) warn(text string) { o.Warnings = once(o.Warnings, text) }
func (o *Outcome) sign(text string) { o.Signs = once(o.Signs, text) }

// once adds a text: each node of a cluster says the same.
func once(texts []string, text string) []string {
	if text == "" || slices.Contains(texts, text) {
		return texts
	}
	return append(texts, text)
}
