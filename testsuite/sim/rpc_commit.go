package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

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

// Junos's bounds of the time to confirm.
const (
	defaultConfirm = 10 * time.Minute
	longestConfirm = 65535
)

// commitConfiguration is Junos's own commit; its time to confirm is in minutes.
func commitConfiguration(s *netconfSession, e *element) (string, bool) {
	o := order{log: e.text("log"), check: e.child("check") != nil}
	if e.child("confirmed") != nil {
		o.confirm = defaultConfirm
		if text := e.text("confirm-timeout"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > longestConfirm {
				return rpcError("protocol", "invalid-value", "confirm-timeout is out of range", "confirm-timeout"), false
			}
			o.confirm = time.Duration(n) * time.Minute
		}
	}
	return s.commit(o)
}

// standardCommit is the commit of RFC 6241; its time to confirm is in seconds.
func standardCommit(s *netconfSession, e *element) (string, bool) {
	o := order{log: e.text("log")}
	if e.child("confirmed") != nil {
		o.confirm = defaultConfirm
		if text := e.text("confirm-timeout"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return rpcError("protocol", "invalid-value", "confirm-timeout is out of range", "confirm-timeout"), false
			}
			o.confirm = time.Duration(n) * time.Second
		}
	}
	return s.commit(o)
}

func validateCandidate(s *netconfSession, _ *element) (string, bool) {
	return s.commit(order{check: true})
}

func (s *netconfSession) commit(o order) (body string, write bool) {
	if f, is := s.cloud.armed("commit-refused", s.member); is {
		return "<commit-results>\n" + xnmError("mgd", withDefault(f.Arg, "configuration check-out failed")) + "</commit-results>\n", false
	}
	if refused := s.editor.commit(o); refused != nil {
		return refuse(refused), false
	}
	sign, note := "commit-success", ""
	switch {
	case o.check:
		sign = "commit-check-success"
	case o.confirm > 0:
		note = fmt.Sprintf("<output>commit confirmed will be automatically rolled back in %d minutes unless confirmed</output>\n", int(o.confirm/time.Minute))
	}
	if s.rfcCompliant && s.member.release().atLeast(strictReplies) {
		return "<ok/>\n", !o.check
	}
	if _, is := s.cloud.armed("unclosed-engine", s.member); is {
		return s.unclosed(sign), !o.check
	}
	return "<commit-results>\n" + s.perEngine(sign) + note + "</commit-results>\n<ok/>\n", !o.check
}

// unclosed is a success as clusters have been seen to report it: the block of the other node has no end.
func (s *netconfSession) unclosed(sign string) string {
	name := "re0"
	if peer := s.member.peer(); peer != nil {
		name = fmt.Sprintf("node%d", peer.node)
	}
	return fmt.Sprintf("<routing-engine junos:style=\"show-name\">\n<name>%s</name>\n<%s/>\n<ok/>\n", name, sign)
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
