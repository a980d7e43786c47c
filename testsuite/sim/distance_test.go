package sim_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/testsuite/sim"
)

// stepUntil moves the paused world on until something has come to its end, and tells how much of its time that took.
func (o operator) stepUntil(step time.Duration, act func() error) (time.Duration, error) {
	o.t.Helper()
	before := o.cloud.Now()
	done := make(chan error, 1)
	go func() { done <- act() }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return o.cloud.Now().Sub(before), err
		case <-tick.C:
			o.cloud.Step(step)
		}
	}
}

func TestOverALongWayEveryAnswerComesLater(t *testing.T) {
	const way = 10 * time.Second
	for name, face := range map[string]func(operator) (string, int){
		"of a host":             func(o operator) (string, int) { return o.member(1).HostAddress, o.member(1).HostSSHPort },
		"of the vSRX":           func(o operator) (string, int) { return o.gateway().Address, o.gateway().SSHPort },
		"of the vSRX's NETCONF": func(o operator) (string, int) { return o.gateway().Address, o.gateway().NetconfPort },
	} {
		t.Run(name, func(t *testing.T) {
			o := ready(t)
			o.disturb("ssh-latency", way.String())
			conn, err := net.Dial("tcp", endpoint(face(o)))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			greeting := make([]byte, 8)
			took, err := o.stepUntil(time.Second, func() error {
				_, err := io.ReadFull(conn, greeting)
				return err
			})
			if err != nil || !strings.HasPrefix(string(greeting), "SSH-2.0-") {
				t.Fatalf("it said %q, %v", greeting, err)
			}
			if took < way {
				t.Errorf("the greeting came after %s, the way takes %s", took, way)
			}
		})
	}
}

func TestOverALongWayALoginIsStillRefusedInWords(t *testing.T) {
	o := ready(t)
	if err := o.cloud.Inject(sim.Fault{Name: "ssh-latency", Arg: "1s"}); err != nil {
		t.Fatal(err)
	}
	m := o.member(0)
	_, err := o.stepUntil(100*time.Millisecond, func() error {
		client, err := ssh.Dial("tcp", endpoint(m.HostAddress, m.HostSSHPort), &ssh.ClientConfig{User: "root",
			Auth: []ssh.AuthMethod{ssh.Password("obviously-fake")}, HostKeyCallback: ssh.InsecureIgnoreHostKey()})
		if err == nil {
			err = errors.Join(errors.New("logged in"), client.Close())
		}
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "unable to authenticate") {
		t.Errorf("the login ended with: %v", err)
	}
}

func TestAWorldCanBeClosedWhileAnswersAreOnTheirWay(t *testing.T) {
	o := ready(t)
	o.disturb("ssh-latency", "10h")
	conn, err := net.Dial("tcp", endpoint(o.gateway().Address, o.gateway().SSHPort))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "SSH-2.0-test\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := o.cloud.Close(); err != nil {
		t.Error(err)
	}
}
