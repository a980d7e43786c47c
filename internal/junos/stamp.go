package junos

import (
	"regexp"
	"strings"
	"time"
)

// Stamp is what a configuration says of itself.
type Stamp struct {
	Version   string    // the release that wrote it
	Text      string    // when it was committed or changed, as the device prints it
	At        time.Time // zero where the text names no moment
	User      string    // who committed it; "" of a candidate
	Candidate bool      // it was changed and not committed
}

var stampLine = regexp.MustCompile(`^## Last (commit|changed): (.+?)(?: by (\S+))?$`)

// ParseStamp reads the beginning of "show configuration" in any form: the time stamp and the version. A configuration
// without a stamp gives what it has; an output without a configuration is an error of kind Malformed.
func ParseStamp(raw string) (Stamp, error) {
	text := normal(raw)
	if markupLine.MatchString(text) || objectLine.MatchString(text) {
		o, err := readOutput(raw)
		if err != nil {
			return Stamp{}, err
		}
		e := o.tree.first("configuration")
		switch {
		case e != nil:
			return treeStamp(e), nil
		case o.tree.first("configuration-text", "configuration-set") == nil:
			return Stamp{}, unrecognised("configuration")
		}
		text = o.tree.value("configuration-text", "configuration-set")
	}
	var stamp Stamp
	for _, line := range lines(text) {
		if m := stampLine.FindStringSubmatch(line); m != nil && stamp.Text == "" {
			stamp.Text, stamp.User, stamp.Candidate, stamp.At = m[2], m[3], m[1] == "changed", moment(m[2], "")
		}
		for _, begin := range []string{"version ", "set version "} {
			if version, found := strings.CutPrefix(line, begin); found && stamp.Version == "" {
				stamp.Version = strings.Trim(version, `";`)
			}
		}
	}
	if stamp.Text == "" && stamp.Version == "" {
		return Stamp{}, unrecognised("configuration")
	}
	return stamp, nil
}

func treeStamp(e *element) Stamp {
	stamp := Stamp{Text: e.attribute("commit-localtime"), User: e.attribute("commit-user")}
	seconds := e.attribute("commit-seconds")
	if changed := e.attribute("changed-localtime"); changed != "" {
		stamp.Text, stamp.Candidate, seconds = changed, true, e.attribute("changed-seconds")
	}
	stamp.At = moment(stamp.Text, seconds)
	if version := e.child("version"); version != nil {
		stamp.Version = version.text
	}
	return stamp
}
