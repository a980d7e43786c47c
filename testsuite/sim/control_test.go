package sim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/sim"
)

// control is one call of the control face; the answer has to be JSON.
func (o operator) control(method, path, body string) (int, map[string]any, string) {
	o.t.Helper()
	request, err := http.NewRequest(method, o.cloud.Access().Control+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !json.Valid(text) || response.Header.Get("Content-Type") != "application/json" {
		o.t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
	var fields map[string]any
	if text[0] == '{' {
		if err := json.Unmarshal(text, &fields); err != nil {
			o.t.Fatal(err)
		}
	}
	return response.StatusCode, fields, string(text)
}

// controlled is control for calls that have to succeed; it decodes the answer.
func controlled[T any](o operator, method, path, body string) (answer T) {
	o.t.Helper()
	status, _, text := o.control(method, path, body)
	if status != http.StatusOK {
		o.t.Fatalf("%s %s: status %d: %s", method, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		o.t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
	return answer
}

type clockAnswer struct {
	Now, Start time.Time
	Elapsed    string
	Speed      float64
	Paused     bool
}

func TestClockIsReadAndSetFromOutside(t *testing.T) {
	o := ready(t)
	before := controlled[clockAnswer](o, "GET", "/clock", "")
	if !before.Paused || before.Speed != 1 || before.Now.Before(before.Start) {
		t.Errorf("at the start: %+v", before)
	}
	stepped := controlled[clockAnswer](o, "POST", "/clock", `{"step":"90m"}`)
	if got := stepped.Now.Sub(before.Now); got != 90*time.Minute || !stepped.Paused {
		t.Errorf("a step of 90 minutes took %v: %+v", got, stepped)
	}
	fast := controlled[clockAnswer](o, "POST", "/clock", `{"speed":1000000}`)
	if fast.Speed != 1e6 || !fast.Paused || !fast.Now.Equal(stepped.Now) {
		t.Errorf("after a change of the speed: %+v", fast)
	}
	if running := controlled[clockAnswer](o, "POST", "/clock", `{"resume":true}`); running.Paused {
		t.Errorf("after resume: %+v", running)
	}
	for deadline := time.Now().Add(time.Minute); controlled[clockAnswer](o, "GET", "/clock", "").Now.Sub(fast.Now) < time.Hour; {
		if time.Now().After(deadline) {
			t.Fatal("the clock stands")
		}
	}
	first := controlled[clockAnswer](o, "POST", "/clock", `{"pause":true}`)
	if second := controlled[clockAnswer](o, "GET", "/clock", ""); !first.Paused || !second.Now.Equal(first.Now) {
		t.Errorf("the paused clock went from %v to %v", first, second)
	}
}

func TestControlFaceRefusesBadInput(t *testing.T) {
	o := ready(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		text               string
	}{
		{"GET", "/", "", 404, "there are /calls /clock"},
		{"GET", "/clock/", "", 404, "no such path"},
		{"PUT", "/clock", "", 405, "GET, POST"},
		{"DELETE", "/world", "", 405, "takes GET"},
		{"POST", "/clock", "", 400, "reading the body"},
		{"POST", "/clock", "{}", 400, "want one of"},
		{"POST", "/clock", "[]", 400, "reading the body"},
		{"POST", "/clock", `{"pause":false}`, 400, "want one of"},
		{"POST", "/clock", `{"resume":false}`, 400, "want one of"},
		{"POST", "/clock", `{"pause":true,"step":"1m"}`, 400, "want one of"},
		{"POST", "/clock", `{"pause":true}{}`, 400, "more than one"},
		{"POST", "/clock", `{"rewind":"1m"}`, 400, `unknown field "rewind"`},
		{"POST", "/clock", `{"step":"soon"}`, 400, "soon"},
		{"POST", "/clock", `{"step":"0s"}`, 400, "not between"},
		{"POST", "/clock", `{"step":"-1m"}`, 400, "not between"},
		{"POST", "/clock", `{"step":"9000h"}`, 400, "not between"},
		{"POST", "/clock", `{"speed":0}`, 400, "not a positive"},
		{"POST", "/clock", `{"speed":-3}`, 400, "not a positive"},
		{"POST", "/clock", `{"speed":1000001}`, 400, "up to 1e+06"},
		{"POST", "/clock", `{"step":"` + strings.Repeat("1", 70000) + `"}`, 400, "too large"},
		{"GET", "/clock?x=1", "", 400, `unknown parameter "x"`},
		{"GET", "/world?gateway=12", "", 400, `no gateway "12"`},
		{"GET", "/world?gateway=gw-a", "", 400, `no gateway "gw-a"`},
		{"GET", "/traffic?gateway=12", "", 400, "no gateway"},
		{"GET", "/violations?rule=S1", "", 400, "unknown parameter"},
		{"GET", "/verdict?x", "", 400, "unknown parameter"},
		{"GET", "/calls?face=ssh", "", 400, `no face "ssh"`},
		{"GET", "/calls?write=yes", "", 400, "true or false"},
		{"GET", "/calls?since=yesterday", "", 400, "RFC 3339"},
		{"GET", "/calls?face=api&face=host", "", 400, "2 times"},
		{"GET", "/calls?%zz", "", 400, "reading the query"},
		{"POST", "/faults", `{"name":"no-such"}`, 400, `unknown fault "no-such"`},
		{"POST", "/faults", `{"name":"txn-late","arg":"late"}`, 400, "txn-late"},
		{"POST", "/faults", `{"name":"auth-401","gateway":9}`, 400, "no fitting member"},
		{"POST", "/faults", `{"name":"auth-401","node":2}`, 400, "has no node 2"},
		{"POST", "/faults", `{"name":"auth-401","node":1,"member":7}`, 400, "not both"},
		{"POST", "/faults", `{"name":"auth-401","after":"-1h"}`, 400, "before the start"},
		{"POST", "/faults", `{"name":"auth-401","after":"noon"}`, 400, "reading a moment"},
		{"POST", "/faults", `{"name":"auth-401","until":"noon"}`, 400, "reading a moment"},
		{"POST", "/faults", `{"name":"auth-401","after":"2h","until":"1h"}`, 400, "before it strikes"},
		{"POST", "/faults", `{"name":"config-drift","until":"1h"}`, 400, "has no end"},
		{"POST", "/settings", `{"name":"mood","value":"good"}`, 400, `unknown setting "mood"`},
		{"POST", "/settings", `{"name":"lone-node","value":"sad"}`, 400, `"sad" is none of`},
		{"POST", "/settings", `{"lone-node":"clean"}`, 400, "unknown field"},
		{"GET", "/settings?name=lone-node", "", 400, "unknown parameter"},
		{"DELETE", "/faults?name=no-such", "", 400, "unknown fault"},
		{"DELETE", "/faults?gateway=1", "", 400, "unknown parameter"},
	} {
		body := test.body[:min(len(test.body), 40)]
		t.Run(fmt.Sprint(test.method, " ", test.path, " ", body), func(t *testing.T) {
			status, fields, text := o.control(test.method, test.path, test.body)
			problem, _ := fields["error"].(string)
			if status != test.status || !strings.Contains(problem, test.text) {
				t.Errorf("status %d: %s", status, text)
			}
		})
	}
	armed, planned := o.cloud.Faults()
	if len(armed)+len(planned) > 0 || o.cloud.Verdict().Writes > 0 {
		t.Errorf("a refused call left %v and %v", armed, planned)
	}
}

func TestWorldAndTrafficAreTheTruth(t *testing.T) {
	list := append(sim.DefaultGateways(), sim.Gateway{ID: 4712, Name: "gw-b", Pod: "dal09.pod01", Standalone: true, Version: newVersion})
	o := start(t, sim.Options{Gateways: list})
	o.inject(sim.Fault{Name: "foreign-reload", Gateway: 4712})
	o.cloud.Step(20 * time.Minute)
	type gateway struct {
		ID        int
		Name, Pod string
		Kind      string
		sim.State
	}
	world := controlled[struct {
		Now      time.Time
		Gateways []gateway
	}](o, "GET", "/world", "")
	want := []gateway{
		{4711, "gw-a", "dal09.pod01", "ha", o.cloud.State(4711)},
		{4712, "gw-b", "dal09.pod01", "standalone", o.cloud.State(4712)},
	}
	if diff := cmp.Diff(want, world.Gateways); diff != "" || !world.Now.Equal(o.cloud.Now()) {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if one := controlled[struct{ Gateways []gateway }](o, "GET", "/world?gateway=4712", ""); len(one.Gateways) != 1 || one.Gateways[0].ID != 4712 {
		t.Errorf("world of one gateway: %+v", one)
	}
	type traffic struct {
		Gateway       int
		Name          string
		Flowing       bool
		Stopped       string
		Outages       int
		OutageSeconds map[string]float64
	}
	flows := controlled[[]traffic](o, "GET", "/traffic", "")
	if len(flows) != 2 || !flows[0].Flowing || flows[0].Outages != 0 || flows[1].Flowing || flows[1].Outages != 1 ||
		flows[1].OutageSeconds["standalone-reload"] < 60 || flows[1].Stopped != "standalone-reload" {
		t.Errorf("traffic: %+v", flows)
	}
	if one := controlled[[]traffic](o, "GET", "/traffic?gateway=4712", ""); len(one) != 1 || one[0].Gateway != 4712 {
		t.Errorf("traffic of one gateway: %+v", one)
	}
}

func TestVerdictAndViolationsAreServed(t *testing.T) {
	o := start(t, sim.Options{})
	if text := controlled[json.RawMessage](o, "GET", "/violations", ""); string(text) != "[]" {
		t.Errorf("violations of a quiet world: %s", text)
	}
	if status, _, err := o.reload(o.member(1), newVersion); err != nil || status != http.StatusInternalServerError {
		t.Fatalf("an unchecked reload: status %d, %v", status, err)
	}
	verdict := controlled[sim.Verdict](o, "GET", "/verdict", "")
	if diff := cmp.Diff(o.cloud.Verdict(), verdict); diff != "" || len(verdict.Violations) == 0 {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(verdict.Violations, controlled[[]sim.Violation](o, "GET", "/violations", "")); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestAuditIsFiltered(t *testing.T) {
	o := ready(t)
	o.call("SoftLayer_Account.json")
	o.onHost(o.member(1), "virsh domstate "+o.member(1).Domain)
	o.cloud.Step(time.Hour)
	later := o.cloud.Now().Format(time.RFC3339Nano)
	o.netconf().rpc("<get-chassis-cluster-status/>")
	o.onHost(o.member(1), "virsh autostart --disable "+o.member(1).Domain)
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"", []string{"api", "host", "vsrx", "host"}},
		{"?face=host", []string{"host", "host"}},
		{"?face=vsrx", []string{"vsrx"}},
		{"?write=true", []string{"host"}},
		{"?write=false", []string{"api", "host", "vsrx"}},
		{"?since=" + later, []string{"vsrx", "host"}},
		{"?since=" + later + "&face=host&write=false", []string{}},
	} {
		t.Run(test.query, func(t *testing.T) {
			got := []string{}
			for _, call := range controlled[[]sim.Call](o, "GET", "/calls"+test.query, "") {
				got = append(got, call.Face)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

type faultsAnswer struct {
	Armed   []sim.Fault
	Planned []sim.Planned
	Known   []string
}

func TestFaultsAreInjectedPlannedAndClearedFromOutside(t *testing.T) {
	o := ready(t)
	now := controlled[faultsAnswer](o, "POST", "/faults", `{"name":"ipmi-disabled","node":1}`)
	want := []sim.Fault{{Name: "ipmi-disabled", Gateway: 4711, Member: o.member(1).ID}}
	if diff := cmp.Diff(want, now.Armed); diff != "" || len(now.Planned) != 0 || !slices.Contains(now.Known, "peer-lost") {
		t.Errorf("armed (-want +got):\n%s", diff)
	}
	later := controlled[faultsAnswer](o, "POST", "/faults", `{"name":"auth-401","after":"1h","until":"2h"}`)
	if len(later.Planned) != 1 || !later.Planned[0].At.Equal(o.cloud.Now().Add(time.Hour)) {
		t.Errorf("planned: %+v", later.Planned)
	}
	denied := func() bool {
		status, _, err := o.try("SoftLayer_Account", nil)
		return err == nil && status == http.StatusUnauthorized
	}
	var seen []bool
	for range 4 {
		seen = append(seen, denied())
		o.cloud.Step(45 * time.Minute)
	}
	if want := []bool{false, false, true, false}; !slices.Equal(seen, want) {
		t.Errorf("denied at 0, 45, 90 and 135 minutes: %v, want %v", seen, want)
	}
	controlled[faultsAnswer](o, "POST", "/faults", `{"name":"auth-401","after":"1h"}`)
	if left := controlled[faultsAnswer](o, "DELETE", "/faults?name=ipmi-disabled", ""); len(left.Armed) != 0 || len(left.Planned) != 1 {
		t.Errorf("after clearing one name: %+v", left)
	}
	if left := controlled[faultsAnswer](o, "DELETE", "/faults", ""); len(left.Armed)+len(left.Planned) != 0 {
		t.Errorf("after clearing all: %+v", left)
	}
	o.cloud.Step(2 * time.Hour)
	if denied() {
		t.Error("a fault that was called off struck")
	}
}

func TestPlannedFaultsOfTheOptionsStrikeByTheVirtualClock(t *testing.T) {
	one := 1
	o := start(t, sim.Options{Faults: []sim.Strike{
		{Fault: sim.Fault{Name: "config-drift"}, After: 30 * time.Minute},
		{Fault: sim.Fault{Name: "host-password-mismatch"}, Node: &one, After: time.Hour, Until: 3 * time.Hour},
	}})
	_, planned := o.cloud.Faults()
	if len(planned) != 2 {
		t.Fatalf("planned: %+v", planned)
	}
	matches := func() bool {
		record := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(1).HardwareID), "mask[operatingSystem[passwords[password]]]")
		return strings.Contains(record, o.member(1).HostPassword)
	}
	before := matches()
	o.cloud.Step(2 * time.Hour)
	during := matches()
	o.cloud.Step(2 * time.Hour)
	if !before || during || !matches() {
		t.Errorf("the record fits before: %v, during: %v, after: %v", before, during, matches())
	}
	if armed, planned := o.cloud.Faults(); len(armed)+len(planned) > 0 {
		t.Errorf("left over: %v, %v", armed, planned)
	}
	if commits := o.netconf().rpc("<get-commit-information/>"); !strings.Contains(commits, "opsadmin") {
		t.Errorf("nobody changed the configuration: %s", commits)
	}
}

func TestStartRefusesFaultsThatCannotStrike(t *testing.T) {
	for name, strike := range map[string]sim.Strike{
		"unknown":      {Fault: sim.Fault{Name: "no-such"}},
		"no gateway":   {Fault: sim.Fault{Name: "auth-401", Gateway: 9}},
		"bad argument": {Fault: sim.Fault{Name: "txn-late"}},
		"too early":    {Fault: sim.Fault{Name: "auth-401"}, After: -time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			cloud, err := sim.Start(sim.Options{Faults: []sim.Strike{strike}})
			if err == nil {
				t.Fatalf("started; closing: %v", cloud.Close())
			}
			if !strings.Contains(err.Error(), "planning fault 1") {
				t.Error(err)
			}
		})
	}
}

type settingsAnswer struct {
	Chosen  map[string]string
	Choices map[string][]string
}

func TestSettingsAreReadAndChosenFromOutside(t *testing.T) {
	o := ready(t)
	before := controlled[settingsAnswer](o, "GET", "/settings", "")
	for name, values := range sim.SettingChoices() {
		if before.Chosen[name] != values[0] || !slices.Equal(before.Choices[name], values) {
			t.Errorf("%s is %q of %q", name, before.Chosen[name], before.Choices[name])
		}
	}
	after := controlled[settingsAnswer](o, "POST", "/settings", `{"name":"version-form","value":"spin"}`)
	if after.Chosen["version-form"] != "spin" {
		t.Errorf("chosen: %v", after.Chosen)
	}
}
