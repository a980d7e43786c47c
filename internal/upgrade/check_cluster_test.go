package upgrade_test

import "vsrx-upgrade/internal/upgrade"

func clusterBlots() map[string]blot {
	view := func(spoil func(*upgrade.Device)) func(*question) {
		return func(w *question) { spoil(&w.f.Picture.Device) }
	}
	group := func(id int, spoil func([]upgrade.Node)) func(*question) {
		return view(func(d *upgrade.Device) { spoil(d.Cluster.Groups[id].Nodes) })
	}
	facts := func(spoil func(*upgrade.DeviceFacts)) func(*question) {
		return func(w *question) { spoil(&w.f.Device) }
	}
	return map[string]blot{
		"no cluster": {pairBefore, view(func(d *upgrade.Device) { d.Cluster = nil }),
			[]string{"order@gateway=error", "cluster@gateway=fail", "cluster-primary@gateway=fail/1141", "address-owner@gateway=error"}, "without a plan and a cluster status"},
		"a monitor failure of the control plane": {pairBefore, group(0, func(n []upgrade.Node) { n[1].Failures = []string{"HW"} }), []string{"cluster@gateway=fail/1112"}, "node1 reports monitor failures HW"},
		"a monitor failure of the data plane":    {pairBefore, group(1, func(n []upgrade.Node) { n[1].Failures = []string{"IF"} }), []string{"cluster@gateway=fail"}, "group 1"},
		"the peer is lost":                       {pairBefore, group(0, func(n []upgrade.Node) { n[1].State = "lost" }), []string{"cluster@gateway=fail/1112"}, "node1 is lost"},
		"a manual failover":                      {pairBefore, group(1, func(n []upgrade.Node) { n[0].Manual = upgrade.Yes }), []string{"cluster@gateway=fail"}, "manual failover"},
		"health is unproven":                     {pairBefore, group(1, func(n []upgrade.Node) { n[0].FailuresKnown = false }), []string{"cluster@gateway=error"}, "does not say"},
		"no data group": {pairBefore, view(func(d *upgrade.Device) { d.Cluster.Groups = d.Cluster.Groups[:1] }),
			[]string{"cluster@gateway=fail"}, "lacks redundancy group"},
		"groups on two nodes": {pairBefore, group(1, func(n []upgrade.Node) { n[0].State, n[1].State = n[1].State, n[0].State }),
			[]string{"order@gateway=error", "cluster@gateway=fail", "cluster-primary@gateway=fail/1141", "address-owner@gateway=error"}, "no single node"},
		"two primaries": {pairBefore, group(0, func(n []upgrade.Node) { n[1].State = "primary" }),
			[]string{"order@gateway=error", "cluster@gateway=fail/1112", "cluster-primary@gateway=fail/1141", "address-owner@gateway=error"}, "no single node"},
		"a whole pair between":            {pairBetween, view(func(d *upgrade.Device) { d.Cluster = wholeCluster("node1") }), []string{"cluster@gateway=fail/1112"}, "not lost"},
		"the lone node fails otherwise":   {pairBetween, group(1, func(n []upgrade.Node) { n[1].Failures = []string{"CS", "IF"} }), []string{"cluster@gateway=fail"}, "IF, which the absent peer does not explain"},
		"the lone control plane fails":    {pairBetween, group(0, func(n []upgrade.Node) { n[1].Failures = []string{"CS"} }), []string{"cluster@gateway=fail/1112"}, "group 0"},
		"the wrong node is alone":         {pairBetween, view(func(d *upgrade.Device) { d.Cluster = loneCluster("node0", "node1") }), []string{"cluster@gateway=fail/1112", "cluster-primary@gateway=fail/1141", "address-owner@gateway=fail"}, "not node1"},
		"a weight is low":                 {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Weights[3].Value = 125 }), []string{"cluster-weight@node1=fail"}, "255 in group 0, 125 in group 1"},
		"the lone control weight is low":  {pairBetween, facts(func(d *upgrade.DeviceFacts) { d.Weights[0].Value = 0 }), []string{"cluster-weight@node1=fail"}, "0 in group 0"},
		"a weight is missing":             {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Weights = d.Weights[:3] }), []string{"cluster-weight@node1=error"}, "group 1"},
		"no proof of the places":          {pairBefore, view(func(d *upgrade.Device) { d.NodeMACs[1].MACs = []string{"52:54:00:ff:00:01"} }), []string{"placement@gateway=fail"}, "quokka-b"},
		"the hardware addresses unread":   {pairBetween, view(func(d *upgrade.Device) { d.NodeMACs = nil }), []string{"placement@gateway=error"}, "not read"},
		"the other host has the new node": {pairBetween, view(func(d *upgrade.Device) { d.NodeMACs[0].MACs = []string{primaryMAC} }), []string{"placement@gateway=fail"}, "node1 runs on host quokka-b"},
		"preempt is configured":           {pairBefore, view(func(d *upgrade.Device) { d.Preempt = upgrade.PreemptActive }), []string{"preempt@gateway=fail"}, "pull the traffic back"},
		"preempt shows in the status":     {pairBefore, group(1, func(n []upgrade.Node) { n[0].Preempt = upgrade.Yes }), []string{"preempt@gateway=fail"}, "active"},
		"preempt will be deactivated": {pairBefore, func(w *question) {
			w.f.Picture.Device.Preempt, w.q.Request.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
		}, []string{"preempt@gateway=warn"}, "preempt: restore"},
		"preempt is active between": {pairBetween, func(w *question) {
			w.f.Picture.Device.Preempt, w.q.Request.Preempt = upgrade.PreemptActive, upgrade.PreemptRestore
		}, []string{"preempt@gateway=fail"}, "active"},
		"preempt is inactive":              {pairBefore, view(func(d *upgrade.Device) { d.Preempt = upgrade.PreemptInactive }), []string{}, ""},
		"preempt was not read":             {pairBefore, view(func(d *upgrade.Device) { d.Preempt = "" }), []string{"preempt@gateway=error"}, "not read"},
		"the control link is down":         {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Control[0].State = "down" }), []string{"control-link@gateway=fail/1126"}, "em0 down"},
		"no control link is listed":        {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Control = nil }), []string{"control-link@gateway=error/1126"}, "lists no control links"},
		"the fabric is down":               {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Fabric[0].State = "down" }), []string{"fabric-link@gateway=fail"}, "fab0 down"},
		"a redundant interface is down":    {pairBetween, facts(func(d *upgrade.DeviceFacts) { d.Reths[1].State = "down" }), []string{"redundant-interfaces@gateway=fail"}, "reth2 down"},
		"a private gateway's public side":  {pairBefore, func(w *question) { privateSide(w) }, []string{}, ""},
		"a monitored interface is down":    {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Monitored[1].State = "down" }), []string{"monitored-interfaces@gateway=fail"}, "ge-7/0/1 down (weight 130 in group 1)"},
		"a lone monitored interface":       {pairBetween, facts(func(d *upgrade.DeviceFacts) { d.Monitored[1].State = "down" }), []string{"monitored-interfaces@gateway=fail"}, "ge-7/0/1"},
		"no interface is monitored at all": {pairBefore, facts(func(d *upgrade.DeviceFacts) { d.Monitored = nil }), []string{}, ""},
	}
}

func privateSide(w *question) {
	w.f.Picture.Gateway.PrivateOnly = true
	w.f.Device.Reths = append(w.f.Device.Reths, upgrade.Link{Name: "reth1", State: "down"})
}
