package sim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// cliEntry is one command of operational mode.
type cliEntry struct {
	words []string
	rpc   string // what "display xml" shows; "" if there is none
	child string // an empty element that the RPC needs
	run   func(s *cliSession, args []string) (string, bool, error)
}

// request is the RPC of the command.
func (e cliEntry) request([]string) *element {
	r := &element{XMLName: xml.Name{Local: e.rpc}}
	if e.child != "" {
		r.Children = []element{{XMLName: xml.Name{Local: e.child}}}
	}
	return r
}

// shows is a command that only looks and takes no arguments.
func shows(command, rpc string, text func(s *cliSession) string) cliEntry {
	return cliEntry{words: strings.Fields(command), rpc: rpc, run: func(s *cliSession, args []string) (string, bool, error) {
		if len(args) > 0 {
			return "", false, syntaxError(command+" "+strings.Join(args, " "), len(command)+1)
		}
		return text(s), false, nil
	}}
}

// does is a command with arguments.
func does(command, rpc string, run func(s *cliSession, args []string) (string, bool, error)) cliEntry {
	return cliEntry{words: strings.Fields(command), rpc: rpc, run: run}
}

// cliTable is every command of operational mode.
func cliTable() []cliEntry {
	terse := shows("show interfaces terse", "get-interface-information", func(s *cliSession) string { return s.interfacesTerse() })
	terse.child = "terse"
	sessions := shows("show security flow session summary", "get-flow-session-information", func(s *cliSession) string { return s.sections(flowText) })
	sessions.child = "summary"
	return []cliEntry{
		shows("show version", "get-software-information", func(s *cliSession) string { return s.gateway.versionText() }),
		{words: []string{"show", "configuration"}, rpc: "get-configuration"}, // operate shows it itself, with its pipes
		shows("show system commit", "get-commit-information", func(s *cliSession) string { return s.gateway.commitText() }),
		shows("show system uptime", "get-system-uptime-information", func(s *cliSession) string { return s.sections(uptimeText) }),
		shows("show system license", "get-license-summary-information", func(s *cliSession) string { return s.sections(licenceText) }),
		shows("show system alarms", "get-system-alarm-information", func(s *cliSession) string {
			return s.sections(func(m *member) string { return alarmText(m.systemAlarms()) })
		}),
		shows("show chassis alarms", "get-alarm-information", func(s *cliSession) string {
			return s.sections(func(m *member) string { return alarmText(nil) })
		}),
		shows("show system core-dumps", "get-system-core-dumps", func(s *cliSession) string {
			return s.sections(func(*member) string {
				return "/var/crash/*core*: No such file or directory\n/var/tmp/*core*: No such file or directory\n"
			})
		}),
		shows("show system storage", "get-system-storage", func(s *cliSession) string { return s.sections(storageText) }),
		shows("show chassis hardware", "get-chassis-inventory", func(s *cliSession) string { return s.sections(hardwareText) }),
		terse, sessions,
		shows("show security ike security-associations", "get-ike-security-associations-information", func(s *cliSession) string { return s.sections(ikeText) }),
		shows("show security ipsec security-associations", "get-security-associations-information", func(s *cliSession) string { return s.sections(ipsecText) }),
		shows("show bgp summary", "get-bgp-summary-information", func(s *cliSession) string { return s.gateway.bgpText() }),
		shows("show arp no-resolve", "get-arp-table-information", func(s *cliSession) string { return s.gateway.arpText() }),
		does("show chassis cluster status", "get-chassis-cluster-status", onCluster(func(s *cliSession) string { return s.gateway.statusText(s.member) })),
		does("show chassis cluster interfaces", "get-chassis-cluster-interfaces", onCluster(func(s *cliSession) string { return s.gateway.linksText() })),
		does("show chassis cluster information", "get-chassis-cluster-information", onCluster(func(s *cliSession) string { return s.sections(informationText) })),
		shows("show system configuration database usage", "", (*cliSession).databaseUsage),
		shows("show system users", "", (*cliSession).usersText),
		shows("show cli", "", func(*cliSession) string { return "CLI complete-on-space set to on\nCLI idle-timeout disabled\n" }),
		does("set cli", "", (*cliSession).setCLI),
		does("request chassis cluster failover", "", (*cliSession).failover),
		does("configure", "", (*cliSession).enterConfiguration),
		shows("exit", "", (*cliSession).leave),
		shows("quit", "", (*cliSession).leave),
	}
}

// begins tells whether words begin with the command, each of its words by enough of its beginning.
func (e cliEntry) begins(words []string) bool {
	if len(words) < len(e.words) {
		return false
	}
	for i, w := range e.words {
		if !strings.HasPrefix(w, words[i]) {
			return false
		}
	}
	return true
}

// find is the command that words name and what follows it.
func find(words []string) (cliEntry, []string, error) {
	var best []cliEntry
	for _, e := range cliTable() {
		if !e.begins(words) || len(best) > 0 && len(best[0].words) > len(e.words) {
			continue
		}
		if len(best) > 0 && len(best[0].words) < len(e.words) {
			best = nil
		}
		best = append(best, e)
	}
	for _, e := range best {
		if slices.Equal(e.words, words[:len(e.words)]) || len(best) == 1 {
			return e, words[len(e.words):], nil
		}
	}
	line := strings.Join(words, " ")
	if len(best) > 1 {
		return cliEntry{}, nil, saying(fmt.Sprintf("'%s' is ambiguous.", line))
	}
	for _, e := range cliTable() {
		if strings.HasPrefix(e.words[0], words[0]) {
			return cliEntry{}, nil, syntaxError(line, len(words[0])+1)
		}
	}
	return cliEntry{}, nil, unknownCommand(line)
}

// saying is an error in the words of the device.
type saying string

func (s saying) Error() string { return string(s) }

// unknownCommand is the answer to a line whose first word nobody knows, with the caret under it.
func unknownCommand(line string) error {
	return saying(strings.Repeat(" ", min(len(line), 15)) + "^\nunknown command.")
}

func syntaxError(line string, at int) error {
	return saying(strings.Repeat(" ", min(at, len(line))) + "^\nsyntax error, expecting <command>.")
}

// operate runs a command of operational mode.
func (s *cliSession) operate(words []string, p *pipes) (out string, write bool, err error) {
	entry, args, err := find(words)
	if err != nil {
		return "", false, err
	}
	switch {
	case p.display == "xml rpc":
		body, _ := rpcOf(words)
		return s.xmlReply(body), false, nil
	case entry.words[0] == "show" && len(entry.words) == 2 && entry.words[1] == "configuration":
		return s.showTree(s.gateway.config, args, p, true)
	case p.display == "xml" && entry.rpc != "":
		body, _ := rpcTable()[entry.rpc](s.asNetconf(), entry.request(args))
		return s.xmlReply(body), false, nil
	}
	return entry.run(s, args)
}

// rpcOf is what "display xml rpc" prints.
func rpcOf(words []string) (string, bool) {
	entry, _, err := find(words)
	if err != nil || entry.rpc == "" {
		return "<message>\nxml rpc equivalent of this command is not available.\n</message>\n", false
	}
	inner := ""
	if entry.child != "" {
		inner = "<" + entry.child + "/>\n"
	}
	return fmt.Sprintf("<rpc>\n<%s>\n%s</%s>\n</rpc>\n", entry.rpc, inner, entry.rpc), false
}

// xmlReply is the envelope of "display xml" on the CLI: no default namespace, the banner at its end.
func (s *cliSession) xmlReply(body string) string {
	return fmt.Sprintf("<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/%s/junos\">\n%s<cli>\n<banner>%s</banner>\n</cli>\n</rpc-reply>\n",
		s.member.vm.version, body, s.banner())
}

// sections is the text of every node that takes part, under its name on a cluster.
func (s *cliSession) sections(text func(*member) string) string {
	if s.gateway.spec.Standalone {
		return text(s.member)
	}
	out := ""
	for _, m := range s.gateway.members {
		if m.active() {
			out += fmt.Sprintf("%s:\n%s\n%s\n", m.name(), strings.Repeat("-", 74), text(m))
		}
	}
	return out
}

var errNoCluster = errors.New("error: Chassis cluster is not enabled")

func onCluster(text func(*cliSession) string) func(*cliSession, []string) (string, bool, error) {
	return func(s *cliSession, args []string) (string, bool, error) {
		if s.gateway.spec.Standalone {
			return "", false, errNoCluster
		}
		if len(args) > 0 && !(len(args) == 2 && (args[0] == "node" || args[0] == "redundancy-group")) {
			return "", false, syntaxError(strings.Join(args, " "), 0)
		}
		return text(s), false, nil
	}
}

func (s *cliSession) databaseUsage() string {
	if s.gateway.holder(nil) != nil || s.gateway.dirty() {
		return "Cannot proceed, database is currently being modified\n"
	}
	return "Maximum size of the database: 665.99 MB\nCurrent database size on disk: 1.10 MB\nActual database usage: 1.07 MB\nAvailable database space: 664.92 MB\n"
}

// usersText lists logins on terminals; NETCONF sessions are not among them.
func (s *cliSession) usersText() string {
	now := s.cloud.clock.now.UTC()
	out := fmt.Sprintf("%s  up 1 day, 1 user, load averages: 0.31, 0.29, 0.27\nUSER     TTY      FROM                              LOGIN@  IDLE WHAT\n", now.Format("3:04PM"))
	list := slices.Clone(s.gateway.edits.open)
	if s.gateway.edits.stranger != nil {
		list = append(list, s.gateway.edits.stranger)
	}
	for _, e := range list {
		if e.terminal != "" {
			out += fmt.Sprintf("%-8s %-8s %-33s %6s     - -cli (cli)\n", e.user, e.terminal, "10.0.0.9", e.since.UTC().Format("3:04PM"))
		}
	}
	return out
}

// setCLI changes the terminal of the session.
func (s *cliSession) setCLI(args []string) (string, bool, error) {
	if len(args) != 2 {
		return "", false, syntaxError("set cli", 8)
	}
	n := number(args[1])
	switch args[0] {
	case "screen-length":
		if s.terminal != nil {
			s.terminal.length = n
		}
		return fmt.Sprintf("Screen length set to %d\n", n), false, nil
	case "screen-width":
		return fmt.Sprintf("Screen width set to %d\n", n), false, nil
	case "complete-on-space":
		return fmt.Sprintf("%s complete-on-space\n", map[bool]string{true: "Enabling", false: "Disabling"}[args[1] == "on"]), false, nil
	case "timestamp", "idle-timeout":
		return "", false, nil
	}
	return "", false, syntaxError("set cli "+args[0], 8)
}

func (s *cliSession) leave() string {
	s.over = true
	return ""
}

// failover is "redundancy-group N node M" and "reset redundancy-group N" (Juniper: "Chassis Cluster Redundancy Group
// Failover").
func (s *cliSession) failover(args []string) (string, bool, error) {
	if s.gateway.spec.Standalone {
		return "", false, errNoCluster
	}
	out, ok, write := s.gateway.requestFailover(args)
	if !ok {
		return out, write, errNotDone
	}
	return out, write, nil
}
