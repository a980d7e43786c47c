package upgrade_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// nightly is an order for the gateway of the valid world.
func nightly() upgrade.WindowOrder {
	return upgrade.WindowOrder{Name: "nightly", Calendar: sundays(), Gateways: []int{5150}, TargetVersion: newRelease}.OrDefaults()
}

func TestAnOrderThatMakesNoSenseIsRefusedWithEveryReason(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.WindowOrder)
		want   []string
	}{
		"nothing wrong":    {func(*upgrade.WindowOrder) {}, nil},
		"a query":          {func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "edge-*"} }, nil},
		"no name":          {func(o *upgrade.WindowOrder) { o.Name = "" }, []string{"schedule name"}},
		"no gateway":       {func(o *upgrade.WindowOrder) { o.Gateways = nil }, []string{"either gateways or a query"}},
		"ids and a query":  {func(o *upgrade.WindowOrder) { o.Query = &upgrade.GatewayQuery{Pod: "par05.pod07"} }, []string{"either gateways or a query"}},
		"an empty query":   {func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{} }, []string{"the query names nothing"}},
		"a wrong pattern":  {func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{NamePattern: "[a"} }, []string{`"[a" is no pattern`}},
		"a wrong version":  {func(o *upgrade.WindowOrder) { o.Gateways, o.Query = nil, &upgrade.GatewayQuery{FromVersion: "old"} }, []string{"from version"}},
		"no id":            {func(o *upgrade.WindowOrder) { o.Gateways = []int{0} }, []string{"gateway 0 is not the id"}},
		"one twice":        {func(o *upgrade.WindowOrder) { o.Gateways = []int{5150, 5151, 5150} }, []string{"gateway 5150 is named twice"}},
		"no target":        {func(o *upgrade.WindowOrder) { o.TargetVersion = "newest" }, []string{"targetVersion"}},
		"a wrong approval": {func(o *upgrade.WindowOrder) { o.Approval = "maybe" }, []string{"approval"}},
		"everything":       {func(o *upgrade.WindowOrder) { *o = upgrade.WindowOrder{Gateways: []int{-1, 7, 7}} }, []string{"schedule name", "targetVersion", "gateway -1", "gateway 7 is named twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := nightly()
			c.change(&o)
			wrong := o.Problems()
			if len(wrong) != len(c.want) {
				t.Errorf("problems are %q, want %q", wrong, c.want)
			}
			for _, want := range c.want {
				if !slices.ContainsFunc(wrong, func(text string) bool { return strings.Contains(text, want) }) {
					t.Errorf("%q lacks %q", wrong, want)
				}
			}
			if err := o.Validate(); (err == nil) != (len(c.want) == 0) || err != nil && upgrade.KindOf(err) != upgrade.Invalid {
				t.Errorf("Validate says %v", err)
			}
		})
	}
}

func TestTheTimeAWindowNeedsIsThePlansOwn(t *testing.T) {
	d := validDiscovery()
	if plan := validPlan(t); upgrade.NeededFor(d.Picture.Gateway, upgrade.DefaultTiming()) != plan.Needed {
		t.Errorf("a pair needs %s, its plan says %s", upgrade.NeededFor(d.Picture.Gateway, upgrade.DefaultTiming()), plan.Needed)
	}
	if least := upgrade.LeastNeeded(upgrade.DefaultTiming()); least != hours(6) {
		t.Errorf("a standalone gateway needs %s, want a node and an import", least)
	}
}

func TestAnOrdersUpgradesAreDeferredByTheirWindowOnly(t *testing.T) {
	o := nightly()
	w := o.Calendar.Next(evening(0, 0), 1)[0]
	if r := o.Request(5150, &w); !r.Defer || r.Window != &w || r.TargetVersion != newRelease || r.Validate() != nil {
		t.Errorf("in a window: %+v", r)
	}
	if r := o.Request(5150, nil); r.Defer || r.Window != nil {
		t.Errorf("attended: %+v", r)
	}
}

// candidate is the gateway of the valid world with what is offered for it.
func candidate() upgrade.Candidate {
	d := validDiscovery()
	return upgrade.Candidate{ID: d.Picture.Gateway.ID, Gateway: d.Picture.Gateway, Offers: d.Offers}
}

func TestTheGatewaysOfAnOrderAreJudged(t *testing.T) {
	for name, c := range map[string]struct {
		dryRun bool
		change func(*upgrade.WindowOrder, *upgrade.Candidate)
		want   string
	}{
		"fit":                       {false, func(*upgrade.WindowOrder, *upgrade.Candidate) {}, ""},
		"fit in a dry run":          {true, func(*upgrade.WindowOrder, *upgrade.Candidate) {}, ""},
		"unknown":                   {false, func(_ *upgrade.WindowOrder, c *upgrade.Candidate) { c.Error = errors.New("reading gateway 5150: 404") }, "404"},
		"not of Juniper":            {false, func(_ *upgrade.WindowOrder, c *upgrade.Candidate) { c.Gateway.Vendor = "Fortinet" }, "not a Juniper vSRX"},
		"not offered":               {true, func(o *upgrade.WindowOrder, _ *upgrade.Candidate) { o.TargetVersion = "24.4R1.9" }, "gateway 5150 (edge-quokka): target 24.4R1.9 is offered 0 times"},
		"not offered, left to plan": {false, func(o *upgrade.WindowOrder, _ *upgrade.Candidate) { o.TargetVersion = "24.4R1.9" }, ""},
		"a window too short":        {true, func(o *upgrade.WindowOrder, _ *upgrade.Candidate) { o.Calendar.Length = hours(8) }, "needs 10h0m0s and the window is 8h0m0s long"},
	} {
		t.Run(name, func(t *testing.T) {
			o, one := nightly(), candidate()
			o.DryRun = c.dryRun
			c.change(&o, &one)
			got := o.Judge([]upgrade.Candidate{one})
			if len(got) != 1 || (got[0].Refused == "") != (c.want == "") || !strings.Contains(got[0].Refused, c.want) || got[0].Done {
				t.Errorf("judged %+v, want %q", got, c.want)
			}
		})
	}
	other, done := candidate(), candidate()
	other.Gateway.Account++
	done.Gateway.Members = []upgrade.Member{member(1, 2, "quokka-c", "10.77.8.13", "23.4R2-S3")}
	got := nightly().Judge([]upgrade.Candidate{candidate(), other, done})
	if !strings.Contains(got[1].Refused, "is of account 88002, the first one of account 88001") || !got[2].Done || got[0].Done {
		t.Errorf("judged %+v", got)
	}
}

func TestAQueryFindsByNamePodAndVersion(t *testing.T) {
	g := candidate().Gateway
	for name, c := range map[string]struct {
		query upgrade.GatewayQuery
		want  bool
	}{
		"by name":           {upgrade.GatewayQuery{NamePattern: "edge-*"}, true},
		"by another name":   {upgrade.GatewayQuery{NamePattern: "core-*"}, false},
		"by pod":            {upgrade.GatewayQuery{Pod: "PAR05.pod07"}, true},
		"by another pod":    {upgrade.GatewayQuery{Pod: "par05.pod08"}, false},
		"by version":        {upgrade.GatewayQuery{FromVersion: "21.4R3"}, true},
		"by a newer one":    {upgrade.GatewayQuery{FromVersion: "22.4R3"}, false},
		"by all":            {upgrade.GatewayQuery{NamePattern: "edge-quokka", Pod: "par05.pod07", FromVersion: "21.4R3.15"}, true},
		"by all and no pod": {upgrade.GatewayQuery{NamePattern: "edge-quokka", Pod: "x", FromVersion: "21.4R3.15"}, false},
	} {
		if c.query.Finds(g) != c.want {
			t.Errorf("%s: found %t", name, !c.want)
		}
	}
	g.Members[1].Version = newRelease
	if (upgrade.GatewayQuery{FromVersion: "21.4R3"}).Finds(g) {
		t.Error("a pair of two versions is found by one of them")
	}
}

func TestAWindowsReportSaysHowItWent(t *testing.T) {
	r := upgrade.WindowReport{Name: "nightly", Calendar: "sundays", Upgrades: []upgrade.WindowUpgrade{
		{WindowTarget: upgrade.WindowTarget{GatewayID: 1, Gateway: "a|b"}, State: upgrade.WindowCompleted}, {State: upgrade.WindowHeld, Reason: "asks"}, {State: upgrade.WindowCompleted}}}
	if got := r.Summary(); got != "2 completed, 1 held" {
		t.Errorf("the summary is %q", got)
	}
	if text := r.Markdown(); !strings.Contains(text, "| 1 a/b | – | completed |  |") {
		t.Errorf("the details are %s", text)
	}
	if got := (upgrade.WindowReport{Skipped: "too late"}).Summary(); got != "skipped: too late" {
		t.Errorf("the summary is %q", got)
	}
	if got := (upgrade.WindowReport{}).Summary(); got != "no gateway to upgrade" {
		t.Errorf("the summary is %q", got)
	}
}
