package upgrade

import (
	"net/netip"
	"slices"
	"strings"
)

// gatewayStatus wants the status that IBM documents for the moment; any other word is not taken for it.
func gatewayStatus(s scene) []CheckResult {
	g := s.f.Picture.Gateway
	wanted := StatusActive
	if s.lone() {
		wanted = StatusUpgradeActive
	}
	switch {
	case g.Status == "":
		return []CheckResult{unknown("the gateway's status was not read")}
	case g.Status != wanted:
		return []CheckResult{fail("the gateway's status is %q, not %s", g.StatusText, wanted).
			cure("see the gateway in the portal; if somebody else works on it, wait for the end")}
	}
	return []CheckResult{pass("status %q", g.StatusText)}
}

func serverInUse(_ scene, m Member, v Server) CheckResult {
	switch {
	case v.Status == "":
		return unknown("the status of host %s was not read", m.Host)
	case v.Status != "ACTIVE" || !v.Provisioned || !v.Billed:
		return fail("host %s is not a server in use: status %q, provisioned %t, billed %t", m.Host, v.Status, v.Provisioned, v.Billed).
			cure("open a case with IBM Support")
	}
	return pass("status %s, provisioned and billed", v.Status)
}

// noTransaction refuses a reload beside any other work of IBM's automation: it answers with an error, or it is the
// other node's reload.
func noTransaction(s scene, m Member, v Server) CheckResult {
	if v.Idle() {
		return pass("no transaction, last reload %d", v.LastReload)
	}
	r := fail("a transaction runs on host %s: %s", m.Host, transactionText(v)).cure("wait until it has ended, then check again; nobody can cancel it")
	if step, ok := s.next(); s.pair() && (!ok || step.HardwareID != m.HardwareID) {
		return r.coded(1000)
	}
	return r
}

func transactionText(v Server) string {
	if t := v.Active; t != nil {
		return sentence("%d %s %s", t.ID, t.Group, t.Step)
	}
	return sentence("%d in all, ids %v", max(v.ActiveCount, len(v.ActiveIDs)), v.ActiveIDs)
}

func ipmiOn(_ scene, m Member, v Server) CheckResult {
	if v.IPMIDisabled {
		return fail("the IPMI interface of host %s is disabled", m.Host)
	}
	return pass("IPMI is enabled")
}

// podIsFree wants no other gateway of the account's pod in work: two at a time take addresses from one another (IBM:
// general upgrade procedure).
func podIsFree(s scene) []CheckResult {
	p := s.f.Picture
	if p.Gateway.Pod == "" {
		return []CheckResult{unknown("the pod of the gateway is not known, so it cannot be kept apart from its neighbours").
			cure("ask IBM Support for the pod of its private VLAN")}
	}
	if p.NeighboursError != "" {
		return []CheckResult{unknown("the other gateways of pod %s are not known: %s", p.Gateway.Pod, p.NeighboursError).
			cure("check the rights of the API user")}
	}
	var results []CheckResult
	for _, n := range p.Neighbours {
		if n.Status != StatusActive {
			results = append(results, fail("gateway %s of pod %s has the status %q", n.Name, p.Gateway.Pod, n.Text).
				cure("one gateway of a pod at a time: wait until it is finished, then check again"))
		}
	}
	if len(results) == 0 {
		results = append(results, pass("%d other gateways in pod %s, all active", len(p.Neighbours), p.Gateway.Pod))
	}
	return results
}

func hostAddress(_ scene, m Member) CheckResult { return privateAddress("host "+m.Host, m.Address) }

func gatewayAddress(s scene) []CheckResult {
	return []CheckResult{privateAddress("the gateway", s.f.Picture.Gateway.Address)}
}

// privateAddress wants an address of the private network: IBM's automation logs in on that side alone. A loopback address
// is the end of a tunnel or a simulated cloud, and as little public.
func privateAddress(whose, address string) CheckResult {
	a, err := netip.ParseAddr(address)
	switch {
	case address == "":
		return unknown("the private address of %s was not read", whose)
	case err != nil || !a.IsPrivate() && !a.IsLoopback():
		return fail("%q, on record for %s, is not a private address", address, whose)
	}
	return pass("%s on record", address)
}

// vendorSupported refuses what is no vSRX: the reload call would be the same.
func vendorSupported(s scene) []CheckResult {
	g := s.f.Picture.Gateway
	switch {
	case g.Vendor == "":
		return []CheckResult{unknown("the vendor of the gateway was not read")}
	case !strings.Contains(strings.ToLower(g.Vendor), "juniper"):
		return []CheckResult{fail("gateway %d (%s) is a %q gateway, not a Juniper vSRX", g.ID, g.Name, g.Vendor).
			cure("check the id; only Juniper vSRX gateways are upgraded")}
	}
	return []CheckResult{pass("a gateway of %s", g.Vendor)}
}

// serverSupported applies the rows of IBM's upgrade table that a server decides.
func serverSupported(s scene, m Member) CheckResult {
	switch {
	case m.Processor == "":
		return unknown("the processor of host %s was not read", m.Host)
	case processor1270v6.MatchString(m.Processor):
		return fail("host %s has the unsupported processor %s", m.Host, m.Processor).cure("E3-1270 v6 has no SR-IOV: order a new gateway and migrate")
	case runs(s.f.Picture, m, 15, 1) && m.UplinkMbps == 0:
		return unknown("host %s runs 15.1 on uplinks of unknown speed, and IBM upgrades 15.1 on 10G alone", m.Host)
	case runs(s.f.Picture, m, 15, 1) && m.UplinkMbps < 10000:
		return fail("host %s runs 15.1 on uplinks of %d Mbit/s; IBM upgrades 15.1 on 10G alone", m.Host, m.UplinkMbps).
			cure("order a new gateway and migrate")
	}
	return pass("%s, uplinks of %d Mbit/s", m.Processor, m.UplinkMbps)
}

func hostRecord(_ scene, r Record) CheckResult {
	return rootOnRecord(r.HostRoot, "the host", 1003, 1004)
}

func deviceRecord(_ scene, r Record) CheckResult {
	return rootOnRecord(r.DeviceRoot, "the vSRX", 1013, 1011)
}

// rootOnRecord tells the four states of a record apart; noUser and noPassword are IBM's codes for two of them.
func rootOnRecord(state RecordState, whose string, noUser, noPassword int) CheckResult {
	switch state {
	case RecordPresent:
		return pass("root and its password are on record for %s", whose)
	case RecordNoUser:
		return fail("no user root is on record for %s", whose).coded(noUser)
	case RecordNoPassword:
		return fail("user root of %s has no password on record", whose).coded(noPassword)
	}
	return unknown("whether root of %s is on record is not known", whose).cure("check the right of the API user to view passwords")
}

// licenceOnRecord reads the end that IBM has on record; the member need not have one.
func licenceOnRecord(s scene, r Record) CheckResult {
	if r.LicenceEnd == "" {
		return skipped("IBM has no end of the licence on record")
	}
	return licenceEnds(s, "the licence on record", r.LicenceEnd)
}

// recordWarning shows the warning that IBM keeps beside a member (SoftLayer_Network_Gateway_Member attributes).
func recordWarning(s scene, m Member) CheckResult {
	if m.WarningCode == 0 {
		return pass("no warning on record")
	}
	return codeOnRecord(s, m.WarningCode, "IBM's record of host "+m.Host)
}

// codeOnRecord judges a code that IBM shows: a warning may be accepted by its number, an error may not.
func codeOnRecord(s scene, number int, where string) CheckResult {
	code, _ := CodeOf(number)
	switch {
	case !IsWarning(number):
		return fail("%s has code %d: %s", where, number, code.Meaning).cure("%s", code.Remedy).coded(number)
	case slices.Contains(s.q.Request.AcceptWarnings, number):
		return warn("%s warns with code %d, accepted beforehand: %s", where, number, code.Meaning).cure("%s", code.Remedy).coded(number)
	}
	return fail("%s warns with code %d, which nobody accepted: %s", where, number, code.Meaning).
		cure("%s; or accept it by listing %d in acceptWarnings", code.Remedy, number).coded(number)
}
