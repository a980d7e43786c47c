package e2e

import (
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

func TestAnUpgradeBegunByHandIsTakenOverWhereItStands(t *testing.T) {
	for name, c := range map[string]struct {
		until   func(sim.State) bool
		adopted string
	}{
		"in its first reload":  {func(s sim.State) bool { return s.Members[1].Reloading }, "the first reload is on"},
		"between its reloads":  {func(s sim.State) bool { return s.Status == "UPGRADE_ACTIVE" && !s.Members[1].Reloading }, "the first node is reloaded, the second is not"},
		"in its second reload": {nil, "the second reload is on"},
	} {
		t.Run(name, func(t *testing.T) {
			in := install(t, byHandGateway())
			hand := in.byHand()
			hand.reload(1)
			if c.until != nil {
				hand.await(name, c.until)
			} else {
				hand.await("the end of the first reload", func(s sim.State) bool { return s.Status == "UPGRADE_ACTIVE" && !s.Members[1].Reloading })
				hand.reload(0)
				hand.await(name, func(s sim.State) bool { return s.Members[0].Reloading })
			}
			hand.seen(c.until == nil, name)
			req := request()
			req.Resume, req.Approval = true, upgrade.ApprovalNone
			in.upgrade(req)
			report := in.result(req.GatewayID)
			if report.Outcome != upgrade.OutcomeCompleted || !strings.HasPrefix(report.Adopted, c.adopted) {
				t.Errorf("it ended as %q and took over %q, want %q", report.Outcome, report.Adopted, c.adopted)
			}
			in.wantWholeAndSafe(req)
			record(t, "adopted-"+strings.ReplaceAll(name, " ", "-"), in.history(workflows.UpgradeID(req.GatewayID)))
		})
	}
}

func TestNothingIsTakenOverWhereNothingWasBegun(t *testing.T) {
	in := install(t)
	req := request()
	req.Resume = true
	if code, _, text := in.starter("upgrade", "4711", "--input", in.file(req), "--wait"); code != 3 {
		t.Errorf("it exits with %d: %s", code, text)
	}
	in.wantNothingWritten()
}

// byHandGateway is a pair whose preempt is inactive: somebody has seen to it.
func byHandGateway() sim.Gateway {
	g := sim.DefaultGateways()[0]
	g.Preempt = false
	return g
}

// person works in the portal, by the same API.
type person struct {
	in      *installation
	client  *softlayer.Client
	gateway upgrade.Gateway
}

func (in *installation) byHand() *person {
	in.t.Helper()
	a := in.Cloud.Access()
	c, err := softlayer.New(softlayer.Config{Endpoint: a.API, User: a.Username, APIKey: upgrade.Secret(a.APIKey), Timeout: time.Minute, PerSecond: 100})
	if err != nil {
		in.t.Fatal(err)
	}
	g, err := c.Reader().Gateway(in.t.Context(), sim.DefaultGateways()[0].ID)
	if err != nil {
		in.t.Fatal(err)
	}
	return &person{in, c, g}
}

// reload runs IBM's checks and reloads the member of a node to the target.
func (p *person) reload(node int) {
	p.in.t.Helper()
	ctx, m := p.in.t.Context(), p.gateway.Members[node]
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		if err := p.client.Writer().StartCheck(ctx, p.gateway.ID, category); err != nil {
			p.in.t.Fatal(err)
		}
		p.ready(category, m.ID)
	}
	prices, err := p.client.Reader().Prices(ctx, p.gateway.ID, m.ID)
	if err != nil {
		p.in.t.Fatal(err)
	}
	for _, price := range prices {
		if upgrade.SameRelease(price.Version, request().TargetVersion) {
			for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) { // the check's own transaction ends first
				if answer, _, err := p.client.Writer().Reload(ctx, m.HardwareID, price.ID); err == nil && answer == upgrade.Accepted {
					return
				}
			}
		}
	}
	p.in.t.Fatalf("the reload of node%d was not accepted", node)
}

func (p *person) ready(category upgrade.Category, member int) {
	p.in.t.Helper()
	running := false
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		rows, err := p.client.Reader().Readiness(p.in.t.Context(), p.gateway.ID)
		if err != nil {
			continue
		}
		for _, row := range rows {
			if row.Category != category || row.MemberID != member {
				continue
			}
			running = running || row.Value == upgrade.Running
			if running && (row.Value == upgrade.Ready || row.Value == upgrade.Current) {
				return
			}
		}
	}
	p.in.t.Fatalf("%s was never ready", category)
}

// seen waits until IBM's record shows the reload that runs: a transaction becomes visible some time after it was asked for.
func (p *person) seen(second bool, moment string) {
	p.in.t.Helper()
	if moment == "between its reloads" {
		return
	}
	node := map[bool]int{false: 1, true: 0}[second]
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if s, err := p.client.Reader().Server(p.in.t.Context(), p.gateway.Members[node].HardwareID); err == nil && s.Reloading() {
			return
		}
	}
	p.in.t.Fatal("the reload is not to be seen")
}

func (p *person) await(what string, wanted func(sim.State) bool) {
	p.in.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if wanted(p.in.Cloud.State(p.gateway.ID)) {
			return
		}
	}
	p.in.t.Fatalf("waited for %s", what)
}
