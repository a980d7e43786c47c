package junos

import (
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// loadLine is the first line of "show system users", which is there also when nobody is logged in.
var loadLine = regexp.MustCompile(`\bload averages?:`)

// ParseUsers reads "show system users" in any form: logins on terminals and over SSH, no NETCONF sessions (Juniper: show
// system users). Errors are of kind Malformed, or Refused in the words of the device.
func ParseUsers(raw string) ([]upgrade.User, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readUsers(o)
}

func readUsers(o output) ([]upgrade.User, error) {
	var users []upgrade.User
	recognised := false
	for _, p := range o.byNode() {
		found, is, err := partUsers(p)
		if err != nil {
			return nil, err
		}
		recognised = recognised || is
		for _, u := range found {
			u.Node = p.node
			users = append(users, u)
		}
	}
	if !recognised {
		return nil, unrecognised("list of users")
	}
	return users, nil
}

func partUsers(p part) (users []upgrade.User, recognised bool, err error) {
	if p.tree.first("system-users-information", "uptime-information", "user-table") == nil {
		return textUsers(p.text)
	}
	for _, e := range p.tree.all("user-entry") {
		if e.value("user") == "" {
			return nil, true, incomplete("the list of users", e.value("tty"))
		}
		users = append(users, upgrade.User{
			Name: e.value("user"), TTY: e.value("tty"), From: from(e.value("from")),
			What: words(e.value("command")),
		})
	}
	return users, true, nil
}

func textUsers(text string) (users []upgrade.User, recognised bool, err error) {
	table := false
	for _, line := range lines(text) {
		words := strings.Fields(line)
		switch {
		case loadLine.MatchString(line):
			recognised, table = true, false
		case words[0] == "USER" && len(words) > 1 && words[1] == "TTY":
			recognised, table = true, true
		case table && len(words) < 6:
			return nil, true, incomplete("the list of users", line)
		case table:
			users = append(users, upgrade.User{Name: words[0], TTY: words[1], From: from(words[2]), What: strings.Join(words[5:], " ")})
		}
	}
	return users, recognised, nil
}

// from drops the dash of a login on the console.
func from(host string) string {
	if host == "-" {
		return ""
	}
	return host
}
