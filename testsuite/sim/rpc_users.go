package sim

import (
	"fmt"
	"slices"
	"strings"
)

// logins are those on terminals of the answering node; NETCONF sessions are not among them.
func (g *appliance) logins() []*editor {
	list := slices.Clone(g.edits.open)
	if g.edits.stranger != nil {
		list = append(list, g.edits.stranger)
	}
	return slices.DeleteFunc(list, func(e *editor) bool { return e.terminal == "" })
}

// systemUsers is "show system users" of every node: people log in on the one that answers.
func systemUsers(s *netconfSession, _ *element) string {
	return s.eachNode(func(m *member) string {
		var list []*editor
		if m == s.member {
			list = s.gateway.logins()
		}
		var out strings.Builder
		now := s.cloud.clock.now
		out.WriteString("<system-users-information>\n<uptime-information>\n" + moment("date-time", now))
		fmt.Fprintf(&out, "<active-user-count junos:format=\"%d users\">%d</active-user-count>\n<user-table>\n", len(list), len(list))
		for _, e := range list {
			fmt.Fprintf(&out, "<user-entry>\n<user>%s</user>\n<tty>%s</tty>\n<from>10.0.0.9</from>\n<login-time junos:seconds=\"%d\">%s</login-time>\n"+
				"<idle-time junos:seconds=\"0\">-</idle-time>\n<command>-cli (cli)</command>\n</user-entry>\n",
				escape(e.user), escape(e.terminal), e.since.Unix(), e.since.UTC().Format("3:04PM"))
		}
		out.WriteString("</user-table>\n</uptime-information>\n</system-users-information>\n")
		return out.String()
	})
}
