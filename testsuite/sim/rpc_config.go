package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// shown is the configuration a session reads: its candidate if it has the lock, unless it asks for the committed one.
func (s *netconfSession) shown(e *element) *configuration {
	if s.candidate != nil && e.attr("database") != "committed" {
		return s.candidate
	}
	return s.gateway.config
}

func getConfiguration(s *netconfSession, e *element) string {
	g, config := s.gateway, s.shown(e)
	if e.attr("compare") == "rollback" {
		return s.compareRollback(e.attr("rollback"), config)
	}
	var scope []string
	if top := e.child("configuration"); top != nil {
		for _, child := range top.Children {
			scope = append(scope, child.XMLName.Local)
		}
	}
	if len(scope) == 0 && (config == g.config || config.setForm() == g.config.setForm()) {
		g.exported = true
	}
	config = config.only(scope)
	last := g.commits[0]
	switch e.attr("format") {
	case "text":
		return fmt.Sprintf("<configuration-text xmlns=\"http://xml.juniper.net/xnm/1.1/xnm\">\n%sversion %s;\n%s</configuration-text>\n",
			escape(g.lastCommit()), s.member.vm.version, escape(config.curlyForm()))
	case "set":
		return fmt.Sprintf("<configuration-set>\n%sset version %s\n%s</configuration-set>\n",
			escape(g.lastCommit()), s.member.vm.version, escape(config.setForm()))
	case "", "xml":
		return fmt.Sprintf("<configuration xmlns=\"http://xml.juniper.net/xnm/1.1/xnm\" junos:commit-seconds=\"%d\" junos:commit-localtime=\"%s\" junos:commit-user=\"%s\">\n    <version>%s</version>\n%s</configuration>\n",
			last.at.Unix(), last.at.UTC().Format("2006-01-02 15:04:05 MST"), escape(last.user), s.member.vm.version, config.xmlForm())
	}
	return rpcError("protocol", "operation-failed", "unsupported format", e.attr("format"))
}

// only is the part of a configuration below some top-level statements; without any it is all of it.
func (c *configuration) only(statements []string) *configuration {
	if len(statements) == 0 {
		return c
	}
	part := &configuration{grammar: c.grammar, root: &node{rule: c.grammar}}
	for _, n := range c.root.children {
		if slices.Contains(statements, n.name) {
			part.root.children = append(part.root.children, n)
		}
	}
	return part
}

func (s *netconfSession) compareRollback(text string, config *configuration) string {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= len(s.gateway.commits) {
		return rpcError("protocol", "operation-failed", "rollback "+text+" does not exist", "rollback")
	}
	old := s.gateway.commits[n].config
	return "<configuration-information>\n<configuration-output>\n" + escape(compare(old, config)) + "</configuration-output>\n</configuration-information>\n"
}

func commitInformation(g *appliance) string {
	var out strings.Builder
	out.WriteString("<commit-information>\n")
	for i, entry := range g.commits {
		fmt.Fprintf(&out, "<commit-history>\n<sequence-number>%d</sequence-number>\n<user>%s</user>\n<client>%s</client>\n%s",
			i, escape(entry.user), entry.client, moment("date-time", entry.at))
		if entry.comment != "" {
			fmt.Fprintf(&out, "<comment>%s</comment>\n", entry.comment)
			if i == 0 && g.pending != nil {
				out.WriteString("<commit-confirmed>rollback pending</commit-confirmed>\n")
			}
		}
		if entry.log != "" {
			fmt.Fprintf(&out, "<log>%s</log>\n", escape(entry.log))
		}
		out.WriteString("</commit-history>\n")
	}
	out.WriteString("</commit-information>\n")
	return out.String()
}

func lockConfiguration(s *netconfSession, _ *element) string {
	if other := s.gateway.lockedBy; other != nil && other != s {
		return rpcError("protocol", "lock-denied", fmt.Sprintf("\nconfiguration database locked by:\n  %s terminal  (pid %d) on since %s, idle 00:00:07\n      exclusive \n",
			other.user, other.id, other.since), "")
	}
	if s.gateway.lockedBy == nil {
		s.gateway.lockedBy, s.candidate = s, s.gateway.config.clone()
	}
	return ""
}

const notOpen = "\nConfiguration database is not open\n"

func unlockConfiguration(s *netconfSession, _ *element) string {
	if s.gateway.lockedBy != s {
		return rpcError("protocol", "operation-failed", notOpen, "")
	}
	s.gateway.lockedBy, s.candidate = nil, nil
	return ""
}

func loadConfiguration(s *netconfSession, e *element) string {
	if s.gateway.lockedBy != s {
		return rpcError("protocol", "operation-failed", notOpen, "")
	}
	if text := e.attr("rollback"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(s.gateway.commits) {
			return rpcError("protocol", "operation-failed", "rollback "+text+" does not exist", "rollback")
		}
		s.candidate = s.gateway.commits[n].config.clone()
		return "<load-configuration-results>\n<ok/>\n</load-configuration-results>\n"
	}
	body := e.child("configuration-set")
	if e.attr("action") != "set" || body == nil {
		return rpcError("protocol", "operation-failed", "only action=\"set\" is simulated", "action")
	}
	next := s.candidate.clone()
	warnings, err := next.load(body.Text)
	if err != nil {
		return "<load-configuration-results>\n" + rpcError("protocol", "operation-failed", err.Error(), "") + "</load-configuration-results>\n"
	}
	s.candidate = next
	out := "<load-configuration-results>\n"
	for _, w := range warnings {
		out += rpcWarning(w)
	}
	return out + "<ok/>\n</load-configuration-results>\n"
}

// defaultConfirm is Junos's time to confirm, in minutes.
const defaultConfirm = 10

// commitConfiguration is check, confirmed commit and plain commit; either of the first and the last confirms a
// pending one.
func commitConfiguration(s *netconfSession, e *element) (string, bool) {
	g := s.gateway
	if other := g.lockedBy; other != nil && other != s {
		return rpcError("protocol", "lock-denied", "configuration database locked by "+other.user, ""), false
	}
	if e.child("check") != nil {
		g.pending = nil
		return "<commit-results>\n" + s.perEngine("commit-check-success") + "</commit-results>\n<ok/>\n", false
	}
	log := e.text("log")
	if len(log) > 512 {
		return rpcError("protocol", "operation-failed", "commit log is longer than 512 characters", "log"), false
	}
	minutes, note := 0, ""
	if e.child("confirmed") != nil {
		minutes = defaultConfirm
		if text := e.text("confirm-timeout"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > 65535 {
				return rpcError("protocol", "invalid-value", "confirm-timeout is out of range", "confirm-timeout"), false
			}
			minutes = n
		}
		note = fmt.Sprintf("<output>commit confirmed will be automatically rolled back in %d minutes unless confirmed</output>\n", minutes)
	}
	g.commitCandidate(s, log, minutes)
	return "<commit-results>\n" + s.perEngine("commit-success") + note + "</commit-results>\n<ok/>\n", true
}

func (s *netconfSession) perEngine(sign string) string {
	if s.gateway.spec.Standalone {
		return "<routing-engine>\n<name>re0</name>\n<" + sign + "/>\n</routing-engine>\n"
	}
	out := ""
	for _, m := range s.gateway.members {
		if m.active() {
			out += fmt.Sprintf("<routing-engine>\n<name>node%d</name>\n<%s/>\n</routing-engine>\n", m.node, sign)
		}
	}
	return out
}
