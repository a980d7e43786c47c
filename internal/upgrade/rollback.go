package upgrade

import (
	"fmt"
	"time"
)

// Backup is the old machine's disk image that IBM keeps on the second host until that is reloaded.
type Backup struct {
	Host   string `json:"host"`
	Domain string `json:"domain"`
	Exists bool   `json:"exists"`
	Bytes  int64  `json:"bytes,omitempty"`
	Error  string `json:"error,omitempty"` // it could not be looked for
}

// RollbackReport is how a rollback went.
type RollbackReport struct {
	Asked          Decision  `json:"asked"`
	TrafficStopped time.Time `json:"trafficStopped,omitzero"` // the upgraded machine was off
	TrafficBack    time.Time `json:"trafficBack,omitzero"`    // the old one carried the traffic
}

// JudgeRollback lists what forbids to begin a rollback (IBM: vSRX rollback page, before its first step): no transaction
// may run, the old machine must be off with its backup beside it. The upgraded node itself may be as ill as it likes.
func JudgeRollback(p Picture, plan Plan, backup Backup) []Finding {
	second := plan.Steps[1]
	found := sameMembers(p.Gateway, plan.Gateway)
	add := func(check, advice, format string, args ...any) {
		found = append(found, Finding{Check: check, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	if p.Gateway.Status != StatusUpgradeActive {
		add("gateway-status", "a rollback exists only while the upgrade is active; look whether the pair is whole", "the gateway's status is %q, not %s", p.Gateway.StatusText, StatusUpgradeActive)
	}
	for _, step := range plan.Steps {
		switch s, ok := p.Server(step.HardwareID); {
		case !ok:
			found = append(found, Finding{Check: "server", Text: "IBM's record of host " + step.Host + " is missing", Unknown: true, Advice: "check the rights of the API user on this server"})
		case !s.Idle():
			add("transaction", "wait until it has ended, then retry", "a transaction runs on host %s", step.Host)
		}
		h, ok := p.Host(step.HardwareID)
		if !ok || h.Error != "" {
			found = append(found, Finding{Check: "host-login", Text: fmt.Sprintf("host %s: %s", step.Host, h.Error), Unknown: true,
				Advice: "log in to " + step.Address + " as root with the password of the portal; correct the record or the host"})
			continue
		}
		if len(h.Domains) != 1 {
			add("machine", "on the host: virsh list --all; ask IBM Support which one is the gateway", "host %s has %d vSRX machines, not one", step.Host, len(h.Domains))
		} else if step.HardwareID == second.HardwareID && h.Domains[0].Running() {
			add("peer-power", "two versions must never run together: shut one of them down by hand, with IBM Support", "the old machine %s on host %s is powered on", h.Domains[0].Name, step.Host)
		}
	}
	switch {
	case backup.Error != "":
		found = append(found, Finding{Check: "backup", Text: "whether the backup image is there is unknown: " + backup.Error, Unknown: true, Advice: "look at it on host " + second.Host})
	case !backup.Exists || backup.Bytes == 0:
		add("backup", "there is no way back without it: go on with the upgrade, or call IBM Support", "host %s has no backup image of %s", second.Host, backup.Domain)
	}
	if m, _ := p.Gateway.Member(second.HardwareID); SameRelease(m.Version, plan.Target) {
		add("version", "the second node has been reloaded: there is no way back", "IBM's record says that host %s runs %s already", second.Host, m.Version)
	}
	return found
}
