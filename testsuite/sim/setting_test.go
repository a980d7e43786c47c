package sim_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// field is the text of the first value of a key in a JSON text; "" if there is none.
func field(text, key string) string {
	_, rest, found := strings.Cut(text, `"`+key+`":`)
	if !found {
		return ""
	}
	return rest[:strings.IndexAny(rest, ",}]")]
}

// settingLook tells from outside which value a setting has: what it sees for each.
type settingLook struct {
	see  func(o operator) string
	want map[string]string
}

func (o operator) readinessRows() string {
	o.t.Helper()
	return o.call("SoftLayer_Network_Gateway_Precheck/getPrecheckStatus", o.gateway().ID, true)
}

// apiStatus is the gateway's status as the API shows it.
func (o operator) apiStatus() string {
	o.t.Helper()
	text := o.call("SoftLayer_Network_Gateway/4711/getStatus")
	return field(text, "keyName") + field(text, "name")
}

// readingLooks are of settings that show in reads.
func readingLooks() map[string]settingLook {
	server := func(o operator) string { return fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID) }
	member := func(o operator) string { return fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d", o.member(0).ID) }
	return map[string]settingLook{
		"readiness-wire": {func(o operator) string { return field(o.readinessRows(), "memberReadinessValue") },
			map[string]string{"text": `"Unchecked"`, "upper": `"UNCHECKED"`, "quoted": `"6"`, "number": "6"}},
		"warnings-in": {func(o operator) string {
			o.inject(sim.Fault{Name: "precheck-warning", Arg: "1176"})
			o.checkReadiness(o.gateway().ID)
			return field(o.readinessRows(), "returnCode") + " " + field(o.masked(member(o), "mask[id,attributes[warningCode]]"), "warningCode")
		}, map[string]string{"return-code": "1176 null", "attribute": "0 1176", "both": "1176 1176"}},
		"version-form": {func(o operator) string { return field(o.masked(member(o), "mask[id,attributes[version]]"), "version") },
			map[string]string{"base": `"22.2R2-S2"`, "spin": `"22.2R2-S2.3"`, "junos": `"Junos 22.2R2-S2"`}},
		"old-version-price": {func(o operator) string {
			ids := o.call("SoftLayer_Network_Gateway/4711/getAllowedOsPriceIds", o.member(0).ID)
			return fmt.Sprint(len(strings.Split(ids, ",")))
		}, map[string]string{"yes": "2", "no": "1"}},
		"empty-relation": {func(o operator) string {
			return field(o.masked(server(o), "mask[id,activeTransaction[id]]"), "activeTransaction")
		},
			map[string]string{"absent": "", "null": "null"}},
		"rate-limit-status": {func(o operator) string {
			o.inject(sim.Fault{Name: "rate-limit"})
			return o.read("SoftLayer_Account", "")[:3]
		}, map[string]string{"500": "500", "429": "429"}},
	}
}

// reloadingLooks are of settings that show in reloads and after them.
func reloadingLooks() map[string]settingLook {
	checked := func(o operator) operator { o.checkReadiness(o.gateway().ID); return o }
	upgraded := func(o operator) operator { o.upgradeFirst(); return o }
	reload := func(o operator, n int) string {
		status, text, _ := o.reload(o.member(n), newVersion)
		return outcome(status, text)
	}
	return map[string]settingLook{
		"upgrade-active-key": {func(o operator) string { return upgraded(o).apiStatus() },
			map[string]string{"UPGRADE_ACTIVE": `"UPGRADE_ACTIVE""Upgrade Active"`, "UPGRADING": `"UPGRADING""Upgrade Active"`, "none": `null"Upgrade Active"`}},
		"status-during-reload": {func(o operator) string {
			checked(o).mustReload(o.member(1), newVersion)
			o.cloud.Step(time.Hour)
			return o.apiStatus()
		}, map[string]string{"unchanged": `"ACTIVE""Active"`, "UPDATING": `"UPDATING""Updating"`}},
		"check-with-peer-off": {func(o operator) string {
			rows := checked(upgraded(o)).readinessRows()
			return field(rows, "memberReadinessValue") + field(rows, "returnCode")
		}, map[string]string{"ready": `"Ready"0`, "1118": `"Not Ready"1118`, "1134": `"Not Ready"1134`, "1154": `"Not Ready"1154`}},
		"upgrade-check-after-reload": {func(o operator) string {
			_, second, _ := strings.Cut(checked(upgraded(o)).readinessRows(), "},")
			return field(second, "memberReadinessValue")
		}, map[string]string{"current": `"Current"`, "ready": `"Ready"`}},
		"reload-not-ready": {func(o operator) string { return reload(o, 1)[:3] }, map[string]string{"refused": "500", "accepted": "200"}},
		"reload-other-member": {func(o operator) string {
			checked(o).mustReload(o.member(1), newVersion)
			return reload(o, 0)[:3]
		}, map[string]string{"accepted": "200", "refused": "500"}},
		"pod-collision": {func(o operator) string {
			for _, g := range o.cloud.Access().Gateways {
				o.checkReadiness(g.ID)
			}
			for _, g := range o.cloud.Access().Gateways {
				o.mustReload(g.Members[1], newVersion)
			}
			o.cloud.Step(reloadTime)
			return o.state().Status
		}, map[string]string{"collide": "ACTIVE", "tolerated": "UPGRADE_ACTIVE"}},
		"reload-answer": {func(o operator) string { return reload(checked(o), 1) },
			map[string]string{"quoted": `200 "1"`, "number": "200 1", "true": `200 "true"`}},
		"autostart-at-upgrade-active": {func(o operator) string { return fmt.Sprint(upgraded(o).state().Members[0].Autostart) },
			map[string]string{"disabled": "false", "enabled": "true"}},
		"preempt-after-upgrade": {func(o operator) string {
			o.netconf().commit("activate chassis cluster redundancy-group 1 preempt")
			return fmt.Sprint(upgraded(o).state().PreemptActive)
		}, map[string]string{"as-before": "true", "disabled": "false"}},
		"lone-node": {func(o operator) string { return upgraded(o).netconf().cells()[3] },
			map[string]string{"cs": "node1 0 primary CS", "clean": "node1 1 primary None"}},
	}
}

func TestEverySettingShowsFromOutside(t *testing.T) {
	looks := readingLooks()
	maps.Copy(looks, reloadingLooks())
	for name, values := range sim.SettingChoices() {
		for _, value := range values {
			t.Run(name+" "+value, func(t *testing.T) {
				look, known := looks[name]
				if !known {
					t.Fatal("nothing looks at this setting")
				}
				o := chosen(t, sim.Settings{name: value})
				if got, want := look.see(o), look.want[value]; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		}
	}
}

// chosen is ready with settings, and with a second gateway in the pod.
func chosen(t *testing.T, settings sim.Settings) operator {
	t.Helper()
	two := append(sim.DefaultGateways(), sim.DefaultGateways()...)
	two[0].Preempt = false
	two[1].ID, two[1].Name = 4712, "gw-b"
	return start(t, sim.Options{Gateways: two, Settings: settings})
}

func TestASettingIsRefusedThatMakesNoSense(t *testing.T) {
	o := ready(t)
	for _, test := range []struct{ name, value string }{{"no-such-setting", "yes"}, {"version-form", "long"}, {"version-form", ""}} {
		if err := o.cloud.Set(test.name, test.value); err == nil {
			t.Errorf("%s=%s was accepted", test.name, test.value)
		}
		if cloud, err := sim.Start(sim.Options{Settings: sim.Settings{test.name: test.value}}); err == nil {
			t.Errorf("a world with %s=%s started: %v", test.name, test.value, cloud.Close())
		}
	}
}

func TestASettingCanBeTakenBack(t *testing.T) {
	o := ready(t)
	before := o.readinessRows()
	for _, value := range []string{"number", "text"} {
		if err := o.cloud.Set("readiness-wire", value); err != nil {
			t.Fatal(err)
		}
		if changed := o.readinessRows() != before; changed != (value == "number") {
			t.Errorf("with %s: %s", value, o.readinessRows())
		}
	}
}
