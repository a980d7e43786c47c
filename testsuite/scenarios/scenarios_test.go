package scenarios_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/testsuite/scenarios"
	"vsrx-upgrade/testsuite/sim"
)

func load(t testing.TB, name string) sim.Options {
	t.Helper()
	opts, err := scenarios.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return opts
}

// start starts a world and stops its clock.
func start(t *testing.T, opts sim.Options) *sim.Cloud {
	t.Helper()
	cloud, err := sim.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	cloud.Pause()
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Errorf("closing the world: %v", err)
		}
	})
	return cloud
}

func TestEveryShippedScenarioStartsAndItsFaultsStrike(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			opts := load(t, name)
			cloud := start(t, opts)
			if got := len(cloud.Access().Gateways); got != len(opts.Gateways) {
				t.Errorf("%d gateways, want %d", got, len(opts.Gateways))
			}
			var last time.Duration
			for _, strike := range opts.Faults {
				last = max(last, strike.After)
			}
			cloud.Step(last)
			if _, planned := cloud.Faults(); len(planned) > 0 {
				t.Errorf("still to strike after %v: %+v", last, planned)
			}
			if broken := cloud.Verdict().Violations; len(broken) > 0 {
				t.Errorf("nobody did anything, and yet: %+v", broken)
			}
		})
	}
}

func TestEveryFaultHasAScenarioOfItsName(t *testing.T) {
	for _, fault := range sim.FaultNames() {
		t.Run(fault, func(t *testing.T) {
			opts := load(t, fault)
			if !slices.ContainsFunc(opts.Faults, func(s sim.Strike) bool { return s.Name == fault }) {
				t.Errorf("scenario %s does not let it strike: %+v", fault, opts.Faults)
			}
		})
	}
}

func TestShippedWorldsAreWhatTheirNamesSay(t *testing.T) {
	type world struct{ HA, Standalone, Pods int }
	for name, want := range map[string]world{
		"ha-pair": {1, 0, 1}, "standalone": {0, 1, 1}, "two-gateways-one-pod": {2, 0, 1},
		"fleet-100": {100, 0, 20}, "fleet-1000": {1000, 0, 100},
	} {
		t.Run(name, func(t *testing.T) {
			var got world
			pods := map[string]bool{}
			for _, g := range load(t, name).Gateways {
				pods[g.Pod] = true
				if g.Standalone {
					got.Standalone++
				} else {
					got.HA++
				}
			}
			got.Pods = len(pods)
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// whole is a scenario file that says everything that can be said.
const whole = `description: Everything that can be said.
start: 2027-01-02T03:04:05Z
speed: 60
seed: 9
physics: {precheck: 20m, reloadMin: 1h, reloadMax: 90m}
settings: {readiness-wire: upper, old-version-price: no, rate-limit-status: 429}
gateways:
  - id: 31
    name: gw-x
    pod: fra02.pod02
    version: 22.2R2-S2.3
    offered: [23.4R2-S5.5]
    primary: 1
    preempt: true
    manufacturer: Juniper
    processor: Intel Xeon Gold 5218
    configuration: gw-x.set
    members:
      - {id: 501, hardwareId: 502, host: east, domain: vSRXvM7}
      - {id: 503}
fleet: {gateways: 3, pods: 2, standalone: 1, version: 21.4R3-S4.9, offered: [23.4R2-S5.5], preempt: true}
faults:
  - {name: txn-late, arg: 20m, gateway: 31, node: 1, after: 30m, until: 2h}
  - {name: auth-401, member: 503}
`

func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"night.yaml": text, "gw-x.set": "set system host-name gw-x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "night.yaml")
}

func TestFileSaysEverything(t *testing.T) {
	opts := load(t, write(t, whole))
	one := 1
	offered := []string{"23.4R2-S5.5"}
	want := sim.Options{
		Start: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC), Speed: 60, Seed: 9,
		Settings: sim.Settings{"readiness-wire": "upper", "old-version-price": "no", "rate-limit-status": "429"},
		Gateways: []sim.Gateway{
			{ID: 31, Name: "gw-x", Pod: "fra02.pod02", Version: "22.2R2-S2.3", Offered: offered, Primary: 1, Preempt: true,
				Manufacturer: "Juniper", Processor: "Intel Xeon Gold 5218", Config: "set system host-name gw-x\n",
				Members: []sim.Member{{ID: 501, HardwareID: 502, Host: "east", Domain: "vSRXvM7"}, {ID: 503}}},
			{ID: 10001, Name: "fleet-00001", Pod: "dal09.pod01", Standalone: true, Version: "21.4R3-S4.9", Offered: offered, Preempt: true},
			{ID: 10002, Name: "fleet-00002", Pod: "dal10.pod01", Version: "21.4R3-S4.9", Offered: offered, Preempt: true},
			{ID: 10003, Name: "fleet-00003", Pod: "dal09.pod01", Version: "21.4R3-S4.9", Offered: offered, Preempt: true},
		},
		Faults: []sim.Strike{
			{Fault: sim.Fault{Name: "txn-late", Arg: "20m", Gateway: 31}, Node: &one, After: 30 * time.Minute, Until: 2 * time.Hour},
			{Fault: sim.Fault{Name: "auth-401", Member: 503}},
		},
	}
	want.Physics.Precheck, want.Physics.ReloadMin, want.Physics.ReloadMax = 20*time.Minute, time.Hour, 90*time.Minute
	if diff := cmp.Diff(want, opts); diff != "" {
		t.Fatalf("options (-want +got):\n%s", diff)
	}
	first := start(t, opts).Access().Gateways[0]
	if m := first.Members[0]; m.ID != 501 || m.HardwareID != 502 || m.Domain != "vSRXvM7" || first.Members[1].ID != 503 {
		t.Errorf("members: %+v", first.Members)
	}
}

func TestFileTakesFromAShippedOneWhatItDoesNotSay(t *testing.T) {
	opts := load(t, write(t, "description: Like the pair.\nlike: peer-lost\nspeed: 5\n"))
	if !strings.HasPrefix(opts.Gateways[0].Name, "gw-") || opts.Speed != 5 || opts.Faults[0].Name != "peer-lost" {
		t.Errorf("options: %+v", opts)
	}
}

func TestMistakesAreRefusedWithTheirPlace(t *testing.T) {
	for _, test := range []struct{ name, old, new, text string }{
		{"unknown key", "speed: 60", "sped: 60", "line 3: field sped not found"},
		{"unknown key of a gateway", "    pod:", "    prod:", "line 10: field prod not found"},
		{"unknown key of a member", "host: east", "hots: east", "field hots not found"},
		{"unknown key of the fleet", "pods: 2", "podz: 2", "line 21: field podz not found"},
		{"unknown key of a fault", "after: 30m", "when: 30m", "line 23: field when not found"},
		{"unknown duration of the physics", "precheck: 20m", "reboot: 20m", "line 5: field reboot not found"},
		{"key given twice", "seed: 9", "seed: 9\nseed: 10", "line 5: mapping key"},
		{"text for a number", "speed: 60", "speed: fast", "line 3: cannot unmarshal"},
		{"text for a duration", "after: 30m", "after: soon", "line 23: cannot unmarshal"},
		{"negative speed", "speed: 60", "speed: -1", "speed -1"},
		{"endless speed", "speed: 60", "speed: .inf", "speed +Inf"},
		{"no number of a speed", "speed: 60", "speed: .nan", "speed NaN"},
		{"no YAML", "seed: 9", "seed: [", "line"},
		{"two documents", "seed: 9", "seed: 9\n---\nspeed: 5", "more than one document"},
		{"no description", "description: Everything that can be said.", "", "description is missing"},
		{"nothing", whole, "", "empty"},
		{"no gateways", whole, "description: Nobody.", "no gateways"},
		{"missing configuration file", "gw-x.set", "gw-y.set", "configuration of gateway 31"},
		{"configuration file elsewhere", "gw-x.set", "../gw-x.set", "configuration of gateway 31"},
		{"like an unknown one", "speed: 60", "like: paradise", `no scenario "paradise"`},
		{"empty fleet", "gateways: 3", "gateways: 0", "fleet: 0 gateways"},
		{"fleet beyond all addresses", "gateways: 3", "gateways: 20001", "fleet: 20001 gateways"},
		{"more pods than gateways", "pods: 2", "pods: 4", "fleet: 4 pods"},
		{"more standalone ones than gateways", "standalone: 1", "standalone: 4", "fleet: 4 standalone"},
		{"fleet without a version", "version: 21.4R3-S4.9, ", "", "fleet: the version is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(whole, test.old, test.new, 1)
			if text == whole {
				t.Fatalf("%q is not in the file", test.old)
			}
			path := write(t, text)
			_, err := scenarios.Load(path)
			if err == nil {
				t.Fatal("accepted")
			}
			if got := err.Error(); !strings.Contains(got, path) || !strings.Contains(got, test.text) || strings.Contains(got, "\n") {
				t.Errorf("the error is %q", got)
			}
		})
	}
}

func TestScenarioThatDoesNotExistIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"paradise": "fleet-100, fleet-1000", "./paradise": "no such file", "paradise.yaml": "no such file", "": "no scenario", "*": "no scenario",
	} {
		if _, err := scenarios.Load(name); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWorldRefusesWhatAScenarioCannotMean(t *testing.T) {
	for _, test := range []struct{ name, old, new, text string }{
		{"member id used twice", "{id: 503}", "{id: 501}", "used twice"},
		{"gateway id used twice", "id: 31\n", "id: 10001\n", "used twice"},
		{"third member", "- {id: 503}", "- {id: 503}\n      - {id: 504}", "3 members"},
		{"node that is not there", "node: 1", "node: 2", "has no node 2"},
		{"unknown fault", "name: auth-401", "name: bad-luck", `unknown fault "bad-luck"`},
		{"unknown setting", "readiness-wire", "readiness-mood", `unknown setting "readiness-mood"`},
		{"unknown value of a setting", "wire: upper", "wire: sung", `"sung" is none of`},
		{"end before the strike", "until: 2h", "until: 20m", "before it strikes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud, err := sim.Start(load(t, write(t, strings.Replace(whole, test.old, test.new, 1))))
			if err == nil {
				t.Fatalf("started; closing: %v", cloud.Close())
			}
			if !strings.Contains(err.Error(), test.text) {
				t.Error(err)
			}
		})
	}
}
