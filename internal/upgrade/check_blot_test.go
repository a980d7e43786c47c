package upgrade_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// blot is one thing that is wrong, with all results that then are neither pass nor skipped, and a word of what the first
// one says.
type blot struct {
	at    situation
	spoil func(*question)
	want  []string // name@subject=verdict/code
	says  string
}

// blots are all tables of one-thing-wrong worlds.
func blots() map[string]blot {
	all := map[string]blot{}
	for table, rows := range map[string]map[string]blot{"cloud": cloudBlots(), "plan": planBlots(), "host": hostBlots(), "machine": machineBlots(),
		"device": deviceBlots(), "cluster": clusterBlots(), "configuration": configurationBlots(), "ibm": ibmBlots()} {
		for name, row := range rows {
			all[table+": "+name] = row
		}
	}
	return all
}

func (b blot) world(t *testing.T) question {
	t.Helper()
	w := healthy(t, b.at)
	b.spoil(&w)
	return w
}

func TestEachWrongThingChangesItsOwnChecksOnly(t *testing.T) {
	for name, b := range blots() {
		t.Run(name, func(t *testing.T) {
			results := b.world(t).ask()
			if diff := cmp.Diff(b.want, spoken(results)); diff != "" {
				t.Errorf("results (-want +got):\n%s%s", diff, resultTexts(results))
			}
			for _, r := range results {
				if len(b.want) > 0 && said(r) == b.want[0] {
					if !strings.Contains(r.Evidence, b.says) {
						t.Errorf("%s says %q, want %q in it", said(r), r.Evidence, b.says)
					}
					return
				}
			}
			if len(b.want) > 0 {
				t.Errorf("%s was not said", b.want[0])
			}
		})
	}
}

// What a person has to do is always said, and never that the peer is to be started while it has to be off: two versions
// would run together.
func TestEveryRemedyIsThereAndNoneStartsThePeer(t *testing.T) {
	for name, b := range blots() {
		for _, r := range b.world(t).ask() {
			if r.Verdict == upgrade.CheckPass || r.Verdict == upgrade.CheckSkipped {
				continue
			}
			if r.Remedy == "" || strings.HasSuffix(r.Remedy, ".") || strings.Contains(r.Remedy, "%!") || strings.Contains(r.Evidence, "%!") {
				t.Errorf("%s: %s has the remedy %q, the evidence %q", name, said(r), r.Remedy, r.Evidence)
			}
			if peer := b.at == pairBetween && r.Subject == "quokka-a" || b.at == pairBack && r.Subject == "quokka-b"; peer && (strings.Contains(r.Remedy, "start the machine") || strings.Contains(r.Remedy, "virsh start")) {
				t.Errorf("%s: %s advises to start the peer: %q", name, said(r), r.Remedy)
			}
		}
	}
}

// invisible are the codes that no fact of ours shows: only IBM's own check can say them.
func invisible() map[int]string {
	why := map[int]string{
		1007: "from outside the same as 1005", 1017: "from outside the same as 1012", 1018: "from outside the same as 1012: a view needs commands too",
		1121: "of the licence action, which the program never takes", 1144: "the expected number of licence files is known to IBM alone",
		1146: "a property of IBM's switch",
	}
	for _, code := range []int{1002, 1014, 1021, 1022, 1024, 1101, 1122, 1133, 1143} {
		why[code] = "an accident of IBM's automation itself"
	}
	for _, code := range []int{1135, 1136, 1137, 1138, 1178, 1182, 1183, 1184} {
		why[code] = "of a licence file that IBM's automation handles"
	}
	return why
}

func TestEveryReadinessCodeIsSeenByACheckOfOursOrKnownToBeInvisible(t *testing.T) {
	seen := map[int]bool{}
	for _, b := range blots() {
		for _, r := range b.world(t).ask() {
			native := !strings.HasPrefix(r.Name, "ibm-") // a code that IBM's row shows proves nothing about ours
			if r.Code != 0 && native && (r.Blocks() || r.Verdict == upgrade.CheckWarn) {
				seen[r.Code] = true
			}
		}
	}
	for _, code := range upgrade.Codes() {
		if _, blind := invisible()[code.Number]; blind == seen[code.Number] {
			t.Errorf("code %d (%s): seen by a check %v, listed as invisible %v", code.Number, code.Meaning, seen[code.Number], blind)
		}
	}
	for code := range invisible() {
		if _, known := upgrade.CodeOf(code); !known {
			t.Errorf("code %d is called invisible and is no code", code)
		}
	}
}

// enforced says where the requirements are met that are not judged before a reload.
func enforced() map[string]string {
	return map[string]string{
		"R2":  "the workflow requests no failover between the first submission and the end",
		"R3":  "the export phase comes before every submission, and its mark is compared (JudgeSubmission)",
		"R4":  "the standalone runbook refuses a run without a verified export",
		"R12": "the rollback workflow lists the commits made since the capture",
		"R16": "the parser tests of internal/junos read IBM's two samples",
		"R34": "the approve phase shows the comparison and what is left of the window",
		"R39": "the client of the cloud API knows no such call",
		"R41": "the reload's wait has its alarm and its end in upgrade.Timing",
	}
}

func TestEveryRequirementIsJudgedByACheckOrEnforcedElsewhere(t *testing.T) {
	judged := map[string]bool{}
	for _, at := range situations() {
		for _, r := range healthy(t, at).ask() {
			for _, requirement := range strings.Split(r.Requires, ", ") {
				judged[requirement] = true
			}
		}
	}
	delete(judged, "")
	want := []string{"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R17", "R18", "R19", "R20",
		"R21", "R30", "R31", "R32", "R33", "R34", "R35", "R36", "R37", "R38", "R39", "R40", "R41"}
	for _, requirement := range want {
		if _, elsewhere := enforced()[requirement]; elsewhere == judged[requirement] {
			t.Errorf("%s: judged %v, enforced elsewhere %v", requirement, judged[requirement], elsewhere)
		}
	}
	for _, requirement := range append(slices.Collect(maps.Keys(judged)), slices.Collect(maps.Keys(enforced()))...) {
		if !slices.Contains(want, requirement) {
			t.Errorf("%s is no requirement", requirement)
		}
	}
}
