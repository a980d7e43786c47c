package upgrade

import (
	"slices"
)

// The ways to a judge: each refuses a fact that is not there before the judge sees it.

// eachMember judges every server of the gateway.
func eachMember(judge func(scene, Member) CheckResult) func(scene) []CheckResult {
	return func(s scene) []CheckResult {
		var results []CheckResult
		for _, m := range s.f.Picture.Gateway.Members {
			results = append(results, judge(s, m).about(m.Host))
		}
		return results
	}
}

// eachServer judges IBM's record of every server.
func eachServer(judge func(scene, Member, Server) CheckResult) func(scene) []CheckResult {
	return eachMember(func(s scene, m Member) CheckResult {
		server, ok := s.f.Picture.Server(m.HardwareID)
		if !ok {
			return unknown("IBM's record of host %s is missing", m.Host).cure("check the rights of the API user on this server")
		}
		return judge(s, m, server)
	})
}

// eachRecord judges what IBM has on record about every member, passwords apart.
func eachRecord(judge func(scene, Record) CheckResult) func(scene) []CheckResult {
	return eachMember(func(s scene, m Member) CheckResult {
		i := slices.IndexFunc(s.f.Records, func(r Record) bool { return r.HardwareID == m.HardwareID })
		switch {
		case i < 0:
			return unknown("the record of host %s was not read", m.Host).cure("check the rights of the API user on this server")
		case s.f.Records[i].Error != "":
			return unknown("the record of host %s cannot be read: %s", m.Host, s.f.Records[i].Error).
				cure("check the rights of the API user, viewing passwords among them")
		}
		return judge(s, s.f.Records[i])
	})
}

// eachHost judges what every host said about one item.
func eachHost(item string, judge func(scene, Member, HostFacts) CheckResult) func(scene) []CheckResult {
	return eachMember(func(s scene, m Member) CheckResult {
		h, why := s.hostFacts(m)
		if why == "" && h.NoShell {
			why = "it runs no command"
		}
		if why != "" {
			return unknown("host %s was not asked: %s", m.Host, why).cure("repair the way to host %s first (check host-login), then check again", m.Host)
		}
		if reason, missing := unread(h.Unread, item); missing {
			return unknown("host %s gave no answer about %s: %s", m.Host, item, reason)
		}
		return judge(s, m, h)
	})
}

// hostFacts finds what a host said, or why it said nothing.
func (s scene) hostFacts(m Member) (HostFacts, string) {
	i := slices.IndexFunc(s.f.Hosts, func(h HostFacts) bool { return h.HardwareID == m.HardwareID })
	switch {
	case i < 0:
		return HostFacts{}, "nobody looked"
	case s.f.Hosts[i].Denied:
		return s.f.Hosts[i], "the root password on record was refused"
	}
	return s.f.Hosts[i], s.f.Hosts[i].Error
}

// eachMachineHost judges the virtual machines of every host.
func eachMachineHost(judge func(scene, Member, []Domain) CheckResult) func(scene) []CheckResult {
	return eachMember(func(s scene, m Member) CheckResult {
		h, ok := s.f.Picture.Host(m.HardwareID)
		if !ok || h.Denied || h.Error != "" {
			return unknown("host %s does not tell its machines: %s", m.Host, h.Error).cure("on the host: virsh list --all; repair libvirt or the login first")
		}
		if _, known := s.carrier(); s.lone() && !known {
			return unknown("which machine has to be off is not known without a plan")
		}
		return judge(s, m, h.Domains)
	})
}

// ofView judges what the gateway said in one look.
func ofView(judge func(scene, Device) []CheckResult) func(scene) []CheckResult {
	return func(s scene) []CheckResult {
		if d := s.f.Picture.Device; d.Denied || d.Error != "" {
			return []CheckResult{unknown("the gateway was not asked: %s", d.Error).
				cure("repair the login to the gateway first (check device-login), then check again")}
		}
		return judge(s, s.f.Picture.Device)
	}
}

// ofDevice judges what the gateway said about one item.
func ofDevice(item string, judge func(scene, DeviceFacts) []CheckResult) func(scene) []CheckResult {
	return func(s scene) []CheckResult {
		d := s.f.Device
		if d.Denied || d.Error != "" {
			return []CheckResult{unknown("the gateway was not asked: %s", d.Error).
				cure("repair the login to the gateway first (check device-login), then check again")}
		}
		if reason, missing := unread(d.Unread, item); missing {
			return []CheckResult{unknown("the gateway gave no answer about %s: %s", item, reason)}
		}
		return judge(s, d)
	}
}

// one wraps a judge of a single result.
func one[D any](judge func(scene, D) CheckResult) func(scene, D) []CheckResult {
	return func(s scene, d D) []CheckResult { return []CheckResult{judge(s, d)} }
}

// unread tells why an item of a host's or the device's facts has no value.
func unread(list []Unread, item string) (string, bool) {
	for _, u := range list {
		if u.Item == item {
			return u.Reason, true
		}
	}
	return "", false
}
