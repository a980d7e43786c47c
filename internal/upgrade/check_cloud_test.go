package upgrade_test

import "vsrx-upgrade/internal/upgrade"

func cloudBlots() map[string]blot {
	return map[string]blot{
		"the gateway is updating": {pairBefore, func(w *question) {
			w.f.Picture.Gateway.Status, w.f.Picture.Gateway.StatusText = upgrade.StatusUpdating, "Updating"
		}, []string{"gateway-status@gateway=fail"}, `"Updating", not active`},
		"the status is half done before the start": {pairBefore, func(w *question) { w.f.Picture.Gateway.Status = upgrade.StatusUpgradeActive }, []string{"gateway-status@gateway=fail"}, "not active"},
		"the status is active again between":       {pairBetween, func(w *question) { w.f.Picture.Gateway.Status = upgrade.StatusActive }, []string{"gateway-status@gateway=fail"}, "not upgrade-active"},
		"the status was not read":                  {pairBefore, func(w *question) { w.f.Picture.Gateway.Status = "" }, []string{"gateway-status@gateway=error"}, "not read"},
		"a standalone with a strange status":       {standalone, func(w *question) { w.f.Picture.Gateway.Status = upgrade.StatusOther }, []string{"gateway-status@gateway=fail"}, "not active"},
		"a server is missing": {pairBefore, func(w *question) { w.f.Picture.Servers = w.f.Picture.Servers[:1] },
			[]string{"server@quokka-b=error", "transaction@quokka-b=error", "ipmi@quokka-b=error/1025"}, "record of host quokka-b is missing"},
		"a server is not in use":         {pairBefore, func(w *question) { w.f.Picture.Servers[1].Status = "RECLAIM" }, []string{"server@quokka-b=fail"}, "RECLAIM"},
		"a server is not billed":         {standalone, func(w *question) { w.f.Picture.Servers[0].Billed = false }, []string{"server@quokka-a=fail"}, "billed false"},
		"a server's status was not read": {pairBefore, func(w *question) { w.f.Picture.Servers[0].Status = "" }, []string{"server@quokka-a=error"}, "not read"},
		"a transaction on the one to be reloaded": {pairBefore, func(w *question) {
			w.f.Picture.Servers[1].Active = &upgrade.Transaction{ID: 31250, Group: "Check", Step: "Wait"}
		},
			[]string{"transaction@quokka-b=fail"}, "31250 Check Wait"},
		"a transaction on the other one":           {pairBefore, func(w *question) { w.f.Picture.Servers[0].ActiveCount = 2 }, []string{"transaction@quokka-a=fail/1000"}, "2 in all"},
		"a transaction on the upgraded one":        {pairBetween, func(w *question) { w.f.Picture.Servers[1].ActiveIDs = []int{31260} }, []string{"transaction@quokka-b=fail/1000"}, "[31260]"},
		"IPMI is off":                              {pairBetween, func(w *question) { w.f.Picture.Servers[0].IPMIDisabled = true }, []string{"ipmi@quokka-a=fail/1025"}, "quokka-a is disabled"},
		"the pod is unknown":                       {standalone, func(w *question) { w.f.Picture.Gateway.Pod = "" }, []string{"pod@gateway=error"}, "pod"},
		"the neighbours are unknown":               {pairBefore, func(w *question) { w.f.Picture.NeighboursError = "rights are missing" }, []string{"pod@gateway=error"}, "rights are missing"},
		"a neighbour is in work":                   {pairBefore, func(w *question) { w.f.Picture.Neighbours[0].Status = upgrade.StatusUpdating }, []string{"pod@gateway=fail"}, "edge-wombat of pod par05.pod07"},
		"a host's address is missing":              {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[0].Address = "" }, []string{"host-address@quokka-a=error/1009"}, "not read"},
		"a host's address is public":               {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[1].Address = "198.51.100.7" }, []string{"host-address@quokka-b=fail/1009"}, "198.51.100.7"},
		"the gateway's address is none":            {standalone, func(w *question) { w.f.Picture.Gateway.Address = "10.77.8" }, []string{"gateway-address@gateway=fail/1019"}, `"10.77.8"`},
		"the gateway's address is missing":         {pairBefore, func(w *question) { w.f.Picture.Gateway.Address = "" }, []string{"gateway-address@gateway=error/1019"}, "not read"},
		"root of a host is not on record":          {pairBefore, func(w *question) { w.f.Records[1].HostRoot = upgrade.RecordNoUser }, []string{"host-record@quokka-b=fail/1003"}, "no user root"},
		"root of a host has no password on record": {pairBefore, func(w *question) { w.f.Records[0].HostRoot = upgrade.RecordNoPassword }, []string{"host-record@quokka-a=fail/1004"}, "no password"},
		"a host's record is unread":                {pairBefore, func(w *question) { w.f.Records[0].HostRoot = upgrade.RecordUnread }, []string{"host-record@quokka-a=error"}, "not known"},
		"root of the vSRX is not on record":        {standalone, func(w *question) { w.f.Records[0].DeviceRoot = upgrade.RecordNoUser }, []string{"device-record@quokka-a=fail/1013"}, "the vSRX"},
		"root of the vSRX has no password":         {pairBetween, func(w *question) { w.f.Records[1].DeviceRoot = upgrade.RecordNoPassword }, []string{"device-record@quokka-b=fail/1011"}, "no password"},
		"a state of a record that nobody knows":    {pairBefore, func(w *question) { w.f.Records[1].DeviceRoot = "" }, []string{"device-record@quokka-b=error"}, "not known"},
		"a record was not read":                    {pairBefore, func(w *question) { w.f.Records = w.f.Records[1:] }, []string{"host-record@quokka-a=error", "device-record@quokka-a=error", "licence-record@quokka-a=error/1185"}, "was not read"},
		"a record could not be read":               {pairBefore, func(w *question) { w.f.Records[1].Error = "denied" }, []string{"host-record@quokka-b=error", "device-record@quokka-b=error", "licence-record@quokka-b=error/1185"}, "denied"},
		"the licence on record has ended":          {pairBefore, func(w *question) { w.f.Records[1].LicenceEnd = "2031-05-01T00:00:00Z" }, []string{"licence-record@quokka-b=warn/1185"}, "ended on 2031-05-01"},
		"no licence on record":                     {pairBefore, func(w *question) { w.f.Records[1].LicenceEnd = "" }, []string{}, ""},
		"a record warns of the version":            {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[1].WarningCode = 1179 }, []string{"record-warning@quokka-b=fail/1179"}, "nobody accepted"},
		"a record warns of the licence":            {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[0].WarningCode = 1180 }, []string{"record-warning@quokka-a=fail/1180"}, "not from IBM"},
		"a record warns of both": {pairBetween, func(w *question) {
			w.f.Picture.Gateway.Members[0].WarningCode, w.q.Request.AcceptWarnings = 1181, []int{1179, 1180}
		}, []string{"record-warning@quokka-a=fail/1181"}, "1181"},
		"a record warns and was accepted": {pairBefore, func(w *question) {
			w.f.Picture.Gateway.Members[1].WarningCode, w.q.Request.AcceptWarnings = 1179, []int{1179}
		}, []string{"record-warning@quokka-b=warn/1179"}, "accepted beforehand"},
		"a record has an error that cannot be accepted": {pairBefore, func(w *question) {
			w.f.Picture.Gateway.Members[1].WarningCode, w.q.Request.AcceptWarnings = 1112, []int{1112}
		}, []string{"record-warning@quokka-b=fail/1112"}, "has code 1112"},
		"another vendor":              {pairBefore, func(w *question) { w.f.Picture.Gateway.Vendor = "AT&T" }, []string{"vendor@gateway=fail"}, "AT&T"},
		"an unread vendor":            {pairBefore, func(w *question) { w.f.Picture.Gateway.Vendor = "" }, []string{"vendor@gateway=error"}, "not read"},
		"an unsupported processor":    {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[1].Processor = "Xeon E3-1270 v6" }, []string{"supported-server@quokka-b=fail"}, "1270 v6"},
		"an unread processor":         {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[1].Processor = "" }, []string{"supported-server@quokka-b=error"}, "not read"},
		"15.1 on slow uplinks":        {standalone, func(w *question) { runOn(w, "15.1X49-D170.4", 1000) }, []string{"supported-server@quokka-a=fail"}, "1000 Mbit/s"},
		"15.1 on uplinks not read":    {standalone, func(w *question) { runOn(w, "15.1X49-D170.4", 0) }, []string{"supported-server@quokka-a=error"}, "unknown speed"},
		"15.1 on fast uplinks":        {standalone, func(w *question) { runOn(w, "15.1X49-D170.4", 10000) }, []string{}, ""},
		"a newer one on slow uplinks": {pairBefore, func(w *question) { w.f.Picture.Gateway.Members[1].UplinkMbps = 1000 }, []string{}, ""},
	}
}

// runOn lets a standalone gateway run a version, on uplinks of a speed.
func runOn(w *question, version string, mbps int) {
	w.f.Picture.Device.Nodes[0].Version, w.q.Plan.From = version, version
	w.f.Picture.Gateway.Members[0].Version, w.f.Picture.Gateway.Members[0].UplinkMbps = version, mbps
}
