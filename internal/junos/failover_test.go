package junos_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// pair is a cluster's redundancy group 1 behind a peer.
type pair struct {
	*device
	primary int
	manual  bool
	looks   int  // at the status, since the last request
	slow    int  // looks until a failover is done
	stuck   bool // it never is
	lose    bool // the reply to the request is cut, once
	ignore  bool // and the request with it
	say     string
}

func newPair(t *testing.T) *pair {
	p := &pair{device: newDevice(t, "inactive")}
	p.override = p.reply
	return p
}

// reply answers with the device's mutex held.
func (p *pair) reply(operation, body string) (answer, bool) {
	switch operation {
	case "get-chassis-cluster-status":
		p.looks++
		return answer{inner: p.status()}, true
	case "command":
		if p.say != "" {
			return answer{inner: "<output>\n" + p.say + "\n</output>"}, true
		}
		return p.request(body), true
	}
	return answer{}, false
}

func (p *pair) request(body string) answer {
	header := "<output>\nnode0:\n--------------------------------------------------------------------------\n"
	p.looks = 0
	lost := p.lose
	p.lose = false
	switch {
	case lost && p.ignore:
		return answer{hangUp: true}
	case strings.Contains(body, "reset"):
		p.manual = false
	case p.manual:
		return answer{inner: header + "Manual failover is already in effect for redundancy group 1. Please reset it before requesting a failover\n</output>"}
	default:
		p.manual = true
		p.primary = 1 - p.primary
	}
	if lost {
		return answer{hangUp: true}
	}
	if !p.manual {
		return answer{inner: header + "Successfully reset manual failover for redundancy group 1\n</output>"}
	}
	return answer{inner: header + "Initiated manual failover for redundancy group 1\n</output>"}
}

func (p *pair) status() string {
	primary, flag := p.primary, "no"
	if p.manual {
		flag = "yes"
		if p.stuck || p.looks <= p.slow {
			primary = 1 - primary
		}
	}
	var rows strings.Builder
	for node := range 2 {
		state := "secondary"
		if node == primary {
			state = "primary"
		}
		fmt.Fprintf(&rows, "<device-name>node%d</device-name><device-priority>100</device-priority><redundancy-group-status>%s</redundancy-group-status><preempt>no</preempt><failover-mode>%s</failover-mode><monitor-failures>None</monitor-failures>", node, state, flag)
	}
	return "<chassis-cluster-status><cluster-id>6</cluster-id><redundancy-group><redundancy-group-id>1</redundancy-group-id><redundancy-group-failover-count>1</redundancy-group-failover-count><device-stats>" +
		rows.String() + "</device-stats></redundancy-group></chassis-cluster-status>"
}

func TestFailoverWaitsUntilItIsDone(t *testing.T) {
	for name, arrange := range map[string]func(*pair){
		"at once":                      func(*pair) {},
		"after some looks":             func(p *pair) { p.slow = 2 },
		"where the reply is lost":      func(p *pair) { p.lose = true },
		"where the reply is lost, too": func(p *pair) { p.lose, p.slow = true, 1 },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			arrange(p)
			peer := p.peer()
			config := peer.config(t)
			if err := config.Failover(t.Context(), endpoint(), 1, 1); err != nil {
				t.Fatal(err)
			}
			want := `<command format="text">request chassis cluster failover redundancy-group 1 node 1</command>`
			if p.primary != 1 || peer.count(want) != 1 || peer.count("<command") != 1 {
				t.Errorf("primary is %d, the device saw %v", p.primary, peer.seenBy())
			}
			if err := config.Failover(t.Context(), endpoint(), 1, 1); err != nil || peer.count("<command") != 1 {
				t.Errorf("the second time it is requested again, or fails with %v", err)
			}
		})
	}
}

func TestFailoverIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		arrange     func(*pair)
		group, node int
		want        upgrade.Kind
		says        string
	}{
		"where the manual flag is set":         {func(p *pair) { p.manual, p.primary = true, 0 }, 1, 1, upgrade.Refused, "Please reset it before requesting a failover"},
		"where the device says something else": {func(p *pair) { p.say = "error: syntax error." }, 1, 1, upgrade.Refused, "syntax error"},
		"where there is no such group":         {func(*pair) {}, 2, 1, upgrade.Refused, "no redundancy group 2"},
		"for a node that cannot be":            {func(*pair) {}, 1, 2, upgrade.Invalid, ""},
		"for a group that cannot be":           {func(*pair) {}, -1, 0, upgrade.Invalid, ""},
		"where there is no cluster": {func(p *pair) {
			p.override = func(string, string) (answer, bool) {
				return answer{inner: rpcError("error: Chassis cluster is not enabled")}, true
			}
		}, 1, 1, upgrade.Refused, "not a chassis cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			c.arrange(p)
			err := p.peer().config(t).Failover(t.Context(), endpoint(), c.group, c.node)
			wantKind(t, err, c.want)
			if !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("the error %v does not say %q", err, c.says)
			}
		})
	}
}

func TestAFailoverThatIsNotDoneIsOverdue(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.stuck = true
	config := p.peer().config(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	err := config.Failover(ctx, endpoint(), 1, 1)
	wantKind(t, err, upgrade.Overdue)
	if !strings.Contains(fmt.Sprint(err), "node0 primary, manual yes") {
		t.Errorf("the error %v does not show the status", err)
	}
}

func TestAFailoverWhoseRequestWasLostIsUndecided(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.lose, p.ignore = true, true
	peer := p.peer()
	config := peer.config(t)
	config.Timeout = 3 * time.Second // until then its effect may be seen
	wantKind(t, config.Failover(t.Context(), endpoint(), 1, 1), upgrade.Undecided)
	if peer.count("<command") != 1 {
		t.Error("it was requested again")
	}
}

func TestResetFailover(t *testing.T) {
	p := newPair(t)
	p.manual, p.primary = true, 1
	peer := p.peer()
	for range 2 {
		if err := peer.config(t).ResetFailover(t.Context(), endpoint(), 1); err != nil || p.manual {
			t.Fatalf("manual is %v, error %v", p.manual, err)
		}
	}
	if peer.count("<command") != 1 {
		t.Errorf("the device saw %v", peer.seenBy())
	}
	p.manual, p.say = true, "error: permission denied"
	wantKind(t, peer.config(t).ResetFailover(t.Context(), endpoint(), 1), upgrade.Refused)
	wantKind(t, peer.config(t).ResetFailover(t.Context(), endpoint(), 129), upgrade.Invalid)
}

func TestASimulatedGatewayFailsOver(t *testing.T) {
	cloud, config, e := simulated(t)
	id := cloud.Access().Gateways[0].ID
	other := 1 - cloud.State(id).Primary[1]
	if err := config.Failover(t.Context(), e, 1, other); err != nil {
		t.Fatal(err)
	}
	if now := cloud.State(id).Primary[1]; now != other {
		t.Errorf("redundancy group 1 is on node%d", now)
	}
	wantKind(t, config.Failover(t.Context(), e, 1, 1-other), upgrade.Refused)
	if err := config.ResetFailover(t.Context(), e, 1); err != nil {
		t.Fatal(err)
	}
}
