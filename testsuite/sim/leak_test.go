package sim_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/testsuite/sim"
)

// connects is how often each face is used in the test for leaks.
const connects = 1000

// held is what this process holds: goroutines by number and sockets by inode, each with a description.
func held(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	stacks := make([]byte, 1<<20)
	for {
		n := runtime.Stack(stacks, true)
		if n < len(stacks) {
			stacks = stacks[:n]
			break
		}
		stacks = make([]byte, 2*len(stacks))
	}
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		number, _, _ := strings.Cut(stack, " [")
		all[number] = stack
	}
	files, err := os.ReadDir("/proc/self/fd")
	if errors.Is(err, os.ErrNotExist) {
		return all // only Linux lists them there
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		// The descriptor of the listing itself is gone by now.
		if target, err := os.Readlink("/proc/self/fd/" + file.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			all[target] = "socket"
		}
	}
	return all
}

// quiet waits until this process holds nothing that it did not hold before.
func quiet(t *testing.T, before map[string]string) {
	t.Helper()
	var more []string
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		more = nil
		for name, what := range held(t) {
			if _, old := before[name]; !old {
				more = append(more, name+": "+what)
			}
		}
		if len(more) == 0 {
			return
		}
	}
	t.Errorf("%d things are left, the first is %s", len(more), more[0])
}

// visit connects and goes again in some way.
type visit func() error

// hangUp connects and goes without a word.
func hangUp(address string) visit {
	return func() error {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// interrupt goes after the first line of each side.
func interrupt(address, line string, answered bool) visit {
	return func() error {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
		if answered {
			_, err = bufio.NewReader(conn).ReadString('\n')
		}
		return err
	}
}

// ask is one whole HTTP request.
func ask(client *http.Client, url, user, key string) visit {
	return func() error {
		request, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		request.SetBasicAuth(user, key)
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body)
		if response.StatusCode != http.StatusOK {
			err = errors.Join(err, errors.New(response.Status))
		}
		return errors.Join(err, response.Body.Close())
	}
}

// logIn opens an SSH session, does something in it and drops the connection under it.
func (o operator) logIn(address string, port int, password string, use func(*ssh.Session) error) visit {
	return func() error {
		client, _, err := o.dial(address, port, "root", password)
		if err != nil {
			return err
		}
		session, err := client.NewSession()
		if err == nil {
			err = use(session)
		}
		return errors.Join(err, client.Close())
	}
}

func run(command string) func(*ssh.Session) error {
	return func(s *ssh.Session) error { return s.Run(command) }
}

// greet starts NETCONF and leaves in the middle of the conversation.
func greet(s *ssh.Session) error {
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.RequestSubsystem("netconf"); err != nil {
		return err
	}
	_, err = bufio.NewReader(out).ReadString('\n')
	return err
}

func TestThousandConnectsLeaveNothingBehind(t *testing.T) {
	nothing := held(t)
	o := operator{t: t}
	var err error
	if o.cloud, err = sim.Start(sim.Options{}); err != nil {
		t.Fatal(err)
	}
	access, gateway, member := o.cloud.Access(), o.gateway(), o.member(0)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	api := strings.Split(strings.TrimPrefix(access.API, "http://"), "/")[0]
	control := strings.TrimPrefix(access.Control, "http://")
	host := endpoint(member.HostAddress, member.HostSSHPort)
	device, netconf := endpoint(gateway.Address, gateway.SSHPort), endpoint(gateway.Address, gateway.NetconfPort)
	const half, banner = "GET /rest/v3.1/SoftLayer_Account HTTP/1.1\r\n", "SSH-2.0-passerby\r\n"
	for _, face := range []struct {
		name   string
		visits []visit
	}{
		{"API", []visit{hangUp(api), interrupt(api, half, false), ask(client, access.API+"SoftLayer_Account", access.Username, access.APIKey)}},
		{"control", []visit{hangUp(control), interrupt(control, half, false), ask(client, access.Control+"/clock", "", "")}},
		{"host", []visit{hangUp(host), interrupt(host, banner, true),
			o.logIn(member.HostAddress, member.HostSSHPort, member.HostPassword, run("hostname"))}},
		{"vSRX", []visit{hangUp(device), interrupt(device, banner, true),
			o.logIn(gateway.Address, gateway.SSHPort, gateway.RootPassword, run(`cli -c "show version"`)),
			o.logIn(gateway.Address, gateway.SSHPort, gateway.RootPassword, greet)}},
		{"NETCONF", []visit{hangUp(netconf), interrupt(netconf, banner, true),
			o.logIn(gateway.Address, gateway.NetconfPort, gateway.RootPassword, greet)}},
	} {
		t.Run(face.name, func(t *testing.T) {
			before := held(t)
			visitAll(t, face.visits)
			quiet(t, before)
		})
	}
	if err := o.cloud.Close(); err != nil {
		t.Errorf("closing the world: %v", err)
	}
	quiet(t, nothing)
}

// visitAll makes the visits in turn, a few at a time.
func visitAll(t *testing.T, visits []visit) {
	numbers := make(chan int)
	var visitors sync.WaitGroup
	for range 8 {
		visitors.Go(func() {
			for i := range numbers {
				if err := visits[i%len(visits)](); err != nil {
					t.Errorf("connect %d: %v", i, err)
				}
			}
		})
	}
	for i := range connects {
		numbers <- i
	}
	close(numbers)
	visitors.Wait()
}
