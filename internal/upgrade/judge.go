package upgrade

import (
	"fmt"
	"slices"
	"time"
)

// Moment is a point of the upgrade at which a certain picture is right. The same picture is a failure at another one.
type Moment string

// The moments of a pair's upgrade.
const (
	BeforeFirst Moment = "before the first reload" // a whole pair on the old version
	Between     Moment = "between the reloads"     // the upgraded node alone, its peer powered off by IBM
	AfterSecond Moment = "after the second reload" // a whole pair on the new version
	Erased      Moment = "after the reload of a standalone gateway, before its configuration is back"
	BroughtBack Moment = "in the rollback, before the reload back" // the old node alone, the upgraded one powered off
)

// Lone reports whether one node stands alone at the moment, its peer powered off.
func (m Moment) Lone() bool { return m == Between || m == BroughtBack }

// carrier is the step whose node carries the traffic at a moment at which it stands alone.
func (m Moment) carrier(p Plan) Step {
	if m == BroughtBack {
		return p.Steps[1]
	}
	return p.Steps[0]
}

// off reports whether the machine of a member must be powered off at the moment.
func (m Moment) off(p Plan, member Member) bool {
	return m.Lone() && m.carrier(p).HardwareID != member.HardwareID
}

// Judge lists everything in the picture that is not right at the moment. plan.Steps may be empty before the first
// reload.
func Judge(p Picture, plan Plan, m Moment) []Finding {
	found := judgeRecords(p, m)
	found = append(found, judgeHosts(p, plan, m)...)
	return append(found, judgeDevice(p, plan, m)...)
}

// JudgeWhole lists everything that keeps a gateway from being whole by itself, whatever version it runs: what a pod is
// judged by after a hold that ended badly.
func JudgeWhole(p Picture) []Finding {
	p.Neighbours, p.NeighboursError = nil, ""
	plan := Plan{From: p.Device.Version("node0")}
	if !p.Gateway.HA() {
		plan.From = p.Device.Version("")
	}
	return Judge(p, plan, BeforeFirst)
}

// noDeviceLogin is the finding of a vSRX that does not let root in.
func noDeviceLogin(p Picture) Finding {
	return Finding{Check: "device-login", Text: "the gateway does not answer as root on " + p.Gateway.Address + ": " + p.Device.Error, Unknown: true,
		Advice: "make the root password of the vSRX and of the portal the same and allow root login over SSH; IBM's automation needs both"}
}

// judgeRecords looks at IBM's side: the gateway's status, its servers, its neighbours in the pod.
func judgeRecords(p Picture, m Moment) []Finding {
	var found []Finding
	wanted := StatusActive
	if m.Lone() {
		wanted = StatusUpgradeActive
	}
	if p.Gateway.Status != wanted {
		found = append(found, Finding{Check: "gateway-status", Text: fmt.Sprintf("the gateway's status is %q, not %s", p.Gateway.StatusText, wanted),
			Advice: "see the gateway in the portal; if somebody else works on it, wait for the end"})
	}
	for _, member := range p.Gateway.Members {
		s, ok := p.Server(member.HardwareID)
		switch {
		case !ok:
			found = append(found, Finding{Check: "server", Text: "IBM's record of host " + member.Host + " is missing", Unknown: true, Advice: "check the rights of the API user on this server"})
		case !s.Idle():
			found = append(found, Finding{Check: "transaction", Text: "a transaction runs on host " + member.Host, Advice: "wait until it has ended, then retry"})
		case s.Status != "ACTIVE" || !s.Provisioned || !s.Billed:
			found = append(found, Finding{Check: "server", Text: fmt.Sprintf("host %s is not a server in use: status %q, provisioned %t, billed %t", member.Host, s.Status, s.Provisioned, s.Billed), Advice: "ask IBM Support"})
		case s.IPMIDisabled:
			found = append(found, Finding{Check: "ipmi", Text: "the IPMI interface of host " + member.Host + " is disabled; the reload would end with an error", Advice: "enable the management interface in the portal, then retry"})
		}
	}
	if p.NeighboursError != "" {
		found = append(found, Finding{Check: "pod", Text: "the other gateways of the pod are unknown: " + p.NeighboursError, Unknown: true, Advice: "check the rights of the API user"})
	}
	for _, n := range p.Neighbours {
		if n.Status != StatusActive {
			found = append(found, Finding{Check: "pod", Text: fmt.Sprintf("gateway %s of the same pod has the status %q", n.Name, n.Text), Advice: "one gateway of a pod at a time: wait until it is finished, then retry"})
		}
	}
	return found
}

// judgeHosts looks at the KVM hosts: which machines run and which must not.
func judgeHosts(p Picture, plan Plan, m Moment) []Finding {
	var found []Finding
	for _, member := range p.Gateway.Members {
		h, ok := p.Host(member.HardwareID)
		if !ok || h.Error != "" {
			found = append(found, Finding{Check: "host-login", Text: fmt.Sprintf("host %s: %s", member.Host, h.Error), Unknown: true,
				Advice: "log in to " + member.Address + " as root with the password of the portal; correct the record or the host"})
			continue
		}
		running := 0
		for _, d := range h.Domains {
			if d.Running() {
				running++
			}
			if m.off(plan, member) && d.Autostart {
				found = append(found, Finding{Check: "peer-autostart", Warning: true, Text: "the machine " + d.Name + " on host " + member.Host + " is off for good reason and would start at a reboot of the host",
					Advice: "on the host: virsh autostart --disable " + d.Name})
			}
		}
		switch off := m.off(plan, member); {
		case off && running > 0:
			found = append(found, Finding{Check: "peer-power", Text: "the machine on host " + member.Host + " is powered on beside a node of the other version",
				Advice: "two versions must never run together; decide with IBM Support whether to shut it down: virsh shutdown, virsh autostart --disable"})
		case !off && running != 1:
			found = append(found, Finding{Check: "machine", Text: fmt.Sprintf("%d vSRX machines run on host %s, not one", running, member.Host), Advice: "on the host: virsh list --all"})
		}
	}
	return found
}

func isFirst(plan Plan, m Member) bool {
	return len(plan.Steps) > 0 && plan.Steps[0].HardwareID == m.HardwareID
}

// judgeDevice looks at the vSRX itself: login, versions, cluster.
func judgeDevice(p Picture, plan Plan, m Moment) []Finding {
	d := p.Device
	if d.Error != "" {
		return []Finding{noDeviceLogin(p)}
	}
	var found []Finding
	if !d.RootLogin {
		found = append(found, Finding{Check: "root-login", Text: "root login over SSH is not configured", Advice: "set system services ssh root-login allow, commit, then retry"})
	}
	if !p.Gateway.HA() {
		return append(found, judgeAlone(d, plan, m)...)
	}
	if d.Cluster == nil {
		return append(found, Finding{Check: "cluster", Text: "the device says it is no chassis cluster", Advice: "ask IBM Support: the records name two members"})
	}
	wanted, nodes := plan.From, []string{"node0", "node1"}
	switch m {
	case Between, BroughtBack:
		alone := m.carrier(plan).Node
		if nodes = []string{alone}; m == Between {
			wanted = plan.Target
		}
		found = append(found, d.Cluster.Alone(alone)...)
	case AfterSecond:
		wanted = plan.Target
		found = append(found, d.Cluster.Whole()...)
	default:
		found = append(found, d.Cluster.Whole()...)
	}
	for _, node := range nodes {
		v := d.Version(node)
		if m == BroughtBack && wanted == "" && v != "" {
			continue // of an upgrade begun by hand only the old node itself can say what it ran
		}
		if !SameRelease(v, wanted) {
			found = append(found, Finding{Check: "version", Text: fmt.Sprintf("%s runs %q, not %s", node, v, wanted), Advice: "do not reload anything else; compare the ordered price with the version on the device"})
		}
	}
	if a, b := d.Version("node0"), d.Version("node1"); !m.Lone() && a != b {
		found = append(found, Finding{Check: "version", Text: fmt.Sprintf("the nodes run %q and %q: they must be the same to the last number", a, b), Advice: "reload the node with the older version; ask IBM Support"})
	}
	return found
}

// judgeAlone looks at the vSRX of a standalone gateway.
func judgeAlone(d Device, plan Plan, m Moment) []Finding {
	var found []Finding
	if d.Cluster != nil {
		found = append(found, Finding{Check: "cluster", Text: "the device says it is a chassis cluster, and the records name one member", Advice: "ask IBM Support"})
	}
	wanted := plan.From
	if m != BeforeFirst {
		wanted = plan.Target
	}
	if v := d.Version(""); !SameRelease(v, wanted) {
		found = append(found, Finding{Check: "version", Text: fmt.Sprintf("the gateway runs %q, not %s", v, wanted), Advice: "do not reload anything else; compare the ordered price with the version on the device"})
	}
	return found
}

// Clearance is what a reload may be submitted on.
type Clearance struct {
	Plan      Plan      `json:"plan"`
	Leg       Leg       `json:"leg"`
	Mark      Mark      `json:"mark"`
	Readiness Readiness `json:"readiness"`
	Window    *Window   `json:"window,omitempty"`
	Accepted  []int     `json:"accepted,omitempty"` // readiness warnings a person accepted
	Timing    Timing    `json:"timing"`
}

// JudgeSubmission lists everything that forbids to submit the reload of the leg now: the picture of the moment, an
// active preempt, a changed or unfinished configuration, the readiness rows and their age, the maintenance window.
func JudgeSubmission(p Picture, c Clearance) []Finding {
	found := append(sameMembers(p.Gateway, c.Plan.Gateway), Judge(p, c.Plan, c.Leg.Before)...)
	found = append(found, judgeConfiguration(p.Device, c.Mark)...)
	for _, m := range p.Gateway.Members {
		if m.WarningCode != 0 && !slices.Contains(c.Accepted, m.WarningCode) {
			found = append(found, readinessFinding("IBM's record of host %s warns with code %d", m.Host, m.WarningCode))
		}
	}
	if cluster := p.Device.Cluster; c.Leg.Before == BeforeFirst && cluster != nil && cluster.Primary() == c.Leg.Step.Node {
		found = append(found, Finding{Check: "role", Text: c.Leg.Step.Node + " has become primary since the plan was made; reloading it first would move the traffic twice",
			Advice: "move the groups back and retry, or abort and start again"})
	}
	readiness := Readiness{Rows: p.Readiness, SeenRunning: c.Readiness.SeenRunning} // as IBM says now: its Expired wins
	found = append(found, readiness.Blocking(c.Leg.Step.MemberID, c.Leg.Done, c.Accepted, c.Leg.Checks...)...)
	valid := readiness.ValidUntil(c.Timing.ReadinessValid.D()-c.Timing.ReadinessMargin.D(), c.Leg.Checks...)
	if !p.At.Before(valid) {
		found = append(found, Finding{Check: "readiness-age", Text: "the readiness check has expired at " + valid.Format(time.RFC3339), Advice: "retry runs a new check"})
	}
	if c.Leg.Needed == 0 {
		return found
	}
	if err := c.Window.Fits(p.At, c.Leg.Needed); err != nil {
		advice := AdviceOf(err)
		if c.Leg.Before.Lone() {
			advice = "the gateway has no failover until its second node is reloaded too: retry goes on all the same, rollback goes back to the old version"
		}
		found = append(found, Finding{Check: "window", Text: err.Error(), Advice: advice})
	}
	return found
}

// sameMembers refuses a gateway whose members are not those the plan was made for.
func sameMembers(now, planned Gateway) []Finding {
	ids := func(g Gateway) (list [][2]int) {
		for _, m := range g.Members {
			list = append(list, [2]int{m.ID, m.HardwareID})
		}
		slices.SortFunc(list, func(a, b [2]int) int { return a[0] - b[0] })
		return list
	}
	if slices.Equal(ids(now), ids(planned)) {
		return nil
	}
	return []Finding{{Check: "members", Text: fmt.Sprintf("the gateway's members and servers are %v, planned were %v", ids(now), ids(planned)), Advice: "abort and start again; ask IBM Support what happened"}}
}

// judgeConfiguration refuses a preempt that would pull traffic and every sign that somebody works on the device.
func judgeConfiguration(d Device, mark Mark) []Finding {
	if d.Error != "" {
		return nil // said by judgeDevice
	}
	var found []Finding
	if d.Preempt == "" {
		found = append(found, Finding{Check: "preempt", Text: "whether preempt is active is unknown", Unknown: true, Advice: "show configuration chassis cluster redundancy-group 1"})
	}
	if d.Preempt == PreemptActive || d.Cluster != nil && d.Cluster.Preempt() {
		found = append(found, Finding{Check: "preempt", Text: "preempt is active and would pull the traffic back in the middle of the upgrade", Advice: "deactivate chassis cluster redundancy-group 1 preempt, then retry"})
	}
	if d.Mark != mark {
		found = append(found, Finding{Check: "drift", Text: fmt.Sprintf("the configuration is not the exported one any more; last commit: %s", d.Mark.Commit), Advice: "find out who changes the gateway and stop it; retry exports again before anything is reloaded"})
	}
	if d.Pending {
		found = append(found, Finding{Check: "pending-commit", Text: "a confirmed commit waits for its confirmation", Advice: "confirm it or let it roll back, then retry"})
	}
	if d.Uncommitted {
		found = append(found, Finding{Check: "candidate", Text: "the candidate configuration holds uncommitted changes", Advice: "commit or discard them, then retry"})
	}
	return found
}
