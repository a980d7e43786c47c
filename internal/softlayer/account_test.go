package softlayer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

const gatewaysPath = "SoftLayer_Account/getNetworkGateways.json"

// row is a gateway of the account's list.
func row(id int, name, maker, status, pod, router string) string {
	return fmt.Sprintf(`{"id":%d,"name":%q,"accountId":31337,"osManufacturer":%q,"status":{"id":1,"keyName":%q,"name":%q},`+
		`"privateVlan":{"id":5501,"podName":%q,"primaryRouter":{"id":5601,"hostname":%q}}}`, id, name, maker, status, status, pod, router)
}

func list(rows ...string) string { return "[" + strings.Join(rows, ",") + "]" }

func TestNeighboursAreTheOtherJuniperGatewaysOfThePod(t *testing.T) {
	self := row(4711, "edge-fra", "Juniper", "ACTIVE", "fra02.pod03", "bcr03a.fra02")
	other := row(4720, "lab-fra", "Juniper", "UPDATING", "fra02.pod03", "bcr03a.fra02")
	neighbour := upgrade.Neighbour{ID: 4720, Name: "lab-fra", Status: upgrade.StatusUpdating, Text: "UPDATING"}
	for name, c := range map[string]struct {
		body string
		want []upgrade.Neighbour
		kind upgrade.Kind
	}{
		"alone":                           {list(self), nil, ""},
		"one beside":                      {list(other, self), []upgrade.Neighbour{neighbour}, ""},
		"another pod":                     {change(t, list(self, other), `"lab-fra","accountId":31337,"osManufacturer":"Juniper","status":{"id":1,"keyName":"UPDATING","name":"UPDATING"},"privateVlan":{"id":5501,"podName":"fra02.pod03"`, `"lab-fra","privateVlan":{"podName":"fra02.pod01"`), nil, ""},
		"another maker":                   {list(self, row(4720, "lab-fra", "AT&T", "UPDATING", "fra02.pod03", "bcr03a.fra02")), nil, ""},
		"a maker not on record":           {list(self, row(4720, "lab-fra", "", "UPDATING", "fra02.pod03", "bcr03a.fra02")), []upgrade.Neighbour{neighbour}, ""},
		"another account":                 {list(self, change(t, other, `31337`, `31338`)), nil, ""},
		"the pod derived":                 {list(self, row(4720, "lab-fra", "Juniper", "UPDATING", "", "bcr03b.fra02")), []upgrade.Neighbour{neighbour}, ""},
		"no pod, but another data centre": {list(self, row(4720, "lab-fra", "Juniper", "UPDATING", "", "bcr09a.ams01")), nil, ""},
		"no pod in this data centre":      {list(self, row(4720, "lab-fra", "Juniper", "UPDATING", "", "bcr09a.fra02")), nil, upgrade.NotFound},
		"nothing that tells the pod":      {list(self, row(4720, "lab-fra", "Juniper", "UPDATING", "", "")), nil, upgrade.NotFound},
		"an empty list":                   {`[]`, nil, upgrade.Malformed},
		"a list without the gateway":      {list(other), nil, upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{
				gatewaysPath: {body: c.body},
				podsPath:     {body: `[{"name":"fra02.pod03","backendRouterName":"bcr03a.fra02"}]`},
			})
			g := upgrade.Gateway{ID: 4711, Account: 31337, Pod: "fra02.pod03"}
			got, err := api.client(t).Reader().Neighbours(t.Context(), g)
			wantKind(t, err, c.kind)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("neighbours (-want +got):\n%s", diff)
			}
		})
	}
}
