package sim_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// disturb arms a device fault on the only gateway.
func (o operator) disturb(name, arg string) {
	o.t.Helper()
	if err := o.cloud.Inject(sim.Fault{Name: name, Arg: arg}); err != nil {
		o.t.Fatal(err)
	}
}

// awaitCall waits until the world has recorded a call.
func (o operator) awaitCall() {
	for len(o.cloud.Calls()) == 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestDeviceFaultsOfTheConnection(t *testing.T) {
	t.Run("ssh refused until it is cleared", func(t *testing.T) {
		o := ready(t)
		g := o.gateway()
		o.disturb("ssh-refused", "")
		for _, port := range []int{g.SSHPort, g.NetconfPort} {
			if conn, err := net.Dial("tcp", endpoint(g.Address, port)); err == nil {
				conn.Close()
				t.Errorf("port %d takes connections", port)
			}
		}
		o.cloud.Clear("ssh-refused")
		o.netconf().rpc("<get-software-information/>")
	})
	t.Run("ssh drops mid-reply, once", func(t *testing.T) {
		o := ready(t)
		n := o.netconf()
		o.disturb("ssh-drop", "get-software-information")
		n.rpc("<get-chassis-cluster-status/>")
		text, err := n.raw("<get-software-information/>")
		if err == nil || !strings.Contains(text, "<rpc-reply") || strings.Contains(text, "</rpc-reply>") {
			t.Errorf("%v after %q", err, text)
		}
		o.netconf().rpc("<get-software-information/>")
	})
	t.Run("ssh drops after a commit that counts", func(t *testing.T) {
		o := ready(t)
		n := o.netconf()
		n.rpc("<lock-configuration/>")
		n.rpc(`<load-configuration action="set" format="text"><configuration-set>set system host-name counted</configuration-set></load-configuration>`)
		o.disturb("ssh-drop", "commit-configuration")
		if _, err := n.raw("<commit-configuration/>"); err == nil {
			t.Error("the reply arrived")
		}
		if text := o.netconf().rpc("<get-configuration/>"); !strings.Contains(text, "<host-name>counted<") {
			t.Error("the commit did not happen")
		}
	})
	t.Run("ssh half-open: connections are taken, nobody speaks", func(t *testing.T) {
		o := ready(t)
		g := o.gateway()
		o.disturb("ssh-half-open", "")
		conn, err := net.Dial("tcp", endpoint(g.Address, g.SSHPort))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "SSH-2.0-test\r\n"); err != nil {
			t.Fatal(err)
		}
		o.awaitCall() // the connection is held
		o.cloud.Clear("ssh-half-open")
		if greeting, err := io.ReadAll(conn); len(greeting) > 0 {
			t.Errorf("it said %q, %v", greeting, err)
		}
		o.netconf()
	})
	t.Run("slow device answers after its delay", func(t *testing.T) {
		o := ready(t)
		n := o.netconf()
		o.disturb("slow-device", "90s")
		reply := make(chan string)
		go func() {
			text, err := n.raw("<get-software-information/>")
			if err != nil {
				text = err.Error()
			}
			reply <- text
		}()
		o.awaitCall() // the question has arrived
		o.cloud.Step(89 * time.Second)
		select {
		case text := <-reply:
			t.Errorf("early: %s", text)
		default:
		}
		for got := ""; got == ""; {
			o.cloud.Step(time.Second)
			select {
			case got = <-reply:
				if !strings.Contains(got, "<junos-version>") {
					t.Error(got)
				}
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	t.Run("host key changed", func(t *testing.T) {
		o := ready(t)
		g := o.gateway()
		client, before, err := o.dial(g.Address, g.SSHPort, "root", g.RootPassword)
		if err != nil {
			t.Fatal(err)
		}
		o.disturb("host-key-changed", "")
		if err := client.Wait(); err == nil {
			t.Error("the old connection ended in peace")
		}
		_, after, err := o.dial(g.Address, g.SSHPort, "root", g.RootPassword)
		if err != nil || bytes.Equal(before.Marshal(), after.Marshal()) {
			t.Errorf("the key is the old one, or %v", err)
		}
	})
	t.Run("root login closed", func(t *testing.T) {
		o := ready(t)
		g := o.gateway()
		o.disturb("root-login-closed", "")
		if _, _, err := o.dial(g.Address, g.SSHPort, "root", g.RootPassword); err == nil {
			t.Error("root still gets in")
		}
		o.cloud.Clear("root-login-closed")
		o.netconf()
	})
}

func TestDeviceFaultsOfTheConfiguration(t *testing.T) {
	const load = `<load-configuration action="set" format="text"><configuration-set>set system host-name x</configuration-set></load-configuration>`
	for _, test := range []struct {
		name, arg string
		rpcs      []string
		want      string
	}{
		{"config-locked", "", []string{"<lock-configuration/>"}, "configuration database locked by:\n  opsadmin terminal pts/1 (pid "},
		{"config-locked", "", []string{"<commit-configuration/>"}, "configuration database locked by:"},
		{"config-uncommitted", "", []string{"<lock-configuration/>"}, "configuration database modified"},
		{"config-uncommitted", "set system host-name half-done", []string{`<get-configuration compare="rollback" rollback="0" format="text"/>`}, "+   host-name half-done;"},
		{"pending-commit", "7m", []string{"<get-commit-information/>"}, "<user>opsadmin</user>\n<client>cli</client>"},
		{"pending-commit", "7m", []string{"<get-commit-information/>"}, "<comment>commit confirmed, rollback in 7mins</comment>\n<commit-confirmed>rollback pending"},
		{"peer-config-locked", "", []string{"<lock-configuration/>", load, "<commit-configuration/>"}, "remote lock-configuration failed on node1"},
		{"commit-refused", "out of reach", []string{"<lock-configuration/>", load, "<commit-configuration/>"}, "<message>out of reach</message>"},
		{"no-licence", "", []string{"<get-license-summary-information/>"}, "<licensed>0</licensed>\n<used-licensed>0</used-licensed>\n<needed>1</needed>"},
	} {
		t.Run(test.name+" "+test.rpcs[len(test.rpcs)-1], func(t *testing.T) {
			o := ready(t)
			o.disturb(test.name, test.arg)
			n, reply := o.netconf(), ""
			for _, rpc := range test.rpcs {
				reply = n.rpc(rpc)
			}
			if !strings.Contains(reply, test.want) {
				t.Errorf("no %q in %s", test.want, reply)
			}
			o.cloud.Clear(test.name)
			for _, rpc := range []string{"<get-license-summary-information/>", "<commit-configuration><check/></commit-configuration>"} {
				if reply := n.rpc(rpc); strings.Contains(reply, "error") || strings.Contains(reply, "<needed>1") {
					t.Errorf("still disturbed: %s", reply)
				}
			}
		})
	}
	t.Run("a pending commit rolls back when nobody confirms it", func(t *testing.T) {
		o := ready(t)
		o.disturb("pending-commit", "7m")
		o.cloud.Step(7 * time.Minute)
		if text := o.netconf().rpc("<get-configuration/>"); strings.Contains(text, "trial-") {
			t.Error("the trial is still there")
		}
	})
	t.Run("unclosed-engine", func(t *testing.T) {
		o := ready(t)
		n := o.netconf()
		o.disturb("unclosed-engine", "")
		reply := n.rpc("<commit-configuration><check/></commit-configuration>")
		if err := xml.Unmarshal([]byte(reply), new(struct{})); err == nil || !strings.Contains(reply, "<commit-check-success/>") {
			t.Errorf("%v: %s", err, reply)
		}
	})
}

// raw is rpc for replies that may not be whole.
func (n *netconf) raw(body string) (string, error) {
	if _, err := io.WriteString(n.in, `<rpc message-id="m">`+body+`</rpc>]]>]]>`); err != nil {
		return "", err
	}
	text := bytes.Clone(n.rest)
	buffer := make([]byte, 4096)
	for !bytes.Contains(text, []byte("]]>]]>")) {
		count, err := n.out.Read(buffer)
		text = append(text, buffer[:count]...)
		if err != nil {
			return string(text), err
		}
	}
	return string(text), nil
}
