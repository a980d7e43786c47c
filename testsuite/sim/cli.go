package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// cliSession is one login in the CLI: operational mode, and configuration mode inside it.
type cliSession struct {
	cloud       *Cloud
	gateway     *appliance
	member      *member
	wire        *wire
	editor      *editor
	terminal    *terminal // nil for a single command
	configuring bool
	path        []string // of "edit"
	over        bool
}

func (c *Cloud) newCLI(m *member, w *wire) *cliSession {
	defer c.enter()()
	return &cliSession{cloud: c, gateway: m.gateway, member: m, wire: w, editor: c.newEditor(m.gateway, w.user, "pts/0", "cli")}
}

// end closes the configuration; what a shared edit has changed stays in the candidate.
func (s *cliSession) end() {
	defer s.cloud.enter()()
	s.editor.finish()
}

// errNotDone is a command that has said itself why it did nothing.
var errNotDone = errors.New("not done")

// exec runs what one SSH command holds: CLI commands, separated by semicolons. It ends at the first that fails.
func (s *cliSession) exec(lines string) (out string, ok bool) {
	for _, line := range strings.Split(lines, ";") {
		text, done := s.run(strings.TrimSpace(line))
		out += text
		if !done {
			return out, false
		}
	}
	return out, true
}

// run runs one line and records it.
func (s *cliSession) run(line string) (out string, ok bool) {
	defer s.cloud.enter()()
	if s.gateway.answering() != s.member {
		s.over = true
		return "", false // the node has lost the address while the command was on its way
	}
	if line == "" {
		return "", true
	}
	out, write, err := s.command(line)
	status := "ok"
	if err != nil {
		status = "error"
	}
	s.cloud.note(Call{Face: "vsrx", Peer: s.wire.peer, Name: line, Gateway: s.gateway.spec.ID, Member: s.member.id, Write: write, Status: status})
	if err != nil && !errors.Is(err, errNotDone) {
		out += err.Error() + "\n"
	}
	return out, err == nil
}

// command runs one line with its pipes in the mode of the moment.
func (s *cliSession) command(line string) (out string, write bool, err error) {
	words, pipes, err := splitPipes(line)
	if err != nil || len(words) == 0 {
		return "", false, err
	}
	if s.configuring {
		out, write, err = s.configure(words, &pipes)
	} else {
		out, write, err = s.operate(words, &pipes)
	}
	if err == nil {
		out, err = pipes.filter(out)
	}
	return out, write, err
}

// banner is the line of a cluster above the prompt.
func (s *cliSession) banner() string {
	if s.gateway.spec.Standalone {
		return ""
	}
	role := "secondary"
	if s.gateway.primary[0] == s.member.node {
		role = "primary"
	}
	return fmt.Sprintf("{%s:%s}", role, s.member.name())
}

func (s *cliSession) prompt() string {
	defer s.cloud.enter()()
	banner, sign := s.banner(), ">"
	if s.configuring {
		banner, sign = banner+"[edit"+pathText(s.path)+"]", "#"
	}
	if banner != "" {
		banner += "\n"
	}
	if p := s.gateway.pending; p != nil && s.configuring {
		left := p.until.Sub(s.cloud.clock.now).Round(time.Minute)
		banner = fmt.Sprintf("# commit confirmed will be rolled back in %d minutes\n", int(left/time.Minute)) + banner
	}
	return fmt.Sprintf("\n%s%s@%s%s ", banner, s.wire.user, s.member.hostName(), sign)
}

func pathText(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return " " + strings.Join(path, " ")
}

// interactive is the CLI with a prompt.
func (c *Cloud) interactive(m *member, t *terminal) int {
	s := c.newCLI(m, t.wire)
	s.terminal = t
	defer s.end()
	for !s.over {
		line, ok := t.readLine(s.prompt())
		if !ok {
			return 0
		}
		line = strings.TrimSpace(line)
		pasted := ""
		if s.configuring && strings.HasPrefix(line, "load ") && strings.Contains(line, " terminal") {
			t.say("[Type ^D at a new line to end input]\n")
			pasted = t.readUntilEnd()
		}
		if !t.page(line, s.answer(line, pasted)) {
			return 1
		}
	}
	return 0
}

// answer runs a line together with what was pasted for it.
func (s *cliSession) answer(line, pasted string) string {
	if pasted == "" {
		out, _ := s.run(line)
		return out
	}
	defer s.cloud.enter()()
	out, err := s.loadTerminal(strings.Fields(line), pasted)
	status := "ok"
	if err != nil {
		out, status = out+"error: "+err.Error()+"\n", "error"
	}
	s.cloud.note(Call{Face: "vsrx", Peer: s.wire.peer, Name: line, Gateway: s.gateway.spec.ID, Member: s.member.id, Status: status})
	return out
}

// asNetconf lets the CLI ask what an RPC answers.
func (s *cliSession) asNetconf() *netconfSession {
	return &netconfSession{cloud: s.cloud, gateway: s.gateway, member: s.member, editor: s.editor, wire: s.wire}
}

// cliCommand is the <command> RPC: format="text" gives the text of the CLI, otherwise the XML of its RPC where it has
// one. Juniper drops the pipes match and except there without a word.
func cliCommand(n *netconfSession, e *element) (string, bool) {
	s := &cliSession{cloud: n.cloud, gateway: n.gateway, member: n.member, wire: n.wire, editor: n.editor}
	words, pipes, err := splitPipes(e.trimmed())
	if err != nil || len(words) == 0 {
		return rpcError("protocol", tagFailed, "syntax error", "command"), false
	}
	pipes.filters = nil
	if e.attr("format") != "text" && pipes.display == "" && words[0] == "show" {
		if entry, args, err := find(words); err == nil && entry.rpc != "" {
			body, _ := rpcTable()[entry.rpc](n, entry.request(args))
			return body, false
		}
	}
	if pipes.display == "xml rpc" {
		return rpcOf(words)
	}
	out, write, err := s.operate(words, &pipes)
	if err != nil {
		text := strings.TrimSpace(out)
		if !errors.Is(err, errNotDone) {
			text = strings.TrimSpace(err.Error())
		}
		return rpcError("protocol", tagFailed, strings.TrimSpace(strings.TrimLeft(text, "^ \n")), words[len(words)-1]), write
	}
	if words[0] == "show" && len(words) > 1 && words[1] == "configuration" && pipes.display == "" {
		return "<configuration-information>\n<configuration-output>\n" + escape(out) + "</configuration-output>\n</configuration-information>\n", write
	}
	return "<output>\n" + escape(out) + "</output>\n", write
}
