package thirdparty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scrapli/scrapligo/driver/netconf"
	"github.com/scrapli/scrapligo/driver/network"
	"github.com/scrapli/scrapligo/driver/opoptions"
	"github.com/scrapli/scrapligo/driver/options"
	"github.com/scrapli/scrapligo/platform"
	"github.com/scrapli/scrapligo/response"
	"github.com/scrapli/scrapligo/transport"
	"github.com/scrapli/scrapligo/util"
)

// patience bounds one operation; it is only reached when something hangs.
const patience = 30 * time.Second

func scrapliOptions(port int, user, password string) []util.Option {
	return []util.Option{
		options.WithAuthNoStrictKey(), options.WithAuthUsername(user), options.WithAuthPassword(password), options.WithPort(port),
		options.WithTransportType(transport.StandardTransport), options.WithTimeoutOps(patience), options.WithTimeoutSocket(patience),
	}
}

func TestScrapligoDrivesTheCLI(t *testing.T) {
	for kind, opts := range kinds() {
		t.Run(kind, func(t *testing.T) {
			w := start(t, opts)
			d := w.scrapli(t)
			want(t, d, "show version", "Junos: 22.2R2-S2.3")
			want(t, d, "show configuration system | display set", "set system host-name "+w.gateway().Name)
			want(t, d, "show system commit | count", "Count: ")
			if r, err := d.SendCommand("show nonsense"); err != nil || r.Failed == nil {
				t.Errorf("nonsense: %v, %v", err, r)
			}
			for _, lines := range [][]string{
				{"set system host-name renamed", "commit check", "show | compare", "commit comment \"by scrapligo\""},
				{"rollback 1", "commit"},
			} {
				r, err := d.SendConfigs(lines)
				if err != nil || r.Failed != nil {
					t.Fatalf("%v: %v, %v: %s", lines, err, r.Failed, r.JoinedResult())
				}
			}
			want(t, d, "show system commit", "by scrapligo")
			want(t, d, "show configuration | compare rollback 1", "+   host-name "+w.gateway().Name)
		})
	}
}

func (w world) scrapli(t *testing.T) *network.Driver {
	t.Helper()
	g := w.gateway()
	p, err := platform.NewPlatform("juniper_junos", g.Address, scrapliOptions(g.SSHPort, "admin", w.adminPassword())...)
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.GetNetworkDriver()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Logf("closing: %v", err)
		}
	})
	return d
}

func want(t *testing.T, d *network.Driver, command, part string) {
	t.Helper()
	r, err := d.SendCommand(command)
	if err != nil || r.Failed != nil {
		t.Fatalf("%s: %v, %v", command, err, r)
	}
	if !strings.Contains(r.Result, part) {
		t.Errorf("%s: no %q in %s", command, part, r.Result)
	}
}

func TestScrapligoSpeaksNETCONF(t *testing.T) {
	for kind, opts := range kinds() {
		t.Run(kind, func(t *testing.T) {
			w := start(t, opts)
			g := w.gateway()
			d, err := netconf.NewDriver(g.Address, scrapliOptions(g.NetconfPort, "root", g.RootPassword)...)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Open(); err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			const edit = "<config><configuration><system><host-name>by-scrapligo</host-name></system></configuration></config>"
			for _, step := range []struct {
				name, part string
				do         func() (*response.NetconfResponse, error)
			}{
				{"get-config", "<host-name>" + g.Name, func() (*response.NetconfResponse, error) { return d.GetConfig("running") }},
				{"lock", "<ok/>", func() (*response.NetconfResponse, error) { return d.Lock("candidate") }},
				{"edit-config", "<ok/>", func() (*response.NetconfResponse, error) { return d.EditConfig("candidate", edit) }},
				{"validate", "<ok/>", func() (*response.NetconfResponse, error) { return d.Validate("candidate") }},
				{"commit", "<ok/>", func() (*response.NetconfResponse, error) { return d.Commit() }},
				{"unlock", "<ok/>", func() (*response.NetconfResponse, error) { return d.Unlock("candidate") }},
				{"get-config again", "by-scrapligo", func() (*response.NetconfResponse, error) { return d.GetConfig("running") }},
				{"an RPC of Junos", "<junos-version>22.2R2-S2.3", func() (*response.NetconfResponse, error) {
					return d.RPC(opoptions.WithFilter("<get-software-information/>"))
				}},
			} {
				r, err := step.do()
				if err != nil || r.Failed != nil || !strings.Contains(r.Result, step.part) {
					t.Fatalf("%s: %v: %s", step.name, err, r.Result)
				}
			}
		})
	}
}
