package softlayer_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

const (
	gatewayPath = "SoftLayer_Network_Gateway/4711.json"
	podsPath    = "SoftLayer_Network_Pod/getAllObjects.json"

	pairAnswer = `{"id":4711,"name":"edge-fra","accountId":31337,"networkSpace":"BOTH","osManufacturer":"Juniper",
"status":{"id":2,"keyName":"ACTIVE","name":"Active"},"privateIpAddress":{"ipAddress":"10.77.3.10"},
"privateVlan":{"id":5501,"podName":"fra02.pod03","primaryRouter":{"id":5601,"hostname":"bcr03a.fra02"}},
"members":[
{"id":8101,"hardwareId":9101,"attributes":{"version":"22.2R2-S2","lastVersion":null,"isUpgraded":0,"networkModel":"SR-IOV","warningCode":null},
 "hardware":{"id":9101,"hostname":"edge-fra-a","domain":"corp.example","primaryBackendIpAddress":"10.77.3.11",
  "processors":[{"id":1,"hardwareComponentModel":{"id":44,"name":"Intel Xeon 4210","longDescription":"Xeon 4210 with 10 cores"}},{"id":2}],
  "primaryBackendNetworkComponent":{"id":3,"speed":0,"maxSpeed":10000}}},
{"id":8102,"hardwareId":9102,"attributes":{"version":"23.4R2-S5","lastVersion":"22.2R2-S2","isUpgraded":1,"networkModel":"SR-IOV","warningCode":1179},
 "hardware":{"id":9102,"hostname":"edge-fra-b","domain":"corp.example","primaryBackendIpAddress":"10.77.3.12"}}]}`
)

func TestGatewayIsReadWithMembersAndPod(t *testing.T) {
	api := startCloud(t, map[string]answer{gatewayPath: {body: pairAnswer}})
	got, err := api.client(t).Reader().Gateway(t.Context(), 4711)
	if err != nil {
		t.Fatal(err)
	}
	want := upgrade.Gateway{ID: 4711, Name: "edge-fra", Account: 31337, Pod: "fra02.pod03", Vendor: "Juniper",
		Status: upgrade.StatusActive, StatusText: "Active", Address: "10.77.3.10",
		Members: []upgrade.Member{
			{ID: 8101, HardwareID: 9101, Host: "edge-fra-a", Domain: "corp.example", Address: "10.77.3.11", Version: "22.2R2-S2",
				NetworkModel: "SR-IOV", Processor: "Intel Xeon 4210", UplinkMbps: 10000},
			{ID: 8102, HardwareID: 9102, Host: "edge-fra-b", Domain: "corp.example", Address: "10.77.3.12", Version: "23.4R2-S5",
				LastVersion: "22.2R2-S2", Upgraded: true, NetworkModel: "SR-IOV", WarningCode: 1179},
		}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gateway (-want +got):\n%s", diff)
	}
	requests := api.asked()
	if len(requests) != 1 || requests[0].verb != "GET" || requests[0].user != "apikey" || requests[0].key != fakeKey {
		t.Errorf("asked %+v, want one GET as user apikey", requests)
	}
	query, err := url.ParseQuery(requests[0].query)
	if err != nil || !strings.HasPrefix(query.Get("objectMask"), "mask[id,") {
		t.Errorf("the query %q carries no mask of the full form", requests[0].query)
	}
}

func TestGatewayKeepsWhatItSays(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		right    func(upgrade.Gateway) bool
	}{
		"a private gateway is private":             {`"BOTH"`, `"PRIVATE"`, func(g upgrade.Gateway) bool { return g.PrivateOnly }},
		"a status without key name goes by name":   {`"keyName":"ACTIVE","name":"Active"`, `"name":"Upgrade Active"`, func(g upgrade.Gateway) bool { return g.Status == upgrade.StatusUpgradeActive }},
		"a status without name shows its key name": {`"keyName":"ACTIVE","name":"Active"`, `"keyName":"UPDATING"`, func(g upgrade.Gateway) bool { return g.StatusText == "UPDATING" && g.Status == upgrade.StatusUpdating }},
		"a missing status is not active":           {`"status":{"id":2,"keyName":"ACTIVE","name":"Active"},`, ``, func(g upgrade.Gateway) bool { return g.Status == upgrade.StatusOther }},
		"a missing attribute record is empty":      {`"attributes":{"version":"22.2R2-S2","lastVersion":null,"isUpgraded":0,"networkModel":"SR-IOV","warningCode":null}`, `"attributes":null`, func(g upgrade.Gateway) bool { return g.Members[0].Version == "" }},
		"a processor without name is described":    {`"name":"Intel Xeon 4210",`, ``, func(g upgrade.Gateway) bool { return g.Members[0].Processor == "Xeon 4210 with 10 cores" }},
		"a link that is up shows its speed":        {`"speed":0,"maxSpeed":10000`, `"speed":1000`, func(g upgrade.Gateway) bool { return g.Members[0].UplinkMbps == 1000 }},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{gatewayPath: {body: change(t, pairAnswer, c.old, c.new)}})
			got, err := api.client(t).Reader().Gateway(t.Context(), 4711)
			if err != nil {
				t.Fatal(err)
			}
			if !c.right(got) {
				t.Errorf("read as %+v", got)
			}
		})
	}
}

func TestGatewayRefusesAnswersThatLackWhatItNeeds(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"another gateway":              {`"id":4711`, `"id":4712`},
		"no id":                        {`"id":4711,`, ``},
		"no name":                      {`"name":"edge-fra",`, ``},
		"no account":                   {`"accountId":31337`, `"accountId":null`},
		"no private address":           {`"privateIpAddress":{"ipAddress":"10.77.3.10"}`, `"privateIpAddress":null`},
		"an address that is none":      {`"ipAddress":"10.77.3.10"`, `"ipAddress":"-oProxyCommand=x"`},
		"a member without its id":      {`"id":8101,`, ``},
		"a member without a server":    {`"hardwareId":9101`, `"hardwareId":null`},
		"a member of another server":   {`"hardware":{"id":9101`, `"hardware":{"id":9102`},
		"a member without address":     {`"primaryBackendIpAddress":"10.77.3.12"`, `"primaryBackendIpAddress":""`},
		"a single object for the list": {`"members":[`, `"members":{},"other":[`},
		"no members":                   {`"members":[`, `"members":[],"other":[`},
		"a null member":                {`"members":[`, `"members":[null,`},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{gatewayPath: {body: change(t, pairAnswer, c.old, c.new)}})
			_, err := api.client(t).Reader().Gateway(t.Context(), 4711)
			wantKind(t, err, upgrade.Malformed)
			if err != nil && !strings.HasPrefix(err.Error(), "reading gateway 4711: ") {
				t.Errorf("the error does not say what was done: %v", err)
			}
		})
	}
}

func TestPodIsDerivedFromTheRouter(t *testing.T) {
	const pods = `[{"name":"fra02.pod01","backendRouterName":"bcr01a.fra02","datacenterName":"fra02"},
{"name":"fra02.pod03","backendRouterName":"bcr03b.fra02","datacenterName":"fra02"},
{"name":"ams01.pod03","backendRouterName":"bcr03a.ams01","datacenterName":"ams01"}]`
	const vlan = `"podName":"fra02.pod03","primaryRouter":{"id":5601,"hostname":"bcr03a.fra02"}`
	for name, c := range map[string]struct {
		vlan, pods string
		pod        string
		kind       upgrade.Kind
	}{
		"the router of the pair tells":          {`"primaryRouter":{"hostname":"bcr03a.fra02"}`, pods, "fra02.pod03", ""},
		"an empty pod name is none":             {`"podName":"","primaryRouter":{"hostname":"bcr01a.fra02"}`, pods, "fra02.pod01", ""},
		"no pod has the router":                 {`"primaryRouter":{"hostname":"bcr07a.fra02"}`, pods, "", upgrade.NotFound},
		"there is no router":                    {`"podName":null`, pods, "", upgrade.NotFound},
		"the router names no data centre":       {`"primaryRouter":{"hostname":"bcr03a"}`, pods, "", upgrade.NotFound},
		"two pods have the router":              {`"primaryRouter":{"hostname":"bcr03a.fra02"}`, `[{"name":"fra02.pod03","backendRouterName":"bcr03a.fra02"},{"name":"fra02.pod04","backendRouterName":"bcr03b.fra02"}]`, "", upgrade.NotFound},
		"the pods cannot be listed":             {`"primaryRouter":{"hostname":"bcr03a.fra02"}`, `null`, "", upgrade.Malformed},
		"a pod without router name is no match": {`"primaryRouter":{"hostname":"bcr03a.fra02"}`, `[{"name":"fra02.pod03"}]`, "", upgrade.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{gatewayPath: {body: change(t, pairAnswer, vlan, c.vlan)}, podsPath: {body: c.pods}})
			g, err := api.client(t).Reader().Gateway(t.Context(), 4711)
			wantKind(t, err, c.kind)
			if g.Pod != c.pod {
				t.Errorf("pod %q, want %q", g.Pod, c.pod)
			}
			if c.kind == upgrade.NotFound && (!strings.Contains(err.Error(), "pod") || !strings.Contains(upgrade.AdviceOf(err), "pod")) {
				t.Errorf("neither the error nor its advice names the pod: %v; %s", err, upgrade.AdviceOf(err))
			}
		})
	}
}
