package upgrade_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestAHealthyGatewayPassesEveryCheckThatApplies(t *testing.T) {
	for at, skipped := range map[situation][]string{
		pairBefore: {"way-back", "peer-off", "peer-autostart"},
		pairBack: {"supported-server", "target", "rollback", "order", "window", "host-control-link", "machine@quokka-b", "peer-off@quokka-a", "peer-autostart@quokka-a",
			"control-link", "fabric-link", "ibm-upgrade-check"},
		pairBetween: {"target@quokka-b", "way-back", "rollback", "order", "host-control-link", "machine@quokka-a", "peer-off@quokka-b", "peer-autostart@quokka-b",
			"control-link", "fabric-link"},
		standalone: {"way-back", "rollback", "order", "host-to-peer", "host-control-link", "peer-off", "peer-autostart", "peer-alive", "any-node-up", "cluster", "cluster-primary",
			"cluster-weight", "placement", "address-owner", "preempt", "control-link", "fabric-link", "redundant-interfaces", "monitored-interfaces"},
	} {
		t.Run(string(at), func(t *testing.T) {
			results := healthy(t, at).ask()
			if list := spoken(results); len(list) > 0 {
				t.Errorf("not every check passes:\n%s", resultTexts(results))
			}
			var got []string
			for _, r := range results {
				if r.Verdict == upgrade.CheckSkipped {
					got = append(got, strings.TrimSuffix(r.Name+"@"+r.Subject, "@gateway"))
				}
			}
			if diff := cmp.Diff(skipped, got); diff != "" {
				t.Errorf("skipped checks (-want +got):\n%s", diff)
			}
			if v := upgrade.Overall(results); v != upgrade.CheckPass {
				t.Errorf("overall %s", v)
			}
		})
	}
}

func resultTexts(results []upgrade.CheckResult) string {
	var lines []string
	for _, r := range results {
		if r.Verdict != upgrade.CheckPass && r.Verdict != upgrade.CheckSkipped {
			lines = append(lines, said(r)+": "+r.Evidence+" | "+r.Remedy)
		}
	}
	return strings.Join(lines, "\n")
}

func TestResultsAreInOneOrderAndNamedForPeopleAndMachines(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, at := range situations() {
		first := healthy(t, at).ask()
		if diff := cmp.Diff(first, healthy(t, at).ask()); diff != "" {
			t.Errorf("%s: asked twice, answered differently:\n%s", at, diff)
		}
		for _, r := range first {
			if !kebab.MatchString(r.Name) || r.Evidence == "" || r.Subject == "" || r.Remedy != "" {
				t.Errorf("%s: %+v has no stable name, no subject, no evidence, or a remedy without need", at, r)
			}
		}
	}
}

// Each check answers under the same name whatever the gateway: what does not apply is skipped, never left out.
func TestEveryCheckAnswersInEverySituation(t *testing.T) {
	names := func(at situation) (list []string) {
		for _, r := range healthy(t, at).ask() {
			list = append(list, r.Name)
		}
		return slices.Compact(list)
	}
	want := names(pairBefore)
	for _, at := range situations() {
		if diff := cmp.Diff(want, names(at)); diff != "" {
			t.Errorf("%s (-pair +this):\n%s", at, diff)
		}
	}
}

func TestOverallIsTheWorstVerdict(t *testing.T) {
	const pass, warn, fail, unasked, skipped = upgrade.CheckPass, upgrade.CheckWarn, upgrade.CheckFail, upgrade.CheckError, upgrade.CheckSkipped
	for _, c := range []struct {
		of   []upgrade.CheckVerdict
		want upgrade.CheckVerdict
	}{
		{nil, unasked},
		{[]upgrade.CheckVerdict{skipped, skipped}, unasked},
		{[]upgrade.CheckVerdict{pass, skipped}, pass},
		{[]upgrade.CheckVerdict{pass, warn, skipped, pass}, warn},
		{[]upgrade.CheckVerdict{unasked, warn, pass}, unasked},
		{[]upgrade.CheckVerdict{pass, fail, unasked, warn}, fail},
		{[]upgrade.CheckVerdict{pass, "maybe", warn}, unasked},
		{[]upgrade.CheckVerdict{pass, ""}, unasked},
	} {
		var results []upgrade.CheckResult
		for _, v := range c.of {
			results = append(results, upgrade.CheckResult{Verdict: v})
		}
		if got := upgrade.Overall(results); got != c.want {
			t.Errorf("Overall of %q is %s, want %s", c.of, got, c.want)
		}
	}
}

func TestOnlyPassWarnAndSkippedDoNotBlock(t *testing.T) {
	for verdict, want := range map[upgrade.CheckVerdict]bool{upgrade.CheckPass: false, upgrade.CheckWarn: false, upgrade.CheckSkipped: false,
		upgrade.CheckFail: true, upgrade.CheckError: true, "": true, "perhaps": true} {
		if got := (upgrade.CheckResult{Verdict: verdict}).Blocks(); got != want {
			t.Errorf("a result %q blocks: %v, want %v", verdict, got, want)
		}
	}
}

func TestIBMsChecksCanBeLeftOut(t *testing.T) {
	w := healthy(t, pairBefore)
	w.f.Picture.Readiness, w.q.SeenRunning, w.q.NativeOnly = nil, nil, true
	results := w.ask()
	if list := spoken(results); len(list) > 0 {
		t.Errorf("found %v", list)
	}
	for _, r := range results {
		if strings.HasPrefix(r.Name, "ibm-") && r.Verdict != upgrade.CheckSkipped {
			t.Errorf("%s is %s", r.Name, r.Verdict)
		}
	}
}

// After the second reload the pair is judged whole again, on the target, and nothing is asked about a reload to come.
func TestAfterTheSecondReloadThePairIsJudgedWithoutAReloadToCome(t *testing.T) {
	w := healthy(t, pairBefore)
	w.f.Picture = pictureAt(upgrade.AfterSecond)
	w.f.Device.Answers = "node1"
	w.f.Offers, w.q.Moment, w.q.Step, w.q.SeenRunning = nil, upgrade.AfterSecond, 2, nil
	w.f.Hosts[0].Consoles = []string{w.f.Picture.Hosts[0].Domains[0].Name}
	if list := spoken(w.ask()); len(list) > 0 {
		t.Errorf("found %v", list)
	}
	w.f.Picture.Device.Nodes[1].Version = oldRelease
	if upgrade.Overall(w.ask()) != upgrade.CheckFail {
		t.Error("a node on the old version passes")
	}
}

// A picture is judged by the rules of its own moment or not at all.
func TestAMomentThatTheGatewayDoesNotHaveIsNotJudged(t *testing.T) {
	for name, c := range map[string]struct {
		at situation
		m  upgrade.Moment
	}{
		"none":                      {pairBefore, ""},
		"an invented one":           {pairBefore, "at dawn"},
		"between, of a standalone":  {standalone, upgrade.Between},
		"way back, of a standalone": {standalone, upgrade.BroughtBack},
	} {
		w := healthy(t, c.at)
		w.q.Moment = c.m
		if results := w.ask(); len(results) != 1 || results[0].Name != "moment" || upgrade.Overall(results) != upgrade.CheckError {
			t.Errorf("%s: %+v", name, results)
		}
	}
}
