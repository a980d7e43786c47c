package sim_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/testsuite/sim"
)

func TestAHostsShellReadsALineAsBashDoes(t *testing.T) {
	o := ready(t)
	for _, test := range []struct {
		line, want string
		exit       int
	}{
		{"echo one two", "one two\n", 0},
		{"echo 'one  two'", "one  two\n", 0},
		{`echo "a && b; c | d"`, "a && b; c | d\n", 0},
		{`echo a\ b`, "a b\n", 0},
		{"true && echo yes", "yes\n", 0},
		{"false && echo yes", "", 1},
		{"false || echo no", "no\n", 0},
		{"true || echo no", "", 0},
		{"false; echo anyhow", "anyhow\n", 0},
		{"false && echo a || echo b", "b\n", 0},
		{"true || echo a && echo b", "b\n", 0},
		{"LC_ALL=C hostname", "gw-a-h0\n", 0},
		{"X=1", "", 0},
		{"cat /proc/net/bonding/bond0 | grep 'Slave Interface' | wc -l", "2\n", 0},
		{"hostname | grep -v gw", "", 1},
		{"hostname | grep -qi GW", "", 0},
		{"ls /nowhere 2>/dev/null", "", 2},
		{"ls /nowhere 2> /dev/null; echo $?", "2\n", 0},
		{"hostname >/dev/null 2>&1", "", 0},
		{"cd /etc && pwd", "/etc\n", 0},
		{"cd /nowhere || pwd", "bash: line 1: cd: /nowhere: No such file or directory\n/root\n", 0},
		{"echo $(hostname)", "bash: -c: line 1: syntax error near unexpected token `$('\n", 2},
		{"echo x > /etc/hostname", "bash: -c: line 1: syntax error near unexpected token `>'\n", 2},
		{"echo 'open", "bash: -c: line 1: unexpected EOF while looking for matching `''\n", 2},
		{"&& true", "bash: -c: line 1: syntax error near unexpected token `&&'\n", 2},
		{"hostname |", "bash: -c: line 1: syntax error: unexpected end of file\n", 2},
		{"nothing-like-this", "bash: line 1: nothing-like-this: command not found\n", 127},
	} {
		out, exit := o.onHost(o.member(0), test.line)
		if exit != test.exit || !sameLines(out, test.want) {
			t.Errorf("%s: exit %d, %q; want %d, %q", test.line, exit, out, test.exit, test.want)
		}
	}
}

// sameLines compares outputs whose two streams may come in any order.
func sameLines(got, want string) bool {
	if len(got) != len(want) {
		return false
	}
	for line := range strings.Lines(want) {
		if !strings.Contains(got, line) {
			return false
		}
	}
	return true
}

func TestAHostsFilesAndNumbersAgree(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	folder := "/var/lib/libvirt/images/" + m.Domain
	for _, test := range []struct {
		line, want string
		exit       int
	}{
		{"ls " + folder, "vSRX_Image.qcow2\nvSRX_Image.qcow2.backup\n", 0},
		{"ls -l " + folder + "/vSRX_Image.qcow2", "-rw-r--r-- 1 root root 18253611008 ", 0},
		{"stat -c '%s %U' " + folder + "/vSRX_Image.qcow2.backup", "4831838208 root\n", 0},
		{"stat " + folder + "/vSRX_Image.qcow2", "  Size: 18253611008", 0},
		{"stat /nowhere", "stat: cannot statx '/nowhere': No such file or directory", 1},
		{"test -e " + folder + "/vSRX_Image.qcow2.backup", "", 0},
		{"[ -f " + folder + "/other ]", "", 1},
		{"test -d " + folder, "", 0},
		{"test -s /etc/hostname", "", 0},
		{"sha256sum /nowhere", "sha256sum: /nowhere: No such file or directory", 1},
		{"cat /etc/hostname", "gw-a-h0\n", 0},
		{"cat /nowhere", "cat: /nowhere: No such file or directory", 1},
		{"head -n 1 /proc/meminfo", "MemTotal:       65843072 kB\n", 0},
		{"tail -2 /etc/resolv.conf", "nameserver 10.0.80.11\nnameserver 10.0.80.12\n", 0},
		{"free", "Mem:        65843072", 0},
		{"free -m", "Mem:           64299", 0},
		{"df -h /", "/dev/sda2       878G   58G  820G   6% /", 0},
		{"df " + folder, "Mounted on", 0},
		{"df /nowhere", "No such file or directory", 1},
		{"findmnt -no OPTIONS /", "rw,relatime,errors=remount-ro\n", 0},
		{"findmnt -n -o FSTYPE,SOURCE /", "ext4   /dev/sda2\n", 0},
		{"findmnt /", "TARGET SOURCE    FSTYPE OPTIONS\n/      /dev/sda2 ext4   rw,relatime,errors=remount-ro\n", 0},
		{"mount", "/dev/sda2 on / type ext4 (rw,", 0},
		{"cat /proc/mounts", "/dev/sda2 / ext4 rw,relatime,errors=remount-ro 0 0\n", 0},
		{"ip -br link", "vnet1            UNKNOWN", 0},
		{"ip -br addr", m.HostAddress + "/26", 0},
		{"ip nonsense", "Object \"nonsense\" is unknown", 255},
		{"getent hosts mirrors.example", "10.0.80.11      mirrors.example\n", 0},
		{"cat /proc/net/bonding/bond1", "Slave Interface: eth3\nMII Status: up\n", 0},
		{"command -v telnet", "/usr/bin/telnet\n", 0},
		{"command -v nonsense", "", 1},
		{"virsh dumpxml " + m.Domain, "<source file='" + folder + "/vSRX_Image.qcow2'/>", 0},
	} {
		if out, exit := o.onHost(m, test.line); exit != test.exit || !strings.Contains(out, test.want) {
			t.Errorf("%s: exit %d, want %d with %q: %s", test.line, exit, test.exit, test.want, out)
		}
	}
}

func TestFaultsOfAHostShowOnTheHost(t *testing.T) {
	for _, test := range []struct{ fault, arg, command, healthy, spoilt string }{
		{"host-readonly", "", "findmnt -no OPTIONS /", "rw,", "ro,"},
		{"host-rescue", "", "findmnt -no FSTYPE /", "ext4", "tmpfs"},
		{"host-rescue", "", "virsh list --all", "running", "command not found"},
		{"host-memory-small", "", "grep MemTotal /proc/meminfo", "65843072", "16460768"},
		{"host-bond-nic-missing", "bond1", "grep -c Slave.Interface /proc/net/bonding/bond1", "2", "1"},
		{"host-bond-nic-added", "bond0", "grep -c Slave.Interface /proc/net/bonding/bond0", "2", "3"},
		{"host-names-broken", "", "getent hosts mirrors.example || echo none", "10.0.80.11", "none"},
		{"host-telnet-missing", "", "command -v telnet || echo none", "/usr/bin/telnet", "none"},
		{"console-definition-lost", "", "virsh dumpxml DOMAIN | grep -c service= || true", "1", "0"},
		{"host-disk-full", "", "df -h /", "6% /", "100% /"},
	} {
		t.Run(test.fault+" "+test.arg, func(t *testing.T) {
			o := ready(t)
			command := strings.ReplaceAll(test.command, "DOMAIN", o.member(0).Domain)
			look := func(when, want string) {
				if out, _ := o.onHost(o.member(0), command); !strings.Contains(out, want) {
					t.Errorf("%s: %s: %s, want %q", when, command, out, want)
				}
			}
			look("before", test.healthy)
			o.inject(sim.Fault{Name: test.fault, Arg: test.arg, Member: o.member(0).ID})
			look("spoilt", test.spoilt)
			if out, _ := o.onHost(o.member(1), strings.ReplaceAll(test.command, "DOMAIN", o.member(1).Domain)); !strings.Contains(out, test.healthy) {
				t.Errorf("the other host: %s", out)
			}
			o.cloud.Clear(test.fault)
			look("repaired", test.healthy)
		})
	}
	for _, test := range []struct{ fault, arg string }{{"host-unreachable", ""}, {"host-firewall", "inbound"}} {
		t.Run(test.fault, func(t *testing.T) {
			o := ready(t)
			m := o.member(0)
			o.inject(sim.Fault{Name: test.fault, Arg: test.arg, Member: m.ID})
			if _, _, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword); err == nil {
				t.Error("the host takes logins")
			}
			o.cloud.Clear(test.fault)
			o.onHost(m, "true")
		})
	}
	t.Run("hostkey-unexpected", func(t *testing.T) {
		o := ready(t)
		m := o.member(0)
		client, before, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		o.inject(sim.Fault{Name: "hostkey-unexpected", Member: m.ID})
		if err := client.Wait(); err == nil {
			t.Error("the old connection ended in peace")
		}
		_, after, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword)
		if err != nil || bytes.Equal(before.Marshal(), after.Marshal()) {
			t.Errorf("the host's key is the same (%v)", err)
		}
	})
	t.Run("host-shell-broken", func(t *testing.T) {
		o := ready(t)
		o.inject(sim.Fault{Name: "host-shell-broken", Member: o.member(0).ID})
		if out, exit := o.onHost(o.member(0), "true"); exit != 255 || out != "" {
			t.Errorf("exit %d: %s", exit, out)
		}
	})
}

func TestARootShellGoesOnWhereTheLineBeforeLeftOff(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	client, _, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm", 40, 120, nil); err != nil {
		t.Fatal(err)
	}
	session.Stdin = strings.NewReader("cd /etc\rcat hostname\rvirsh list --all\rfalse\rexit\r")
	var out strings.Builder
	session.Stdout = &out
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	var exit *ssh.ExitError
	if err := session.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 1 {
		t.Errorf("the shell ends with %v, want the status of its last command", err)
	}
	for _, want := range []string{"root@gw-a-h0:~# cd /etc\r\n", "root@gw-a-h0:/etc# cat hostname\r\ngw-a-h0\r\n", m.Domain + "   running\r\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out.String())
		}
	}
}

func TestTheBackupTakesTheImagesPlace(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	digest := func(name string) string {
		out, exit := o.onHost(m, "cd /var/lib/libvirt/images/"+m.Domain+" && sha256sum "+name)
		if exit != 0 || len(out) < 64 {
			t.Fatalf("exit %d: %s", exit, out)
		}
		return out[:64]
	}
	if digest("vSRX_Image.qcow2") == digest("vSRX_Image.qcow2.backup") {
		t.Error("an image in use has the digest of its backup")
	}
	backup := digest("vSRX_Image.qcow2.backup")
	o.onHost(m, "virsh destroy "+m.Domain)
	o.onHost(m, "cd /var/lib/libvirt/images/"+m.Domain+" && cp vSRX_Image.qcow2.backup vSRX_Image.qcow2")
	if digest("vSRX_Image.qcow2") != backup {
		t.Error("the copy differs from the backup")
	}
	o.onHost(m, "virsh start "+m.Domain)
	o.cloud.Step(time.Hour)
	if s := o.state(); !s.Healthy || s.Members[0].Version != "22.2R2-S2.3" {
		t.Errorf("after the start: %+v", s)
	}
	if digest("vSRX_Image.qcow2") == backup {
		t.Error("a started VM has not written to its image")
	}
}

func TestCopyingOverALiveImageRuinsIt(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	o.onHost(m, "cd /var/lib/libvirt/images/"+m.Domain+" && cp vSRX_Image.qcow2.backup vSRX_Image.qcow2")
	o.onHost(m, "virsh destroy "+m.Domain)
	if out, exit := o.onHost(m, "virsh start "+m.Domain); exit != 1 || !strings.Contains(out, "Image is corrupt") {
		t.Errorf("exit %d: %s", exit, out)
	}
}

func TestAReloadRemovesTheBackupOfItsHost(t *testing.T) {
	o := ready(t)
	o.upgradeFirst()
	for n, want := range []int{0, 2} {
		path := fmt.Sprintf("/var/lib/libvirt/images/%s/vSRX_Image.qcow2.backup", o.member(n).Domain)
		if out, exit := o.onHost(o.member(n), "ls -l "+path); exit != want {
			t.Errorf("host %d: exit %d, want %d: %s", n, exit, want, out)
		}
	}
}
