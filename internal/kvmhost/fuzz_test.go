package kvmhost

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// FuzzFacts reads whatever a host may write: every field is read or unread, never both, and nothing but safe words gets
// into the second exchange.
func FuzzFacts(f *testing.F) {
	const marker = "vsrx-upgrade-FUZZ"
	good := "ext4 rw\n\nvsrx-upgrade-FUZZ 0\nMemTotal: 5 kB\n\nvsrx-upgrade-FUZZ 0\n/usr/bin/telnet\n\nvsrx-upgrade-FUZZ 1\n"
	f.Add(good, "\nvsrx-upgrade-FUZZ\n\nvsrx-upgrade-FUZZ\nno\n\nvsrx-upgrade-FUZZ\n", "deb http://archive.example/ubuntu a b", "")
	f.Add("\nvsrx-upgrade-FUZZ 999\n", "", "URIs: https://u:p@archive.example:8443/ubuntu", "<domain><name>vsrx</name></domain>")
	f.Add(strings.Repeat("\nvsrx-upgrade-FUZZ 0\n", 40), "", "deb http://[::1]:80/x a", "/proc/net/bonding/b:Slave Interface: x\n")
	f.Fuzz(func(t *testing.T, stdout, stderr, sources, text string) {
		s := &survey{}
		questions := s.questions(Questions{PeerAddress: "10.1.2.3", DeviceAddress: "10.1.2.4", Domain: "vSRX1"})
		commands := 0
		for _, q := range questions {
			commands += len(q.commands)
		}
		replies, err := split(stdout, stderr, marker, commands)
		if (len(replies) == commands) != (err == nil) {
			t.Fatalf("%d of %d replies and %v", len(replies), commands, err)
		}
		for _, r := range replies {
			if r.status < 0 || r.status > 255 || strings.Contains(r.out, "\n"+marker+" ") {
				t.Fatalf("the reply is %+v", r)
			}
		}
		s.file(questions, replies, errors.Join(err, errNoShell))
		s.mirror = mirror{}
		for _, q := range questions { // each with a text of its own choice
			s.file([]question{q}, slices.Repeat([]reply{{out: text}}, len(q.commands)), nil)
		}
		if m, err := parseSources(sources); err == nil {
			s.mirror = m
			for _, q := range s.mirrorQuestions() {
				checkShellWords(t, q.commands[0])
			}
		}
		if f := s.facts; f.FreeBytes < 0 || f.ImageBytes < 0 || f.MemoryKB < 0 {
			t.Fatalf("sizes below zero: %+v", f)
		}
	})
}

// checkShellWords refuses a command in which a name could have brought more than itself: what stands before it and
// behind it is known.
func checkShellWords(t *testing.T, command string) {
	name, found := strings.CutPrefix(command, "LC_ALL=C timeout 10 getent hosts ")
	if !found {
		name, _ = strings.CutPrefix(command, "LC_ALL=C timeout 5 bash -c '</dev/tcp/")
		if name, found = strings.CutSuffix(name, "'"); !found {
			t.Fatalf("the command is %q", command)
		}
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-/") != "" || strings.HasPrefix(name, "-") {
		t.Fatalf("the command is %q", command)
	}
}
