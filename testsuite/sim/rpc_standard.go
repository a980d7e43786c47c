package sim

import (
	"fmt"
	"strconv"
)

// The operations of RFC 6241, which Junos serves beside its own.

// source is the configuration that an operation names: running or candidate.
func (s *netconfSession) source(e *element, parent string) (*configuration, error) {
	from := e.child(parent)
	switch {
	case from == nil:
		return nil, fmt.Errorf("missing <%s>", parent)
	case from.child("running") != nil:
		return s.gateway.config, nil
	case from.child("candidate") != nil:
		return s.editor.config(), nil
	}
	return nil, fmt.Errorf("unsupported <%s>", parent)
}

func getConfig(s *netconfSession, e *element) string {
	config, err := s.source(e, "source")
	if err != nil {
		return rpcError("protocol", tagFailed, err.Error(), "source")
	}
	changed := config != s.gateway.config && !config.same(s.gateway.config)
	var filter *element
	if f := e.child("filter"); f != nil {
		if f.attr("type") == "xpath" {
			return rpcError("protocol", tagFailed, "xpath filter is not supported", "filter")
		}
		filter = f.child("configuration")
	}
	body := s.render(config.filtered(filter), "xml", changed, filter == nil)
	return "<data>\n" + body + "</data>\n"
}

func editConfig(s *netconfSession, e *element) string {
	target := e.child("target")
	if target == nil || target.child("candidate") == nil {
		return rpcError("protocol", tagFailed, "only the candidate can be edited", "target")
	}
	load := element{}
	switch operation := withDefault(e.text("default-operation"), "merge"); operation {
	case "merge", "none":
		// With none only elements that carry an operation count; Junos merges the others, which are there already.
		load.set("action", "merge")
	case "replace":
		load.set("action", "override")
	default:
		return rpcError("protocol", "bad-element", "unknown operation", "default-operation")
	}
	for _, name := range []string{"config", "config-text"} {
		if c := e.child(name); c != nil {
			load.Children = c.Children
		}
	}
	warnings, err := s.editor.change(func(c *configuration) ([]string, error) { return c.loadElement(&load) })
	if r, is := err.(*denial); is {
		return refuse(r)
	}
	out := ""
	for _, w := range warnings {
		out += rpcWarning(w)
	}
	return out + "<ok/>\n"
}

func lockDatastore(s *netconfSession, e *element) string {
	if target := e.child("target"); target == nil || target.child("candidate") == nil {
		return rpcError("protocol", tagFailed, "only the candidate can be locked", "target")
	}
	if refused := s.editor.begin(editExclusive); refused != nil {
		return refuse(refused)
	}
	return "<ok/>\n"
}

func unlockDatastore(s *netconfSession, e *element) string {
	if body := unlockConfiguration(s, e); body != "" {
		return body
	}
	return "<ok/>\n"
}

func discardChanges(s *netconfSession, _ *element) string {
	if refused := s.editor.writable(); refused != nil {
		return refuse(refused)
	}
	s.editor.discard()
	return "<ok/>\n"
}

// killSession ends another session; a commit of it that waits for confirmation rolls back (Juniper: "kill-session").
func killSession(s *netconfSession, e *element) (string, bool) {
	id, err := strconv.Atoi(e.text("session-id"))
	if err != nil || id == s.editor.pid {
		return rpcError("protocol", "invalid-value", "invalid session-id", "session-id"), false
	}
	victim := s.gateway.sessions[id]
	if victim == nil {
		return rpcError("protocol", "invalid-value", fmt.Sprintf("no session with id %d", id), "session-id"), false
	}
	if p := s.gateway.pending; p != nil && p.by == victim.editor {
		s.gateway.rollBack(p)
	}
	victim.editor.finish()
	victim.wire.cut()
	return "<ok/>\n", true
}
