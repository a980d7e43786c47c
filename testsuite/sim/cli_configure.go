package sim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// enterConfiguration is "configure", "configure exclusive" and "configure private". On a cluster the plain form is
// private.
func (s *cliSession) enterConfiguration(args []string) (string, bool, error) {
	mode, out := editShared, "Entering configuration mode\n"
	switch {
	case len(args) == 1 && strings.HasPrefix("exclusive", args[0]):
		mode, out = editExclusive, "warning: uncommitted changes will be discarded on exit\n"+out
	case len(args) == 1 && strings.HasPrefix("private", args[0]):
		mode, out = editPrivate, "warning: uncommitted changes will be discarded on exit\n"+out
	case len(args) > 0:
		return "", false, syntaxError("configure "+args[0], len("configure "))
	case !s.gateway.spec.Standalone:
		mode, out = editPrivate, "warning: Clustering enabled; using private edit\nwarning: uncommitted changes will be discarded on exit\n"+out
	}
	if s.terminal == nil {
		return "", false, errors.New("error: configuration mode needs a terminal")
	}
	if refused := s.editor.begin(mode); refused != nil {
		return "", false, errors.New("error: " + strings.TrimSpace(refused.message))
	}
	if others := s.gateway.users(s.editor); others != "" {
		out += "Users currently editing the configuration:\n" + others
	}
	if mode == editShared && s.gateway.dirty() {
		out += "The configuration has been changed but not committed\n"
	}
	s.configuring, s.path = true, nil
	return out, false, nil
}

// configure runs a command of configuration mode.
func (s *cliSession) configure(words []string, p *pipes) (out string, write bool, err error) {
	verb, args := words[0], words[1:]
	switch verb {
	case "run":
		if len(args) == 0 {
			return "", false, syntaxError("run", 4)
		}
		return s.operate(args, p)
	case "show":
		return s.showTree(s.editor.config(), append(slices.Clone(s.path), args...), p, false)
	case "set", "delete", "activate", "deactivate":
		return s.edit(verb, args)
	case "edit":
		return s.descend(args)
	case "up", "top":
		return s.ascend(verb, args)
	case "status":
		return "Users currently editing the configuration:\n" + s.gateway.users(nil), false, nil
	case "rollback":
		return s.rollback(args)
	case "commit":
		return s.commit(args)
	case "exit", "quit":
		return s.exit(args)
	}
	return "", false, unknownCommand(strings.Join(words, " "))
}

func (s *cliSession) edit(verb string, args []string) (string, bool, error) {
	line := strings.Join(append([]string{verb}, append(slices.Clone(s.path), args...)...), " ")
	warnings, err := s.editor.change(func(c *configuration) ([]string, error) { return c.load(line) })
	if err != nil {
		return "", false, errors.New("error: " + strings.TrimSpace(err.Error()))
	}
	out := ""
	for _, w := range warnings {
		out += "warning: " + w + "\n"
	}
	return out, false, nil
}

func (s *cliSession) descend(args []string) (string, bool, error) {
	path := append(slices.Clone(s.path), args...)
	if len(args) == 0 || !s.gateway.cloud.grammar.lists(path) {
		return "", false, syntaxError("edit "+strings.Join(args, " "), len("edit "))
	}
	s.path = path
	return "", false, nil
}

func (s *cliSession) ascend(verb string, args []string) (string, bool, error) {
	n := 1
	if len(args) > 0 {
		n = number(args[0])
	}
	if verb == "top" {
		n = len(s.path)
	}
	for ; n > 0 && len(s.path) > 0; n-- {
		s.path = s.path[:s.above()]
	}
	return "", false, nil
}

// above is the length of the path one statement higher.
func (s *cliSession) above() int {
	at, last, r := 0, 0, s.gateway.cloud.grammar
	for at < len(s.path) {
		if r = r.find(s.path[at]); r == nil {
			return last
		}
		last, at = at, at+r.width()
	}
	return last
}

func (s *cliSession) rollback(args []string) (string, bool, error) {
	n := 0
	if len(args) > 0 {
		number, err := strconv.Atoi(args[0])
		if err != nil || len(args) > 1 {
			return "", false, syntaxError("rollback "+args[0], len("rollback "))
		}
		n = number
	}
	if refused := s.editor.rollback(n); refused != nil {
		return "", false, errors.New("error: " + strings.TrimSpace(refused.message))
	}
	return "load complete\n", false, nil
}

// commit is "commit", "commit check", "commit confirmed N", "commit comment TEXT" and "and-quit".
func (s *cliSession) commit(args []string) (out string, write bool, err error) {
	o, quit := order{}, false
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "check":
			o.check = true
		case word == "and-quit":
			quit = true
		case word == "comment" && len(args) > 0:
			o.log, args = unquoted(args[0]), args[1:]
		case word == "confirmed":
			o.confirm = defaultConfirm
			if len(args) > 0 {
				if n, err := strconv.Atoi(args[0]); err == nil {
					if n < 1 || n > longestConfirm {
						return "", false, fmt.Errorf("error: Value %d is not within range (1..%d)", n, longestConfirm)
					}
					o.confirm, args = time.Duration(n)*time.Minute, args[1:]
				}
			}
		default:
			return "", false, syntaxError("commit "+word, len("commit "))
		}
	}
	if refused := s.editor.commit(o); refused != nil {
		return "[edit]\n  " + strings.TrimSpace(refused.message) + "\n", false, errors.New("error: commit failed: (statements constraint check failed)")
	}
	out = s.committed(o)
	if quit {
		s.leaveConfiguration()
		out += "Exiting configuration mode\n"
	}
	return out, !o.check, nil
}

// committed is what a successful commit prints, per node on a cluster.
func (s *cliSession) committed(o order) string {
	result := "commit complete\n"
	switch {
	case o.check:
		result = "configuration check succeeds\n"
	case o.confirm > 0:
		result = "commit confirmed will be automatically rolled back in " + strconv.Itoa(int(o.confirm/time.Minute)) + " minutes unless confirmed\n" + result
	}
	if s.gateway.spec.Standalone {
		return result
	}
	out := ""
	for _, m := range s.gateway.members {
		if m.active() {
			out += m.name() + ": \n" + result
		}
	}
	return out
}

// exit goes up to where "edit" was called, or leaves configuration mode.
func (s *cliSession) exit(args []string) (string, bool, error) {
	if len(s.path) > 0 && len(args) == 0 {
		s.path = nil
		return "", false, nil
	}
	if len(args) > 0 && args[0] != "configuration-mode" {
		return "", false, syntaxError("exit "+args[0], len("exit "))
	}
	out := "Exiting configuration mode\n"
	switch dirty := s.unsaved(); {
	case dirty && s.editor.mode == editShared:
		out = "The configuration has been changed but not committed\n" + out
	case dirty:
		out = "warning: uncommitted changes have been discarded\n" + out
	}
	s.leaveConfiguration()
	return out, false, nil
}

func (s *cliSession) unsaved() bool {
	if s.editor.mode == editPrivate {
		return !s.editor.private.same(s.editor.base)
	}
	return s.gateway.dirty()
}

func (s *cliSession) leaveConfiguration() {
	s.editor.finish()
	s.configuring, s.path = false, nil
}

// loadTerminal is "load merge|replace|override|update|set terminal" with what was pasted.
func (s *cliSession) loadTerminal(words []string, text string) (string, error) {
	action := loadAction(words[1])
	_, err := s.editor.change(func(c *configuration) ([]string, error) {
		if action == loadSet {
			return c.load(text)
		}
		loaded, err := parseCurly(c.grammar, text)
		if err != nil {
			return nil, err
		}
		return c.combine(loaded, action)
	})
	if err != nil {
		return "", fmt.Errorf("load failed: %s", strings.TrimSpace(err.Error()))
	}
	return "load complete\n", nil
}
