package sim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

func TestMasksInEveryFormThatClientsSend(t *testing.T) {
	o := ready(t)
	m := o.member(0)
	server := fmt.Sprintf("SoftLayer_Hardware_Server/%d/getObject.json", m.HardwareID)
	plain := fmt.Sprintf("SoftLayer_Hardware/%d.json", m.HardwareID)
	const gateway = "SoftLayer_Network_Gateway/4711.json"
	short := fmt.Sprintf(`200 {"hostname":"gw-a-h0","id":%d}`, m.HardwareID)
	counted := fmt.Sprintf(`200 {"activeTransactionCount":0,"id":%d}`, m.HardwareID)
	for _, test := range []struct{ name, path, mask, want string }{
		{"typed", server, "mask(SoftLayer_Hardware_Server)[id,hostname]", short},
		{"typed, on the plain type", plain, "mask(SoftLayer_Hardware_Server)[id,activeTransactionCount]", counted},
		{"typed root and a bare property", plain, "mask(SoftLayer_Hardware_Server)[activeTransactionCount],id", counted},
		{"two roots in brackets", plain, "[mask[id], mask(SoftLayer_Hardware_Server)[activeTransactionCount]]", counted},
		{"roots with dots", server, "mask.id,mask.hostname", short},
		{"a typed root with a dot", plain, "mask(SoftLayer_Hardware_Server).activeTransactionCount,mask.id", counted},
		{"the older spelling", server, "filteredMask[id,hostname]", short},
		{"blanks and line breaks", server, " mask[ id ,\n\thostname ] ", short},
		{"a cast to a type that the object is not of", server, "mask(SoftLayer_Virtual_Guest)[maxCpu],id,hostname", short},
		{"a cast of a property", gateway, "mask[id,members[id,hardware(SoftLayer_Hardware_Server)[id,activeTransactionCount]]]", fmt.Sprintf(
			`200 {"id":4711,"members":[{"hardware":{"activeTransactionCount":0,"id":%d},"id":%d},{"hardware":{"activeTransactionCount":0,"id":%d},"id":%d}]}`,
			m.HardwareID, m.ID, o.member(1).HardwareID, o.member(1).ID)},
		{"one property twice", gateway, "mask[id,status[id],status.keyName]", `200 {"id":4711,"status":{"id":1,"keyName":"ACTIVE"}}`},
		{"a cast and an uncast property together", plain, "mask[id,datacenter[name]],mask(SoftLayer_Hardware_Server)[datacenter[id]]",
			fmt.Sprintf(`200 {"datacenter":{"id":440005,"name":"dal09"},"id":%d}`, m.HardwareID)},
		{"an empty set is everything local", "SoftLayer_Network_Gateway/4711/getStatus", "mask[]", `200 {"description":"The gateway is Active","id":1,"keyName":"ACTIVE","name":"Active"}`},
		{"an unknown property of a cast", plain, "mask(SoftLayer_Hardware_Server)[nothing]",
			`500 {"code":"SoftLayer_Exception_Public","error":"Property 'nothing' not valid for 'SoftLayer_Hardware_Server'."}`},
		{"an unclosed cast", plain, "mask(SoftLayer_Hardware_Server[id]", `500 {"code":"SoftLayer_Exception_Public","error":"Object mask is malformed."}`},
		{"an unclosed bracket", plain, "[mask[id]", `500 {"code":"SoftLayer_Exception_Public","error":"Object mask is malformed."}`},
		{"an empty entry", plain, "mask[id,,hostname]", `500 {"code":"SoftLayer_Exception_Public","error":"Object mask is malformed."}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := o.read(test.path, test.mask); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFiltersKeepAndSortAsTheirOperationsSay(t *testing.T) {
	four := sim.DefaultGateways()
	for i, name := range []string{"gw-b", "edge-10", "edge-9"} {
		g := sim.DefaultGateways()[0]
		g.ID, g.Name = 4712+i, name
		four = append(four, g)
	}
	four[3].Pod = "lon02.pod03"
	o := start(t, sim.Options{Gateways: four})
	leaf := func(path, condition string) string {
		text := condition
		names := strings.Split(path, ".")
		for i := len(names) - 1; i >= 0; i-- {
			text = fmt.Sprintf(`{%q:%s}`, names[i], text)
		}
		return text
	}
	operation := func(text string) string { return fmt.Sprintf(`{"operation":%q}`, text) }
	option := func(operation, name, values string) string {
		return fmt.Sprintf(`{"operation":%q,"options":[{"name":%q,"value":[%s]}]}`, operation, name, values)
	}
	for _, test := range []struct{ name, path, condition, want string }{
		{"equal", "name", operation("GW-B"), "gw-b"},
		{"equal to a number", "id", `{"operation":4711}`, "gw-a"},
		{"starts with", "name", operation("^= edge"), "edge-10 edge-9"},
		{"ends with, without a blank", "name", operation("$=9"), "edge-9"},
		{"contains", "name", operation("*= -"), "gw-a gw-b edge-10 edge-9"},
		{"contains, heeding case", "name", operation("~ GW"), ""},
		{"does not contain", "name", operation("!~ gw"), "edge-10 edge-9"},
		{"not equal", "name", operation("!= gw-a"), "gw-b edge-10 edge-9"},
		{"equal, without heeding case", "name", operation("_= Gw-A"), "gw-a"},
		{"greater", "id", operation("> 4713"), "edge-9"},
		{"not greater", "id", operation("<= 4712"), "gw-a gw-b"},
		{"less", "id", operation("< 4712"), "gw-a"},
		{"not less", "id", operation(">= 4713"), "edge-10 edge-9"},
		{"one of", "name", option("in", "data", `"gw-b","edge-9","gw-x"`), "gw-b edge-9"},
		{"one of numbers", "id", option("in", "data", `4711,"4712"`), "gw-a gw-b"},
		{"none of", "name", option("not in", "data", `"gw-a"`), "gw-b edge-10 edge-9"},
		{"null", "name", operation("is null"), ""},
		{"not null", "name", operation("not null"), "gw-a gw-b edge-10 edge-9"},
		{"of a relation", "privateVlan.primaryRouter.hostname", operation("bcr03a.lon02"), "edge-9"},
		{"of a list, any element", "members.hardware.hostname", operation("gw-b-h1"), "gw-b"},
		{"sorted upwards", "name", option("orderBy", "sort", `"ASC"`), "edge-10 edge-9 gw-a gw-b"},
		{"sorted downwards, by number", "id", option("orderBy", "sort", `"DESC"`), "edge-9 edge-10 gw-b gw-a"},
		{"sorted by a relation", "privateVlan.podName", option("orderBy", "sort", `"DESC"`), "edge-9 gw-a gw-b edge-10"},
		{"an operation that nobody knows", "name", option("sounds like", "data", `"gw"`), "gw-a gw-b edge-10 edge-9"},
		{"an unknown property", "colour", operation("red"), "gw-a gw-b edge-10 edge-9"},
		{"a condition of a wrong form", "name", `"gw-a"`, "gw-a gw-b edge-10 edge-9"},
	} {
		t.Run(test.name, func(t *testing.T) {
			query := url.Values{"objectMask": {"mask[name]"}, "objectFilter": {leaf("networkGateways."+test.path, test.condition)}}
			status, text, err := o.try("SoftLayer_Account/getNetworkGateways", query)
			got := strings.NewReplacer(`[`, "", `]`, "", `{"name":"`, "", `"}`, "", `,`, " ").Replace(text)
			if err != nil || status != http.StatusOK || got != test.want {
				t.Errorf("%d, %v: got %q, want %q", status, err, got, test.want)
			}
		})
	}
}

func TestListsArePagedAndCounted(t *testing.T) {
	o := ready(t)
	ids := fmt.Sprintf(`[{"id":%d},{"id":%d}]`, o.member(0).HardwareID, o.member(1).HardwareID)
	first, second := fmt.Sprintf(`[{"id":%d}]`, o.member(0).HardwareID), fmt.Sprintf(`[{"id":%d}]`, o.member(1).HardwareID)
	for _, test := range []struct{ limit, want string }{
		{"", ids}, {"0,1", first}, {"1,1", second}, {"1,0", second}, {"2,5", "[]"}, {"9,1", "[]"}, {"1", first}, {"many", ids}, {"-1,1", ids},
	} {
		t.Run("limit "+test.limit, func(t *testing.T) {
			access := o.cloud.Access()
			query := url.Values{"objectMask": {"mask[id]"}, "resultLimit": {test.limit}}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, access.API+"SoftLayer_Account/getHardware.json?"+query.Encode(), nil)
			if err != nil {
				t.Fatal(err)
			}
			request.SetBasicAuth(access.Username, access.APIKey)
			response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(body); got != test.want || response.Header.Get("SoftLayer-Total-Items") != "2" {
				t.Errorf("got %s of %s, want %s of 2", got, response.Header.Get("SoftLayer-Total-Items"), test.want)
			}
			if at, err := http.ParseTime(response.Header.Get("Date")); err != nil || !at.Equal(o.cloud.Now().Truncate(time.Second)) {
				t.Errorf("the answer is of %v, the world's time is %v: %v", at, o.cloud.Now(), err)
			}
		})
	}
}

func TestCallsInEveryFormThatClientsSend(t *testing.T) {
	o := ready(t)
	g, m := o.gateway(), o.member(0)
	member, server := fmt.Sprint(m.ID), fmt.Sprint(m.HardwareID)
	guid := fmt.Sprintf("00000000-0000-4000-8000-%012d", m.HardwareID)
	const refusal = `500 {"code":"SoftLayer_Exception_Public","error":"`
	for _, test := range []struct {
		name, path, mask string
		parameters       []any
		want             string // the beginning
	}{
		{"an explicit getObject", "SoftLayer_Network_Gateway/4711/getObject.json", "mask[id]", nil, `200 {"id":4711}`},
		{"a global identifier", "SoftLayer_Hardware_Server/" + guid, "mask[id]", nil, `200 {"id":` + server + "}"},
		{"the getter of a relation", "SoftLayer_Hardware_Server/" + server + "/getDatacenter.json", "mask[name]", nil, `200 {"name":"dal09"}`},
		{"the getter of an empty relation", "SoftLayer_Hardware_Server/" + server + "/getActiveTransaction", "", nil, "200 null"},
		{"the getter of a text", "SoftLayer_Hardware_Server/" + server + "/getPrimaryBackendIpAddress", "", nil, `200 "` + m.HostAddress + `"`},
		{"the account of a gateway", "SoftLayer_Network_Gateway/4711/getAccount", "mask[id]", nil, fmt.Sprintf(`200 {"id":%d}`, g.Account)},
		{"a pod by name", "SoftLayer_Network_Pod/dal09.pod01", "mask[name]", nil, `200 {"name":"dal09.pod01"}`},
		{"ids as texts", "SoftLayer_Network_Gateway/4711/getAllowedOsPriceIds", "", []any{member}, "200 ["},
		{"ids and truth values as texts", "SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", "mask[memberId]", []any{"4711", "true"}, `200 [{"memberId":` + member},
		{"no second parameter", "SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", "mask[memberId]", []any{4711}, `200 [{"memberId":` + member},
		{"a truth value that is none", "SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", "", []any{4711, "perhaps"}, refusal + "Parameter 2"},
		{"an id that is none", "SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", "", []any{"gw-a"}, refusal + "Parameter 1"},
		{"an object URL that is posted to creates", "SoftLayer_Network_Gateway.json", "", []any{map[string]any{}}, refusal + `Function (\"createObject\") is not`},
		{"a getter of nothing", "SoftLayer_Network_Gateway/4711/get", "", nil, refusal + `Function (\"get\") is not`},
		{"a getter of a local property", "SoftLayer_Network_Gateway/4711/getName", "", nil, refusal + `Function (\"getName\") is not`},
		{"a service without objects", "SoftLayer_Network_Gateway_Precheck/4711/getObject", "", nil, refusal + `Function (\"getObject\") is not`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := o.read(test.path, test.mask, test.parameters...); !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAReloadMayNameItsPriceAsAText(t *testing.T) {
	o := ready(t)
	o.checkReadiness(o.gateway().ID)
	order := map[string]any{"itemPrices": []map[string]string{{"id": fmt.Sprint(o.price(newVersion))}}}
	o.call(fmt.Sprintf("SoftLayer_Hardware_Server/%d/reloadOperatingSystem", o.member(1).HardwareID), "FORCE", order)
	o.cloud.Step(reloadTime)
	if v := o.state().Members[1].Version; v != "23.4R2-S5.5" {
		t.Errorf("the member runs %s", v)
	}
}

func TestThePortalsRecordIsCorrectedAndNothingElse(t *testing.T) {
	for _, test := range []struct {
		name, path string
		parameters func(o operator) []any
		want       string
		vsrx, host bool // whose record changes
	}{
		{"a vSRX user", "SoftLayer_Network_Gateway/4711/updateGatewayUserPassword",
			func(operator) []any {
				return []any{map[string]string{"username": "root", "password": "fake-corrected"}}
			}, "200 true", true, false},
		{"a vSRX user that is not on record", "SoftLayer_Network_Gateway/4711/updateGatewayUserPassword",
			func(operator) []any {
				return []any{map[string]string{"username": "nobody", "password": "fake-corrected"}}
			}, "500", false, false},
		{"a host user by its id", "SoftLayer_Hardware_Server/%d/editSoftwareComponentPasswords",
			func(o operator) []any {
				text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), "mask[operatingSystem[passwords[id]]]")
				_, id, _ := strings.Cut(text, `"passwords":[{"id":`)
				id, _, _ = strings.Cut(id, "}")
				return []any{[]map[string]string{{"id": id, "password": "fake-corrected"}}}
			}, "200 true", false, true},
		{"a host user of another server", "SoftLayer_Hardware_Server/%d/editSoftwareComponentPasswords",
			func(operator) []any { return []any{[]map[string]any{{"id": 1, "password": "fake-corrected"}}} }, "404", false, false},
		{"the host's only user", "SoftLayer_Hardware_Server/%d/setOperatingSystemPassword",
			func(operator) []any { return []any{"fake-corrected"} }, "200 true", false, true},
		{"the host's only user, by a number", "SoftLayer_Hardware_Server/%d/setOperatingSystemPassword",
			func(operator) []any { return []any{7} }, "500", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ready(t)
			before, path := o.cloud.Access(), test.path
			if strings.Contains(path, "%d") {
				path = fmt.Sprintf(path, o.member(0).HardwareID)
			}
			if got := o.read(path, "", test.parameters(o)...); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
			vsrx := o.call(fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getPasswords", o.member(0).ID))
			host := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), "mask[operatingSystem[passwords[password]]]")
			if strings.Contains(vsrx, "fake-corrected") != test.vsrx || strings.Contains(host, "fake-corrected") != test.host {
				t.Errorf("records: vSRX %s, host %s", vsrx, host)
			}
			after := o.cloud.Access()
			if after.Gateways[0].RootPassword != before.Gateways[0].RootPassword || after.Gateways[0].Members[0] != before.Gateways[0].Members[0] {
				t.Error("a password of the world itself changed")
			}
		})
	}
}

func TestTheAuditKeepsParametersWithoutSecrets(t *testing.T) {
	o := ready(t)
	server := fmt.Sprintf("SoftLayer_Hardware_Server/%d/", o.member(0).HardwareID)
	for _, test := range []struct {
		path       string
		parameters []any
		want       string
	}{
		{"SoftLayer_Account", nil, ""},
		{server + "reloadOperatingSystem", []any{"FORCE", map[string]any{"itemPrices": []map[string]int{{"id": 7}}}}, `["FORCE",{"itemPrices":[{"id":7}]}]`},
		{server + "setOperatingSystemPassword", []any{"fake-corrected"}, `["***"]`},
		{server + "editSoftwareComponentPasswords", []any{[]map[string]any{{"id": 7, "password": "fake-corrected"}}}, `[[{"id":7,"password":"***"}]]`},
		{"SoftLayer_Network_Gateway/4711/updateGatewayUserPassword", []any{map[string]string{"username": "root", "password": "fake-corrected"}},
			`[{"password":"***","username":"root"}]`},
	} {
		t.Run(test.path, func(t *testing.T) {
			o.read(test.path, "", test.parameters...)
			calls := o.cloud.Calls()
			if got := calls[len(calls)-1].Parameters; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestFaultsOfTheAPIRefuseArgumentsThatMakeNoSense(t *testing.T) {
	o := ready(t)
	for _, f := range []sim.Fault{
		{Name: "rate-limit", Arg: "0"}, {Name: "perm-404", Arg: "EVERYTHING"}, {Name: "slow-answer"}, {Name: "stale-read", Arg: "old"},
		{Name: "reload-timeout-done", Arg: "long"}, {Name: "attr-lag", Arg: "1"}, {Name: "html-502", Call: -1}, {Name: "api-down", Arg: "1h", Call: 1},
	} {
		if err := o.cloud.Inject(f); err == nil {
			t.Errorf("%+v was accepted", f)
		}
	}
}

func TestTheManagementInterfaceChangesAWhileLater(t *testing.T) {
	o := ready(t)
	server := fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID)
	look := func() string {
		return field(o.masked(server, "mask[id,isIpmiDisabled]"), "isIpmiDisabled") + " " + o.read(server+"/getServerPowerState", "")[:3]
	}
	o.inject(sim.Fault{Name: "ipmi-disabled", Member: o.member(0).ID})
	seen := []string{look()}
	o.call(server+"/toggleManagementInterface", "true")
	seen = append(seen, look())
	o.cloud.Step(5 * time.Minute)
	seen = append(seen, look())
	o.call(server+"/toggleManagementInterface", false)
	o.cloud.Step(5 * time.Minute)
	seen = append(seen, look())
	if got := strings.Join(seen, ", "); got != "true 500, true 500, false 200, true 500" {
		t.Errorf("disabled and power state: %s", got)
	}
	o.call("SoftLayer_Network_Gateway_Precheck/osReloadPrecheck", o.gateway().ID)
	if got := o.read(server+"/toggleManagementInterface", "", true); !strings.HasPrefix(got, "500") {
		t.Errorf("with a transaction: %s", got)
	}
}
