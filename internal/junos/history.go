package junos

import (
	"regexp"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// historyRow is a row of "show system commit" and of the list that "rollback ?" offers; a comment may follow the client.
var (
	historyRow   = regexp.MustCompile(`^(\d+)\s+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: \S+)?) by (\S+) via (\S+)(?:\s+(\S.*))?$`)
	historyBegin = regexp.MustCompile(`^\d+\s+\d{4}-`)
	rescueRow    = regexp.MustCompile(`^rescue\b`)
)

// ParseCommits reads "show system commit" in any form, newest first as the device lists it. Pending is set on entry 0
// alone: the mark of a confirmed commit stays in the list for good. Errors are of kind Malformed, or Refused in the words
// of the device.
func ParseCommits(raw string) ([]upgrade.Commit, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readHistory(o)
}

func readHistory(o output) ([]upgrade.Commit, error) {
	information := o.tree.first("commit-information")
	if information == nil {
		return textHistory(o.text)
	}
	var commits []upgrade.Commit
	for i, e := range information.all("commit-history") {
		commit := upgrade.Commit{Number: i, User: e.value("user"), Client: e.value("client"), At: words(e.value("date-time")), Log: e.value("log")}
		if text := e.value("sequence-number"); text != "" {
			n, err := digits(text)
			if err != nil {
				return nil, err
			}
			commit.Number = n
		}
		if commit.At == "" {
			return nil, upgrade.Errorf(upgrade.Malformed, "entry %d of the commit list has no time", i)
		}
		commit.Pending = pendingMark(commit.Number, e.value("comment")) || commit.Number == 0 && strings.Contains(e.value("commit-confirmed"), "rollback pending")
		commits = append(commits, commit)
	}
	return commits, nil
}

// pendingMark recognises a confirmed commit that waits. The same comment further down is history.
func pendingMark(number int, comment string) bool {
	return number == 0 && strings.Contains(comment, "commit confirmed, rollback in")
}

// textHistory reads rows with the log of each on lines below it.
func textHistory(text string) ([]upgrade.Commit, error) {
	var commits []upgrade.Commit
	rescue := false
	for _, line := range lines(text) {
		m := historyRow.FindStringSubmatch(line)
		switch {
		case m != nil:
			n, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, incomplete("the commit list", line)
			}
			commits = append(commits, upgrade.Commit{Number: n, At: m[2], User: m[3], Client: m[4], Pending: pendingMark(n, m[5])})
		case historyBegin.MatchString(line):
			return nil, incomplete("the commit list", line)
		case rescueRow.MatchString(line):
			rescue = true
		case len(commits) > 0 && !rescue && strings.Trim(line, ".") != "":
			last := &commits[len(commits)-1]
			last.Log = strings.TrimSpace(last.Log + "\n" + line)
		}
	}
	if len(commits) == 0 {
		return nil, unrecognised("commit list")
	}
	return commits, nil
}
