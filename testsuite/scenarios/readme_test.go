package scenarios_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/testsuite/scenarios"
	"vsrx-upgrade/testsuite/sim"
)

func TestREADMEShowsAScenarioThatStartsAndNamesEverySetting(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	_, rest, found := strings.Cut(readme, "```yaml\n")
	example, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("README.md shows no scenario")
	}
	opts := load(t, write(t, example))
	if len(opts.Gateways) != 101 || len(opts.Faults) != 1 {
		t.Errorf("%d gateways, %d faults", len(opts.Gateways), len(opts.Faults))
	}
	start(t, opts)
	for setting, choices := range sim.SettingChoices() {
		want := "| `" + setting + "` | `" + strings.Join(choices, "`, `") + "`"
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say %s", want)
		}
	}
	names := scenarios.Names()
	for _, fault := range sim.FaultNames() {
		names = slices.DeleteFunc(names, func(name string) bool { return name == fault })
	}
	for _, name := range names {
		if !strings.Contains(readme, "`"+name+"`") {
			t.Errorf("README.md does not name the scenario %s", name)
		}
	}
}
