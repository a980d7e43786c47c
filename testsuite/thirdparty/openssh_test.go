package thirdparty_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// openssh runs OpenSSH's client with a password; it asks our helper for it, as there is no terminal.
type openssh struct {
	t              *testing.T
	world          world
	user, password string
	terminal       bool
}

func (w world) openssh(t *testing.T, user string) openssh {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("OpenSSH's client is not installed: see install.sh")
	}
	s := openssh{t: t, world: w, user: user, password: w.gateway().RootPassword}
	if user == "admin" {
		s.password = w.adminPassword()
	}
	return s
}

// run is one session: a command, or what is typed without one. It returns both outputs and the exit status.
func (s openssh) run(typed string, arguments ...string) (string, int) {
	s.t.Helper()
	g := s.world.gateway()
	helper := filepath.Join(s.t.TempDir(), "askpass")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\necho \"$SECRET\"\n"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	args := []string{"-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "PubkeyAuthentication=no", "-p", fmt.Sprint(g.SSHPort)}
	if s.terminal {
		args = append(args, "-tt")
	}
	cmd := exec.CommandContext(s.t.Context(), "ssh", append(append(args, s.user+"@"+g.Address), arguments...)...)
	cmd.Env = append(os.Environ(), "SSH_ASKPASS="+helper, "SSH_ASKPASS_REQUIRE=force", "SECRET="+s.password)
	cmd.Stdin = strings.NewReader(typed)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatalf("running ssh: %v", err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestOpenSSHRunsCommands(t *testing.T) {
	w := start(t, kinds()["ha"])
	for _, test := range []struct {
		user, command, part string
		exit                int
	}{
		{"root", `cli -c "show version"`, "Junos: 22.2R2-S2.3", 0},
		{"root", `cli -c "show chassis cluster status"`, "node1  1        secondary", 0},
		{"root", `cli -c "show version; show system commit"`, "by root via cli", 0},
		{"root", `cli -c "show nonsense"`, "syntax error", 1},
		{"root", "show version", "sh: show: not found", 127},
		{"admin", "show version", "Junos: 22.2R2-S2.3", 0},
		{"admin", "show configuration system host-name", "host-name gw-a;", 0},
		{"admin", "show version | display xml", "<banner>{primary:node0}</banner>", 0},
		{"admin", "frobnicate", "unknown command.", 1},
	} {
		t.Run(test.user+": "+test.command, func(t *testing.T) {
			if out, exit := w.openssh(t, test.user).run("", test.command); exit != test.exit || !strings.Contains(out, test.part) {
				t.Errorf("exit %d, want %d with %q: %s", exit, test.exit, test.part, out)
			}
		})
	}
}

func TestOpenSSHTalksToTheCLI(t *testing.T) {
	w := start(t, kinds()["ha"])
	for _, test := range []struct {
		user, typed string
		parts       []string
	}{
		{"admin", "set cli screen-length 0\nshow version\nconfigure\nset system host-name typed\nshow | compare\nrollback\nexit\nexit\n",
			[]string{"admin@gw-a> ", "Screen length set to 0", "Junos: 22.2R2-S2.3", "warning: Clustering enabled; using private edit",
				"{primary:node0}[edit]\r\nadmin@gw-a# ", "+   host-name typed;", "load complete"}},
		{"root", "hostname\ncli\nshow system users\nexit\nexit\n", []string{"root@gw-a:~ # ", "gw-a\r\n", "root@gw-a> "}},
	} {
		t.Run(test.user, func(t *testing.T) {
			s := w.openssh(t, test.user)
			s.terminal = true
			out, exit := s.run(test.typed)
			if exit != 0 {
				t.Errorf("exit %d", exit)
			}
			for _, part := range test.parts {
				if !strings.Contains(out, part) {
					t.Errorf("no %q in %s", part, out)
				}
			}
		})
	}
}

func TestOpenSSHCarriesNETCONF(t *testing.T) {
	w := start(t, kinds()["ha"])
	const session = `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>]]>]]>` +
		`<rpc message-id="1"><get-software-information/></rpc>]]>]]><rpc message-id="2"><close-session/></rpc>]]>]]>`
	for name, start := range map[string]struct {
		user      string
		arguments []string
	}{
		"subsystem":            {"root", []string{"-s", "netconf"}},
		"root's command":       {"root", []string{"cli xml-mode netconf need-trailer"}},
		"a CLI user's command": {"admin", []string{"xml-mode netconf need-trailer"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := w.openssh(t, start.user)
			arguments := start.arguments
			out, exit := s.run(session, arguments...)
			if exit != 0 || !strings.Contains(out, "<junos-version>22.2R2-S2.3") || !strings.Contains(out, "<!-- session end at ") {
				t.Errorf("exit %d: %s", exit, out)
			}
		})
	}
}
