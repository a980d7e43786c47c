package softlayer_test

import (
	"encoding/json"
	"fmt"
	"net/url"
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

func TestFindGatewayDemandsOneExactMatch(t *testing.T) {
	here := row(4711, "edge-fra", "Juniper", "ACTIVE", "fra02.pod03", "bcr03a.fra02")
	for name, c := range map[string]struct {
		name, body string
		id         int
		kind       upgrade.Kind
	}{
		"the one":                                {"edge-fra", list(here), 4711, ""},
		"the one among all of an ignored filter": {"edge-fra", list(row(1, "edge-fra-2", "Juniper", "ACTIVE", "", ""), here), 4711, ""},
		"the maker in other words":               {"edge-fra", change(t, list(here), `"Juniper"`, `"JUNIPER NETWORKS"`), 4711, ""},
		"none":                                   {"edge-fra", `[]`, 0, upgrade.NotFound},
		"only other names of an ignored filter":  {"edge-fra", list(row(1, "Edge-fra", "Juniper", "ACTIVE", "", "")), 0, upgrade.NotFound},
		"two of one name":                        {"edge-fra", list(here, row(4712, "edge-fra", "Juniper", "ACTIVE", "", "")), 0, upgrade.Invalid},
		"another maker":                          {"edge-fra", change(t, list(here), `"Juniper"`, `"AT&T"`), 0, upgrade.Unsupported},
		"a row without id":                       {"edge-fra", change(t, list(here), `"id":4711,`, ``), 0, upgrade.Malformed},
		"an empty name":                          {" ", list(here), 0, upgrade.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{gatewaysPath: {body: c.body}})
			id, err := api.client(t).Reader().FindGateway(t.Context(), c.name)
			wantKind(t, err, c.kind)
			if id != c.id {
				t.Errorf("found %d, want %d", id, c.id)
			}
		})
	}
}

func TestFindGatewayFiltersByName(t *testing.T) {
	api := startCloud(t, map[string]answer{gatewaysPath: {body: `[]`}})
	const name = `odd "name" & more`
	_, err := api.client(t).Reader().FindGateway(t.Context(), name)
	wantKind(t, err, upgrade.NotFound)
	query, err := url.ParseQuery(api.asked()[0].query)
	if err != nil {
		t.Fatal(err)
	}
	var filter struct {
		NetworkGateways struct{ Name struct{ Operation string } }
	}
	if err := json.Unmarshal([]byte(query.Get("objectFilter")), &filter); err != nil || filter.NetworkGateways.Name.Operation != name {
		t.Errorf("the filter is %q, %v", query.Get("objectFilter"), err)
	}
}

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
