package sim

import (
	"fmt"
	"strconv"
)

// shown is the configuration a session reads: the candidate unless it asks for the committed one.
func (s *netconfSession) shown(e *element) *configuration {
	if e.attr("database") == "committed" {
		return s.gateway.config
	}
	return s.editor.config()
}

func getConfiguration(s *netconfSession, e *element) string {
	config := s.shown(e)
	if e.attr("compare") == "rollback" {
		return s.compareRollback(e.attr("rollback"), config)
	}
	changed := config != s.gateway.config && !config.same(s.gateway.config)
	if e.attr("inherit") == "inherit" {
		config = config.effective(s.member.name())
	}
	return s.render(config.filtered(e.child("configuration")), e.attr("format"), changed, e.child("configuration") == nil)
}

// render writes a configuration in one of the three formats; whole means that it is all of it.
func (s *netconfSession) render(config *configuration, format string, changed, whole bool) string {
	g := s.gateway
	if whole && !changed {
		g.exported = true
	}
	head := g.lastCommit()
	if changed {
		head = fmt.Sprintf("## Last changed: %s\n", junosTime(s.cloud.clock.now))
	}
	switch format {
	case "text":
		return fmt.Sprintf("<configuration-text xmlns=\"http://xml.juniper.net/xnm/1.1/xnm\">\n%sversion %s;\n%s</configuration-text>\n",
			escape(head), s.member.vm.version, escape(config.curlyForm()))
	case "set":
		return fmt.Sprintf("<configuration-set>\n%sset version %s\n%s</configuration-set>\n",
			escape(head), s.member.vm.version, escape(config.setForm()))
	case "", "xml":
		return fmt.Sprintf("<configuration xmlns=\"%s\" %s>\n    <version>%s</version>\n%s</configuration>\n",
			s.configurationSpace(), s.lastChange(changed), s.member.vm.version, config.xmlForm())
	}
	return rpcError("protocol", tagFailed, "unsupported format", format)
}

// configurationSpace is the namespace of a configuration: that of the model on newer releases that are told to follow
// the RFC.
func (s *netconfSession) configurationSpace() string {
	if s.rfcCompliant && s.member.release().atLeast(modelSpaces) {
		return "http://yang.juniper.net/junos-es/conf/root"
	}
	return "http://xml.juniper.net/xnm/1.1/xnm"
}

func (s *netconfSession) lastChange(changed bool) string {
	if changed {
		now := s.cloud.clock.now
		return fmt.Sprintf("junos:changed-seconds=\"%d\" junos:changed-localtime=\"%s\"", now.Unix(), junosTime(now))
	}
	last := s.gateway.commits[0]
	return fmt.Sprintf("junos:commit-seconds=\"%d\" junos:commit-localtime=\"%s\" junos:commit-user=\"%s\"", last.at.Unix(), junosTime(last.at), escape(last.user))
}

func (s *netconfSession) compareRollback(text string, config *configuration) string {
	n, err := strconv.Atoi(text)
	old := s.gateway.rollbackConfig(n)
	if err != nil || old == nil {
		return rpcError("protocol", tagFailed, "rollback "+text+" does not exist", "rollback")
	}
	return comparison(old, config)
}

func comparison(from, to *configuration) string {
	return "<configuration-information>\n<configuration-output>\n" + escape(compare(from, to)) + "</configuration-output>\n</configuration-information>\n"
}

// rollbackInformation shows an older configuration, or what led from one to another.
func rollbackInformation(s *netconfSession, e *element) string {
	first, err := strconv.Atoi(withDefault(e.text("rollback"), "0"))
	from := s.gateway.rollbackConfig(first)
	if err != nil || from == nil {
		return rpcError("protocol", tagFailed, "rollback "+e.text("rollback")+" does not exist", "rollback")
	}
	if e.child("compare") == nil {
		text := escape(from.curlyForm())
		if e.text("format") == "xml" {
			return "<rollback-information>\n<configuration>\n" + from.xmlForm() + "</configuration>\n</rollback-information>\n"
		}
		return "<rollback-information>\n<configuration-information>\n<configuration-output>\n" + text + "</configuration-output>\n</configuration-information>\n</rollback-information>\n"
	}
	second, err := strconv.Atoi(e.text("compare"))
	to := s.gateway.rollbackConfig(second)
	if err != nil || to == nil {
		return rpcError("protocol", tagFailed, "rollback "+e.text("compare")+" does not exist", "compare")
	}
	return "<rollback-information>\n" + comparison(from, to) + "</rollback-information>\n"
}

func lockConfiguration(s *netconfSession, _ *element) string {
	if refused := s.editor.begin(editExclusive); refused != nil {
		return refuse(refused)
	}
	return ""
}

func unlockConfiguration(s *netconfSession, _ *element) string {
	if s.editor.mode != editExclusive {
		return refuse(&denial{tagFailed, notOpen})
	}
	s.editor.finish()
	return ""
}

// openConfiguration opens the database privately, exclusively or shared.
func openConfiguration(s *netconfSession, e *element) string {
	mode, warning := editShared, ""
	switch {
	case e.child("private") != nil:
		mode, warning = editPrivate, rpcWarning("uncommitted changes will be discarded on exit")
	case e.child("exclusive") != nil:
		mode, warning = editExclusive, rpcWarning("uncommitted changes will be discarded on exit")
	}
	if refused := s.editor.begin(mode); refused != nil {
		return refuse(refused)
	}
	return warning
}

func closeConfiguration(s *netconfSession, _ *element) string {
	if s.editor.mode == editNone {
		return refuse(&denial{tagFailed, notOpen})
	}
	s.editor.finish()
	return ""
}

func loadConfiguration(s *netconfSession, e *element) string {
	if text := e.attr("rollback"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return rpcError("protocol", tagFailed, "rollback "+text+" does not exist", "rollback")
		}
		if refused := s.editor.rollback(n); refused != nil {
			return refuse(refused)
		}
		return "<load-configuration-results>\n<ok/>\n</load-configuration-results>\n"
	}
	warnings, err := s.editor.change(func(c *configuration) ([]string, error) { return c.loadElement(e) })
	if r, is := err.(*denial); is && (r.tag == tagLockDenied || r.message == notOpen) {
		return refuse(r)
	}
	return loadResults(warnings, err)
}

func loadResults(warnings []string, err error) string {
	out := "<load-configuration-results>\n"
	for _, w := range warnings {
		out += rpcWarning(w)
	}
	if err != nil {
		return out + rpcError("protocol", tagFailed, err.Error(), "") + "<load-error-count>1</load-error-count>\n</load-configuration-results>\n"
	}
	return out + "<ok/>\n</load-configuration-results>\n"
}

// loadElement reads what a load carries: set lines, text or XML.
func (c *configuration) loadElement(e *element) ([]string, error) {
	action := loadAction(withDefault(e.attr("action"), string(loadMerge)))
	switch {
	case e.child("configuration-set") != nil:
		if action != loadSet {
			return nil, fmt.Errorf("configuration-set needs action=\"set\"")
		}
		return c.load(e.child("configuration-set").Text)
	case e.child("configuration-text") != nil:
		loaded, err := parseCurly(c.grammar, e.child("configuration-text").Text)
		if err != nil {
			return nil, err
		}
		return c.combine(loaded, action)
	case e.child("configuration") != nil:
		top := e.child("configuration")
		if nested := top.child("configuration"); nested != nil { // ncclient wraps what it is given
			top = nested
		}
		loaded, err := parseXML(c.grammar, top)
		if err != nil {
			return nil, err
		}
		return c.combine(loaded, action)
	}
	return nil, fmt.Errorf("syntax error: nothing to load")
}
