package sim_test

import (
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// realVirsh runs virsh on libvirt's own test driver, whose one domain is called "test".
func realVirsh(t *testing.T, args ...string) (string, int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "virsh", append([]string{"-c", "test:///default"}, args...)...)
	command.Env = append(command.Environ(), "LC_ALL=C")
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("virsh %v: %v", args, err)
	}
	return string(out), command.ProcessState.ExitCode()
}

// layout is an output with everything that differs from host to host taken out; what is left is libvirt's form.
func layout(text, domain string) string {
	text = strings.ReplaceAll(text, domain, "test")
	for _, r := range []struct{ pattern, with string }{
		{`(?m)^-+$`, "---"},
		{`(?m)^(Id|UUID|OS Type|CPU\(s\)|CPU time|Max memory|Used memory|Security model|Security DOI|Security label):( +).*$`, "$1:$2…"},
		{`(?m)^ Id +Name +State$`, " Id Name State"},
		{`(?m)^ (\d+|-) +test +(.*)$`, " N test $2"},
		{`(?m)^[0-9a-f]{8}-[0-9a-f-]{27}$`, "UUID"},
		{`(?m)^\d+$`, "N"},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return text
}

func TestVirshAnswersInTheFormOfLibvirt(t *testing.T) {
	if _, err := exec.LookPath("virsh"); err != nil {
		t.Skip("virsh of the package libvirt-clients is missing")
	}
	o := ready(t)
	domain := o.member(0).Domain
	for _, test := range []struct {
		args string // of both, with DOMAIN for the name
	}{
		{"list"}, {"list --all"}, {"list --all --name"}, {"list --inactive"}, {"list --autostart --all"}, {"list --all --uuid"},
		{"domstate DOMAIN"}, {"dominfo DOMAIN"}, {"domuuid DOMAIN"}, {"domid DOMAIN"},
		{"domstate nobody"}, {"dominfo"}, {"domstate"}, {"list --nonsense"}, {"frobnicate"}, {"domstate DOMAIN beyond"},
		{"start DOMAIN"}, {"start nobody"}, {"autostart DOMAIN --disable"}, {"autostart --disable DOMAIN"}, {"autostart DOMAIN"},
		{"shutdown DOMAIN"}, {"destroy DOMAIN"}, {"shutdown nobody"}, {"version --nonsense"},
	} {
		t.Run(test.args, func(t *testing.T) {
			before := o.state().Members[0]
			if test.args == "list --autostart --all" { // libvirt's test domain has none
				o.onHost(o.member(0), "virsh autostart --disable "+domain)
			}
			want, wantExit := realVirsh(t, strings.Fields(strings.ReplaceAll(test.args, "DOMAIN", "test"))...)
			got, gotExit := o.onHost(o.member(0), "virsh "+strings.ReplaceAll(test.args, "DOMAIN", domain))
			if wantExit != 0 { // the streams' order is nobody's promise
				got, want = strings.TrimSpace(got)+"\n", strings.TrimSpace(want)+"\n"
			}
			if layout(got, domain) != layout(want, domain) || gotExit != wantExit {
				t.Errorf("exit %d:\n%s\nlibvirt's exit %d:\n%s", gotExit, layout(got, domain), wantExit, layout(want, domain))
			}
			if before.VM != "running" {
				t.Fatalf("the VM was not running before: %+v", before)
			}
			if test.args == "destroy DOMAIN" {
				o.onHost(o.member(0), "virsh start "+domain)
			}
		})
	}
}

func TestVirshListAlignsItsColumns(t *testing.T) {
	list := sim.DefaultGateways()
	list[0].Members = []sim.Member{{Domain: "vSRXvM12345"}}
	o := start(t, sim.Options{Gateways: list})
	want := " Id   Name          State\n-----------------------------\n 2    vSRXvM12345   running\n\n"
	if got, _ := o.onHost(o.member(0), "virsh list --all"); !regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(want), " 2 ", ` \d `) + `$`).MatchString(got) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	o.onHost(o.member(0), "virsh destroy vSRXvM12345")
	want = " Id   Name          State\n------------------------------\n -    vSRXvM12345   shut off\n\n"
	if got, _ := o.onHost(o.member(0), "virsh list --all"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, _ := o.onHost(o.member(0), "virsh list"); strings.Contains(got, "vSRX") {
		t.Errorf("a VM that is off is listed without --all: %s", got)
	}
}

func TestAVMTakesItsTimeToStopAndToBoot(t *testing.T) {
	o := ready(t)
	m := o.member(1)
	for _, step := range []struct {
		command string
		wait    time.Duration
		vm      string
		role    string
	}{
		{"virsh shutdown " + m.Domain, 30 * time.Second, "running", "secondary"},
		{"true", 11 * time.Second, "shut off", "lost"},
		{"virsh start " + m.Domain, 5 * time.Minute, "running", "lost"},
		{"true", 2 * time.Minute, "running", "hold"},
		{"true", 2 * time.Minute, "running", "secondary"},
		{"virsh destroy " + m.Domain, 0, "shut off", "lost"},
	} {
		if out, exit := o.onHost(m, step.command); exit != 0 {
			t.Fatalf("%s: exit %d: %s", step.command, exit, out)
		}
		o.cloud.Step(step.wait)
		if s := o.state().Members[1]; s.VM != step.vm || s.Role != step.role {
			t.Errorf("%v after %s: %+v, want %s and %s", step.wait, step.command, s, step.vm, step.role)
		}
	}
}

func TestVirshRefusesWhatDoesNotFitTheDomainsState(t *testing.T) {
	o := ready(t)
	m := o.member(1)
	o.onHost(m, "virsh destroy "+m.Domain)
	for command, want := range map[string]string{
		"virsh shutdown " + m.Domain: "error: Failed to shutdown domain '" + m.Domain + "'\nerror: Requested operation is not valid: domain is not running",
		"virsh destroy " + m.Domain:  "error: Failed to destroy domain '" + m.Domain + "'\nerror: Requested operation is not valid: domain is not running",
		"virsh domid " + m.Domain:    "-\n",
	} {
		if out, _ := o.onHost(m, command); !strings.Contains(out, want) {
			t.Errorf("%s: %s", command, out)
		}
	}
}
