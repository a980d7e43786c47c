package sim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/testsuite/sim"
)

// operator drives a paused world by hand: raw HTTP, raw SSH, and steps of the clock.
type operator struct {
	t     *testing.T
	cloud *sim.Cloud
}

func start(t *testing.T, opts sim.Options) operator {
	t.Helper()
	cloud, err := sim.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	cloud.Pause()
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Errorf("closing the world: %v", err)
		}
	})
	return operator{t, cloud}
}

// ready is a healthy pair whose preempt is off already, as an upgrade needs it.
func ready(t *testing.T) operator {
	t.Helper()
	pair := sim.DefaultGateways()
	pair[0].Preempt = false
	return start(t, sim.Options{Gateways: pair})
}

func (o operator) gateway() sim.GatewayAccess { return o.cloud.Access().Gateways[0] }
func (o operator) member(n int) sim.MemberAccess {
	return o.gateway().Members[n]
}

// try is one API call; parameters make it a POST.
func (o operator) try(path string, query url.Values, parameters ...any) (int, string, error) {
	o.t.Helper()
	access := o.cloud.Access()
	method, body := http.MethodGet, []byte(nil)
	if len(parameters) > 0 {
		method = http.MethodPost
		var err error
		if body, err = json.Marshal(map[string]any{"parameters": parameters}); err != nil {
			o.t.Fatal(err)
		}
	}
	request, err := http.NewRequest(method, access.API+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	request.SetBasicAuth(access.Username, access.APIKey)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// call is try for calls that have to succeed.
func (o operator) call(path string, parameters ...any) string {
	o.t.Helper()
	status, text, err := o.try(path, nil, parameters...)
	if err != nil || status != http.StatusOK {
		o.t.Fatalf("%s: status %d, %v: %s", path, status, err, text)
	}
	return text
}

// masked is a read with an object mask.
func (o operator) masked(path, mask string) string {
	o.t.Helper()
	status, text, err := o.try(path, url.Values{"objectMask": {mask}})
	if err != nil || status != http.StatusOK {
		o.t.Fatalf("%s: status %d, %v: %s", path, status, err, text)
	}
	return text
}

// price is the OS price of a version without spin.
func (o operator) price(version string) int {
	o.t.Helper()
	var ids []int
	g := o.gateway()
	text := o.call(fmt.Sprintf("SoftLayer_Network_Gateway/%d/getAllowedOsPriceIds.json", g.ID), g.Members[0].ID)
	if err := json.Unmarshal([]byte(text), &ids); err != nil {
		o.t.Fatal(err)
	}
	for _, id := range ids {
		if strings.Contains(o.masked(fmt.Sprintf("SoftLayer_Product_Item_Price/%d.json", id), "mask[item[description]]"), version+`"`) {
			return id
		}
	}
	o.t.Fatalf("no price of %s among %v", version, ids)
	return 0
}

// checkReadiness runs both readiness checks to their end.
func (o operator) checkReadiness(gateway int) {
	o.t.Helper()
	for _, method := range []string{"osReloadPrecheck", "upgradePrecheck"} {
		o.call("SoftLayer_Network_Gateway_Precheck/"+method+".json", gateway)
		o.cloud.Step(31 * time.Minute)
	}
}

// reload submits an OS reload of a member and returns the answer.
func (o operator) reload(m sim.MemberAccess, version string) (int, string, error) {
	o.t.Helper()
	order := map[string]any{"itemPrices": []map[string]int{{"id": o.price(version)}}}
	return o.try(fmt.Sprintf("SoftLayer_Hardware_Server/%d/reloadOperatingSystem.json", m.HardwareID), nil, "FORCE", order)
}

func (o operator) mustReload(m sim.MemberAccess, version string) {
	o.t.Helper()
	if status, text, err := o.reload(m, version); err != nil || status != http.StatusOK || text != `"1"` {
		o.t.Fatalf("reload of member %d: status %d, %v: %s", m.ID, status, err, text)
	}
}

func endpoint(address string, port int) string { return net.JoinHostPort(address, strconv.Itoa(port)) }

func (o operator) dial(address string, port int, user, password string) (*ssh.Client, ssh.PublicKey, error) {
	var key ssh.PublicKey
	client, err := ssh.Dial("tcp", endpoint(address, port), &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, Timeout: 30 * time.Second,
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error { key = k; return nil },
	})
	return client, key, err
}

// onHost runs a command on a member's host with the password of the moment.
func (o operator) onHost(m sim.MemberAccess, command string) (string, int) {
	o.t.Helper()
	client, _, err := o.dial(m.HostAddress, m.HostSSHPort, "root", m.HostPassword)
	if err != nil {
		o.t.Fatalf("logging in to host %s: %v", m.HostAddress, err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		o.t.Fatal(err)
	}
	out, err := session.CombinedOutput(command)
	var exit *ssh.ExitError
	if errors.As(err, &exit) {
		return string(out), exit.ExitStatus()
	}
	if err != nil {
		o.t.Fatalf("%s on %s: %v", command, m.HostAddress, err)
	}
	return string(out), 0
}

// netconf is one NETCONF session by hand.
type netconf struct {
	t      *testing.T
	client *ssh.Client
	in     io.Writer
	out    io.Reader
	rest   []byte
}

func (o operator) netconf() *netconf {
	o.t.Helper()
	g := o.gateway()
	client, _, err := o.dial(g.Address, g.NetconfPort, "root", g.RootPassword)
	if err != nil {
		o.t.Fatalf("logging in to the gateway: %v", err)
	}
	o.t.Cleanup(func() { client.Close() })
	session, err := client.NewSession()
	if err != nil {
		o.t.Fatal(err)
	}
	in, err1 := session.StdinPipe()
	out, err2 := session.StdoutPipe()
	if err := errors.Join(err1, err2, session.RequestSubsystem("netconf")); err != nil {
		o.t.Fatal(err)
	}
	n := &netconf{t: o.t, client: client, in: in, out: out}
	if hello := n.read(); !strings.Contains(hello, "session-id>") {
		o.t.Fatalf("hello: %s", hello)
	}
	return n
}

func (n *netconf) read() string {
	n.t.Helper()
	for {
		if whole, rest, found := bytes.Cut(n.rest, []byte("]]>]]>")); found {
			n.rest = rest
			return string(whole)
		}
		buffer := make([]byte, 4096)
		count, err := n.out.Read(buffer)
		n.rest = append(n.rest, buffer[:count]...)
		if err != nil && count == 0 {
			n.t.Fatalf("reading from the gateway: %v", err)
		}
	}
}

// rpc sends one RPC and returns the reply.
func (n *netconf) rpc(body string) string {
	n.t.Helper()
	if _, err := io.WriteString(n.in, `<rpc message-id="m&amp;7">`+body+`</rpc>]]>]]>`); err != nil {
		n.t.Fatalf("sending %s: %v", body, err)
	}
	reply := n.read()
	if !strings.Contains(reply, `message-id="m&amp;7"`) {
		n.t.Fatalf("message-id is not echoed: %s", reply)
	}
	return reply
}

// commit changes the configuration under the lock.
func (n *netconf) commit(lines string) {
	n.t.Helper()
	for _, body := range []string{
		"<lock-configuration/>",
		`<load-configuration action="set" format="text"><configuration-set>` + lines + `</configuration-set></load-configuration>`,
		"<commit-configuration><log>by hand</log></commit-configuration>", "<unlock-configuration/>",
	} {
		if reply := n.rpc(body); strings.Contains(reply, "rpc-error") {
			n.t.Fatalf("%s: %s", body, reply)
		}
	}
}

// cells are the rows of the cluster status: node, priority, status and failures, RG0 first.
func (n *netconf) cells() []string {
	n.t.Helper()
	row := regexp.MustCompile(`<device-name>(.*)</device-name>\n<device-priority>(.*)</device-priority>\n<redundancy-group-status>(.*)</redundancy-group-status>\n<preempt>.*\n<failover-mode>.*\n<monitor-failures>(.*)</monitor-failures>`)
	var cells []string
	for _, found := range row.FindAllStringSubmatch(n.rpc("<get-chassis-cluster-status/>"), -1) {
		cells = append(cells, strings.Join(found[1:], " "))
	}
	return cells
}

// rules are the distinct rules broken so far, sorted.
func (o operator) rules() []string {
	broken := []string{}
	for _, v := range o.cloud.Verdict().Violations {
		if !slices.Contains(broken, v.Rule) {
			broken = append(broken, v.Rule)
		}
	}
	slices.Sort(broken)
	return broken
}

func (o operator) state() sim.State { return o.cloud.State(o.gateway().ID) }
