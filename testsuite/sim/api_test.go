package sim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

func TestMaskSelectsWhatIsShown(t *testing.T) {
	o := ready(t)
	g := o.gateway()
	path := fmt.Sprintf("SoftLayer_Network_Gateway/%d.json", g.ID)
	for _, test := range []struct{ name, path, mask, want string }{
		{"one local property drops the others", path, "mask[name]", `{"name":"gw-a"}`},
		{"a bare list is a mask too", path, "id,name", `{"id":4711,"name":"gw-a"}`},
		{"a dotted path", path, "mask.status.keyName", `KEYS`},
		{"nesting through relations", path, "mask[id,members[id,hardware[id,hostname]]]", fmt.Sprintf(
			`{"id":4711,"members":[{"hardware":{"hostname":"gw-a-h0","id":%d},"id":%d},{"hardware":{"hostname":"gw-a-h1","id":%d},"id":%d}]}`,
			g.Members[0].HardwareID, g.Members[0].ID, g.Members[1].HardwareID, g.Members[1].ID)},
		{"pod of the private side", path, "mask[id,privateVlan[id,podName,primaryRouter[hostname]]]",
			`{"id":4711,"privateVlan":{"id":2009422,"podName":"dal09.pod01","primaryRouter":{"hostname":"bcr01a.dal09"}}}`},
		{"processor model", fmt.Sprintf("SoftLayer_Hardware_Server/%d", g.Members[0].HardwareID),
			"mask[hostname,processors[hardwareComponentModel[name]],primaryBackendNetworkComponent[maxSpeed]]",
			`{"hostname":"gw-a-h0","primaryBackendNetworkComponent":{"maxSpeed":10000},"processors":[{"hardwareComponentModel":{"name":"Intel Xeon Gold 6250"},"id":` + fmt.Sprint(g.Members[0].HardwareID+800000) + `}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := o.masked(test.path, test.mask)
			if test.want == "KEYS" {
				if !strings.Contains(got, `"status":{"keyName":"ACTIVE"}`) || !strings.Contains(got, `"accountId"`) {
					t.Errorf("got %s", got)
				}
			} else if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAPIRefusesAsTheRealOneDoes(t *testing.T) {
	o := ready(t)
	g := o.gateway()
	for _, test := range []struct {
		name, path, mask string
		parameters       []any
		status           int
		text             string
	}{
		{"a property that only Hardware_Server has", fmt.Sprintf("SoftLayer_Network_Gateway/%d", g.ID), "mask[members[hardware[activeTransaction[id]]]]", nil,
			500, `"error":"Property 'activeTransaction' not valid for 'SoftLayer_Hardware'."`},
		{"a malformed mask", fmt.Sprintf("SoftLayer_Network_Gateway/%d", g.ID), "mask[id", nil, 500, "malformed"},
		{"an unknown method", fmt.Sprintf("SoftLayer_Network_Gateway/%d/changeGatewayVersion", g.ID), "", nil, 500, "is not a valid method for this service."},
		{"an unknown service", "SoftLayer_Nothing/1", "", nil, 404, "Service does not exist"},
		{"a gateway that does not exist", "SoftLayer_Network_Gateway/1", "", nil, 404, `"code":"SoftLayer_Exception_ObjectNotFound"`},
		{"a member of another gateway", fmt.Sprintf("SoftLayer_Network_Gateway/%d/getAllowedOsPriceIds", g.ID), "", []any{1}, 404, "ObjectNotFound"},
		{"a missing parameter", "SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", "", nil, 500, "Parameter 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, text, err := o.try(test.path, url.Values{"objectMask": {test.mask}}, test.parameters...)
			if err != nil || status != test.status || !strings.Contains(text, test.text) {
				t.Errorf("status %d, %v: %s", status, err, text)
			}
			if strings.HasSuffix(text, "\n") {
				t.Error("the body ends in a newline")
			}
		})
	}
}

func TestAPIWantsCredentials(t *testing.T) {
	o := ready(t)
	a := o.cloud.Access()
	for _, test := range []struct {
		name   string
		sign   func(r *http.Request)
		status int
	}{
		{"none", func(*http.Request) {}, 401},
		{"a wrong key", func(r *http.Request) { r.SetBasicAuth(a.Username, "fake") }, 401},
		{"the user's key", func(r *http.Request) { r.SetBasicAuth(a.Username, a.APIKey) }, 200},
		{"an IBM Cloud key", func(r *http.Request) { r.SetBasicAuth("apikey", a.APIKey) }, 200},
		{"a bearer token", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+a.APIKey) }, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			url := strings.Replace(a.API, "v3.1", "v3", 1) + "SoftLayer_Account/getCurrentUser"
			request, err := http.NewRequest(http.MethodGet, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			test.sign(request)
			response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != test.status {
				t.Errorf("status %d, want %d: %v %s", response.StatusCode, test.status, err, body)
			}
		})
	}
}

func TestFilterFindsGateways(t *testing.T) {
	two := append(sim.DefaultGateways(), sim.DefaultGateways()...)
	two[1].ID, two[1].Name, two[1].Manufacturer = 4800, "fw-z", "Fortinet"
	o := start(t, sim.Options{Gateways: two})
	for _, test := range []struct {
		name, filter, limit string
		want                []int
	}{
		{"by name", `{"networkGateways":{"name":{"operation":"fw-z"}}}`, "", []int{4800}},
		{"by the start of a name", `{"networkGateways":{"name":{"operation":"^= gw"}}}`, "", []int{4711}},
		{"by a relation", `{"networkGateways":{"privateVlan":{"podName":{"operation":"dal09.pod01"}}}}`, "", []int{4711, 4800}},
		{"nothing fits", `{"networkGateways":{"name":{"operation":"gw-x"}}}`, "", nil},
		{"a malformed one is ignored", `{"networkGateways":`, "", []int{4711, 4800}},
		{"one for another type is ignored", `{"name":{"operation":"gw-a"}}`, "", []int{4711, 4800}},
		{"a page", "", "1,5", []int{4800}},
	} {
		t.Run(test.name, func(t *testing.T) {
			query := url.Values{"objectMask": {"mask[id]"}, "objectFilter": {test.filter}}
			if test.limit != "" {
				query.Set("resultLimit", test.limit)
			}
			_, text, err := o.try("SoftLayer_Account/getNetworkGateways.json", query)
			var found []struct{ ID int }
			if err != nil || json.Unmarshal([]byte(text), &found) != nil {
				t.Fatalf("%v: %s", err, text)
			}
			var ids []int
			for _, f := range found {
				ids = append(ids, f.ID)
			}
			if diff := cmp.Diff(test.want, ids); diff != "" {
				t.Errorf("gateways (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReloadShowsAsAChainOfTransactions(t *testing.T) {
	o := ready(t)
	path := fmt.Sprintf("SoftLayer_Hardware_Server/%d.json", o.member(1).HardwareID)
	look := func() (active, last int) {
		t.Helper()
		var seen struct {
			ActiveTransactionCount    int
			ActiveTransaction         *struct{ ID int }
			LastOperatingSystemReload *struct{ ID int }
		}
		text := o.masked(path, "mask[id,activeTransactionCount,activeTransaction[id],lastOperatingSystemReload[id]]")
		if err := json.Unmarshal([]byte(text), &seen); err != nil {
			t.Fatal(err)
		}
		if (seen.ActiveTransaction != nil) != (seen.ActiveTransactionCount == 1) {
			t.Fatalf("count and transaction disagree: %s", text)
		}
		if seen.ActiveTransaction != nil {
			active = seen.ActiveTransaction.ID
		}
		if seen.LastOperatingSystemReload != nil {
			last = seen.LastOperatingSystemReload.ID
		}
		return active, last
	}
	o.checkReadiness(o.gateway().ID)
	o.mustReload(o.member(1), newVersion)
	if active, last := look(); active != 0 || last != 0 {
		t.Fatalf("visible at once: %d, %d", active, last)
	}
	o.cloud.Step(2 * time.Minute)
	first, reload := look()
	if first == 0 || first != reload {
		t.Fatalf("active %d, last reload %d", first, reload)
	}
	idle, second := 0, 0
	for range 240 {
		o.cloud.Step(time.Minute)
		active, last := look()
		if last != reload {
			t.Fatalf("the last reload became %d", last)
		}
		switch {
		case active == 0 && second == 0:
			idle++
		case active != 0 && active != first:
			second = active
		}
	}
	if active, _ := look(); active != 0 || second == 0 || idle < 2 || idle > 4 {
		t.Errorf("active %d, follow-up %d after %d idle minutes", active, second, idle)
	}
}

func TestReadinessGoesFromUncheckedToExpired(t *testing.T) {
	o := ready(t)
	id := o.gateway().ID
	values := func() string {
		var rows []struct {
			Category, MemberReadinessValue string
			ReturnCode                     int
		}
		if err := json.Unmarshal([]byte(o.call("SoftLayer_Network_Gateway_Precheck/getPrecheckStatus.json", id, true)), &rows); err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, r := range rows {
			if r.Category == "upgrade_precheck" {
				text += fmt.Sprintf("%s/%d ", r.MemberReadinessValue, r.ReturnCode)
			}
		}
		return strings.TrimSpace(text)
	}
	run := func() { o.call("SoftLayer_Network_Gateway_Precheck/upgradePrecheck.json", id) }
	for _, phase := range []struct {
		do   func()
		want string
	}{
		{func() {}, "Unchecked/0 Unchecked/0"},
		{run, "Running/0 Running/0"},
		{func() { o.cloud.Step(30 * time.Minute) }, "Ready/0 Ready/0"},
		{func() { o.cloud.Step(5*time.Hour - time.Second) }, "Ready/0 Ready/0"},
		{func() { o.cloud.Step(time.Second) }, "Expired/0 Expired/0"},
		{func() {
			o.inject(sim.Fault{Name: "precheck-code", Arg: "1126", Member: o.member(1).ID})
			run()
			o.cloud.Step(time.Hour)
		}, "Incomplete/0 Not Ready/1126"},
		{func() {
			o.cloud.Clear("precheck-code")
			o.inject(sim.Fault{Name: "precheck-warning", Arg: "1176"})
			run()
			o.cloud.Step(time.Hour)
		}, "Ready/1176 Ready/1176"},
	} {
		phase.do()
		if got := values(); got != phase.want {
			t.Errorf("readiness %q, want %q", got, phase.want)
		}
	}
}
