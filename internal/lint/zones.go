package lint

import "vsrx-upgrade/internal/upgrade"

// zoneRules judge security zones.
func zoneRules() []rule {
	return []rule{{Rule{"beside-any-service", 1155, upgrade.SeverityError, "", "any-service stands beside another service at one interface of a zone, which the commit refuses."}, besideAnyService}}
}

func besideAnyService(x *examination) {
	for services := range x.effective.Find("security", "zones", "security-zone", "*", "interfaces", "*", "host-inbound-traffic", "system-services") {
		if services.Child("any-service") == nil {
			continue
		}
		for _, other := range services.Children() {
			if other.Word() == "any-service" {
				continue
			}
			fix, _ := removeForGood(other)
			why := ""
			if other.Child("except") != nil {
				why = "any-service stands beside an exception at one interface of a zone, which the commit refuses; keep the service out with a filter on lo0 instead."
			}
			x.report(finding{node: other, why: why, fix: fix})
		}
	}
}
