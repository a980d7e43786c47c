package sim

import (
	"fmt"
	"strings"
)

// clusterInformation is "show chassis cluster information" of every node; a standalone box has none.
func clusterInformation(s *netconfSession, _ *element) string {
	if s.gateway.spec.Standalone {
		return notEnabled()
	}
	return s.eachNode(func(m *member) string {
		var out strings.Builder
		out.WriteString("<chassis-cluster-information>\n<chassis-cluster-redundancy-group-information>\n")
		for group := range 2 {
			r := m.gateway.rows(group)[m.node]
			weight := 255
			if r.failures != "None" {
				weight = 0
			}
			fmt.Fprintf(&out, "<redundancy-group-list>\n<redundancy-group-id>%d</redundancy-group-id>\n<redundancy-group-status>%s</redundancy-group-status>\n"+
				"<redundancy-group-weight>%d</redundancy-group-weight>\n</redundancy-group-list>\n", group, r.status, weight)
		}
		colour, reason := "Green", "No failures"
		if !m.gateway.paired() {
			colour, reason = "Amber", "Peer node is not present"
		}
		fmt.Fprintf(&out, "</chassis-cluster-redundancy-group-information>\n<chassis-cluster-led-information>\n<current-led-color>%s</current-led-color>\n"+
			"<last-change-reason>%s</last-change-reason>\n</chassis-cluster-led-information>\n</chassis-cluster-information>\n", colour, reason)
		return out.String()
	})
}
