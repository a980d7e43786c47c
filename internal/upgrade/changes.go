package upgrade

import (
	"fmt"
	"strings"
)

// ConfigChanges is how a configuration differs from a stored one, statement by statement, secrets masked.
type ConfigChanges struct {
	Lines  []string `json:"lines,omitempty"` // the first of them
	Count  int      `json:"count"`           // all of them
	Commit string   `json:"commit"`          // newest entry of the commit list: time, user, client
}

// String says it in one line.
func (c ConfigChanges) String() string {
	if c.Count == 0 {
		return "no statement differs from the exported configuration; last commit " + c.Commit
	}
	shown := c.Lines[:min(len(c.Lines), 5)]
	more := ""
	if c.Count > len(shown) {
		more = fmt.Sprintf("; and %d more", c.Count-len(shown))
	}
	return fmt.Sprintf("%d statements differ from the exported configuration, last commit %s: %s%s", c.Count, c.Commit, strings.Join(shown, "; "), more)
}
