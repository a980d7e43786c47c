package sim_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

func TestAHostsShellWritesWhatBashWrites(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no Bash here")
	}
	o := ready(t)
	for _, line := range []string{
		`false; echo $?`,
		`true; echo $? $?`,
		`false; echo "ended with $?"`,
		`false; echo 'ended with $?'`,
		`false || echo $?`,
		`false; true; echo $?`,
		`echo one | grep -q two; echo $?`,
		`printf '\n%s %d\n' mark 7`,
		`printf '%s-%s%%\n' a b`,
		`printf 'no end'`,
		`false; printf '\n%s %d\n' mark $?; printf '\n%s\n' mark >&2`,
		"echo one\nfalse\necho $?",
		`echo aside >&2`,
		`echo aside 1>&2`,
		`timeout 5 echo in time`,
		`timeout 5 false; echo $?`,
		`LC_ALL=C timeout 5 nothing-like-this; echo $?`,
		`printf 'one\ntwo\n\n' | xargs -r -n 1 echo got`,
		`printf '' | xargs -r -n 1 echo got`,
		`echo one | xargs -r -n 1 false; echo $?`,
		`bash -c 'echo inside'`,
		`bash -c 'false'; echo $?`,
		`printf 'vSRX1\nother\n' | grep -i '^vsrx'`,
		`test -e /nowhere && tail -n 1 /nowhere; echo $?`,
		`cmp -s /nowhere /nowhere; echo $?`,
		`rm -f /nowhere/at/all; echo $?`,
	} {
		command := exec.CommandContext(t.Context(), shell, "-c", line)
		want, err := command.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatalf("running Bash: %v", err)
		}
		if got, status := o.onHost(o.member(0), line); !sameLines(got, string(want)) || status != command.ProcessState.ExitCode() {
			t.Errorf("%s: exit %d, %q; Bash's exit %d, %q", line, status, got, command.ProcessState.ExitCode(), want)
		}
	}
}

func TestAHostLooksAroundAsItsFaultsAllow(t *testing.T) {
	const peer, device, mirror = "timeout 5 bash -c '</dev/tcp/PEER/22'; echo $?", "timeout 5 bash -c '</dev/tcp/DEVICE/22'; echo $?", "timeout 5 bash -c '</dev/tcp/mirrors.sim.example/80'; echo $?"
	for _, test := range []struct {
		fault           sim.Fault
		command         string
		healthy, spoilt string
	}{
		{sim.Fault{Name: "host-firewall", Arg: "peer"}, peer, "0\n", "124\n"},
		{sim.Fault{Name: "host-firewall", Arg: "gateway"}, device, "0\n", "124\n"},
		{sim.Fault{Name: "host-names-broken"}, mirror, "0\n", "Temporary failure"},
		{sim.Fault{Name: "console-open"}, "ss -tn | grep ESTAB | grep -c 8610", "0\n", "2\n"},
		{sim.Fault{Name: "host-disk-full"}, "df -Pk /var/lib/libvirt/images | tail -n 1", " 6% /", " 100% /"},
		{sim.Fault{Name: "host-rescue"}, "df -Pk /var/lib/libvirt/images", "1024-blocks", "No such file"},
		{sim.Fault{Name: "host-rescue"}, "test -d /home/vSRX; echo $?", "0\n", "1\n"},
		{sim.Fault{Name: "host-bond-nic-added", Arg: "bond1"}, "grep -r Slave.Interface /proc/net/bonding", "/proc/net/bonding/bond1:Slave Interface: eth3\n", "/proc/net/bonding/bond1:Slave Interface: eth4\n"},
		{sim.Fault{Name: "host-readonly"}, "grep -rhE '^[[:space:]]*(deb|URIs:)[[:space:]]' /etc/apt/sources.list /etc/apt/sources.list.d", "deb http://mirrors.sim.example/ubuntu", "deb http"},
		{sim.Fault{Name: "host-telnet-missing"}, "ip route get 10.0.80.11", "10.0.80.11 via 10.61.0.1 dev bond0 src", "dev bond0"},
	} {
		t.Run(test.fault.Name+" "+test.fault.Arg, func(t *testing.T) {
			o := ready(t)
			command := strings.NewReplacer("PEER", o.member(1).HostAddress, "DEVICE", o.gateway().Address).Replace(test.command)
			if out, _ := o.onHost(o.member(0), command); !strings.Contains(out, test.healthy) {
				t.Errorf("before: %q, want %q", out, test.healthy)
			}
			test.fault.Member = o.member(0).ID
			o.inject(test.fault)
			if out, _ := o.onHost(o.member(0), command); !strings.Contains(out, test.spoilt) {
				t.Errorf("spoilt: %q, want %q", out, test.spoilt)
			}
		})
	}
	t.Run("a closed port, a stranger and a host that is away", func(t *testing.T) {
		o := ready(t)
		for command, want := range map[string]string{
			"bash -c '</dev/tcp/" + o.member(1).HostAddress + "/23'": "Connection refused",
			"bash -c '</dev/tcp/" + o.gateway().Address + "/23'":     "Connection refused",
			"bash -c '</dev/tcp/192.0.2.77/22'":                      "No route to host",
		} {
			if out, exit := o.onHost(o.member(0), command); exit != 1 || !strings.Contains(out, want) {
				t.Errorf("%s: exit %d, %q, want %q", command, exit, out, want)
			}
		}
		o.inject(sim.Fault{Name: "host-unreachable", Member: o.member(1).ID})
		if _, exit := o.onHost(o.member(0), "timeout 5 bash -c '</dev/tcp/"+o.member(1).HostAddress+"/22'"); exit != 124 {
			t.Errorf("a host that is away: exit %d", exit)
		}
	})
}

// inFolder runs a line in the folder of a member's disk image.
func (o operator) inFolder(m sim.MemberAccess, line string) (string, int) {
	o.t.Helper()
	return o.onHost(m, "cd /var/lib/libvirt/images/"+m.Domain+" && "+line)
}

func TestACopyBesideTheImageTakesItsPlaceByItsName(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	o.onHost(m, "virsh destroy "+m.Domain)
	for _, step := range []struct {
		line, want string
		exit       int
	}{
		{"cmp -s vSRX_Image.qcow2.backup vSRX_Image.qcow2", "", 1},
		{"cmp vSRX_Image.qcow2.backup vSRX_Image.qcow2", "differ", 1},
		{"cp --preserve=mode,ownership vSRX_Image.qcow2.backup new", "", 0},
		{"cp --attributes-only --preserve=mode,ownership vSRX_Image.qcow2 new && cmp -s vSRX_Image.qcow2.backup new && sync new", "", 0},
		{"ls -1", "new\nvSRX_Image.qcow2\nvSRX_Image.qcow2.backup\n", 0},
		{"mv -fT new vSRX_Image.qcow2 && cmp -s vSRX_Image.qcow2.backup vSRX_Image.qcow2", "", 0},
		{"ls -1", "vSRX_Image.qcow2\nvSRX_Image.qcow2.backup\n", 0},
		{"stat -c %s vSRX_Image.qcow2", "4831838208\n", 0},
		{"mv new vSRX_Image.qcow2", "cannot stat", 1},
		{"cmp new vSRX_Image.qcow2", "cmp: new: No such file or directory", 2},
		{"sync new", "No such file", 1},
		{"rm new", "cannot remove", 1},
		{"cp vSRX_Image.qcow2.backup other && rm -f other other && ls -1", "vSRX_Image.qcow2\nvSRX_Image.qcow2.backup\n", 0},
	} {
		if out, exit := o.inFolder(m, step.line); exit != step.exit || !strings.Contains(out, step.want) {
			t.Errorf("%s: exit %d, %q; want %d with %q", step.line, exit, out, step.exit, step.want)
		}
	}
	o.onHost(m, "virsh start "+m.Domain)
	o.cloud.Step(time.Hour)
	if s := o.state(); !s.Healthy || s.Members[0].Version != "22.2R2-S2.3" {
		t.Errorf("after the start: %+v", s)
	}
}

func TestAnImageThatIsRemovedOrCutDoesNotStart(t *testing.T) {
	for name, spoil := range map[string]func(o operator, m sim.MemberAccess){
		"removed": func(o operator, m sim.MemberAccess) { o.inFolder(m, "rm -f vSRX_Image.qcow2") },
		"cut off by a full disk": func(o operator, m sim.MemberAccess) {
			o.inject(sim.Fault{Name: "host-disk-full", Member: m.ID})
			if out, exit := o.inFolder(m, "cp vSRX_Image.qcow2.backup new"); exit != 1 || !strings.Contains(out, "No space left") {
				o.t.Errorf("copying to a full disk: exit %d, %s", exit, out)
			}
			o.cloud.Clear("host-disk-full")
			o.inFolder(m, "mv new vSRX_Image.qcow2")
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := ready(t)
			m := o.member(0)
			o.onHost(m, "virsh destroy "+m.Domain)
			spoil(o, m)
			if out, exit := o.onHost(m, "virsh start "+m.Domain); exit == 0 {
				t.Errorf("it started: %s", out)
			}
		})
	}
}

func TestARenamedImageCountsAsTheVersionInIt(t *testing.T) {
	for name, test := range map[string]struct {
		beside string
		want   int
	}{"beside the new version": {"true", 1}, "when the new version is off": {"virsh destroy ", 0}} {
		t.Run(name, func(t *testing.T) {
			o := ready(t)
			o.upgradeFirst()
			old, upgraded := o.member(0), o.member(1)
			o.inFolder(old, "cp vSRX_Image.qcow2.backup new && mv -fT new vSRX_Image.qcow2")
			if test.want == 0 {
				o.onHost(upgraded, test.beside+upgraded.Domain)
			}
			o.onHost(old, "virsh start "+old.Domain)
			broken := 0
			for _, v := range o.cloud.Verdict().Violations {
				if v.Rule == "S6" {
					broken++
				}
			}
			if broken != test.want {
				t.Errorf("S6 was broken %d times, want %d", broken, test.want)
			}
		})
	}
}

func TestWhatChangesAHostsDiskIsAWrite(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	for line, write := range map[string]bool{
		"cp vSRX_Image.qcow2.backup new":           true,
		"rm -f nothing":                            true,
		"mv nothing new":                           true,
		"timeout 5 cp vSRX_Image.qcow2.backup new": true,
		"echo new | xargs -r -n 1 rm -f":           true,
		"bash -c 'rm -f new'":                      true,
		"cmp -s new vSRX_Image.qcow2; sync; ss -tn; ip route get 10.0.80.11":   false,
		"timeout 5 bash -c '</dev/tcp/192.0.2.77/22'; grep -r '' /etc/hosts":   false,
		"virsh list --all --name | xargs -r -n 1 virsh dumpxml --domain; true": false,
	} {
		o.inFolder(m, line)
		calls := o.cloud.Calls()
		if last := calls[len(calls)-1]; last.Write != write {
			t.Errorf("%s: write is %t", last.Name, last.Write)
		}
	}
}
