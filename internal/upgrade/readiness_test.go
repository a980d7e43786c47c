package upgrade_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// readyRows is what both checks say of both members before the first reload.
func readyRows() upgrade.Readiness {
	r := upgrade.Readiness{SeenRunning: map[upgrade.Category]time.Time{upgrade.UpgradeCheck: evening(0, 30), upgrade.ReloadCheck: evening(1, 0)}}
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		for _, member := range []int{primaryMember, secondaryMember} {
			r.Rows = append(r.Rows, upgrade.ReadinessRow{Category: category, MemberID: member, Value: upgrade.Ready, Raw: "Ready"})
		}
	}
	return r
}

func TestReadReadinessSeesThroughEveryWireForm(t *testing.T) {
	for n, words := range []struct {
		want  upgrade.ReadinessValue
		forms []string
	}{
		{upgrade.Ready, []string{"Ready", "READY", "ready"}},
		{upgrade.NotReadyYet, []string{"Not Ready", "NOT_READY", "notReady", "not-ready"}},
		{upgrade.Running, []string{"Running", "RUNNING"}},
		{upgrade.Incomplete, []string{"Incomplete", "INCOMPLETE"}},
		{upgrade.CannotBe, []string{"Unsupported", "UNSUPPORTED"}},
		{upgrade.Expired, []string{"Expired", "EXPIRED"}},
		{upgrade.Unchecked, []string{"Unchecked", "UNCHECKED"}},
		{upgrade.Current, []string{"Current", "CURRENT"}},
	} {
		for _, form := range append(words.forms, fmt.Sprint(n), fmt.Sprintf(" %d ", n)) {
			if got := upgrade.ReadReadiness(form); got != words.want {
				t.Errorf("ReadReadiness(%q) = %q, want %q", form, got, words.want)
			}
		}
	}
}

func TestReadReadinessNeverTakesAnUnknownWordForReady(t *testing.T) {
	for _, raw := range []string{"", "8", "9", "00", "0.0", "-0x", "Ready?", "Already", "Not Ready (0)", "null", "true", "Readyish"} {
		if got := upgrade.ReadReadiness(raw); got == upgrade.Ready {
			t.Errorf("ReadReadiness(%q) = %q", raw, got)
		}
	}
	if got := upgrade.ReadReadiness("Under Review"); got != "underreview" {
		t.Errorf("an unknown word became %q instead of being kept", got)
	}
}

func TestOnlyTheTenWarningCodesAreWarnings(t *testing.T) {
	for code, want := range map[int]bool{0: false, 1000: false, 1175: false, 1176: true, 1179: true, 1185: true, 1186: false, -1176: false, 11760: false} {
		if got := upgrade.IsWarning(code); got != want {
			t.Errorf("IsWarning(%d) = %v", code, got)
		}
	}
}

func TestReadyRowsBlockNothing(t *testing.T) {
	for _, member := range []int{primaryMember, secondaryMember} {
		if found := readyRows().Blocking(member, nil, nil); len(found) > 0 {
			t.Errorf("member %d:\n%s", member, texts(found))
		}
	}
}

func TestEveryOtherValueBlocksInEitherCheckOnEitherMember(t *testing.T) {
	for _, raw := range []string{"Not Ready", "Running", "Incomplete", "Unsupported", "Expired", "Unchecked", "Current", "Under Review", ""} {
		for row := range 4 {
			r := readyRows()
			r.Rows[row].Raw, r.Rows[row].Value, r.Rows[row].Code = raw, upgrade.ReadReadiness(raw), 1014
			found := r.Blocking(secondaryMember, nil, []int{1176, 1185})
			if names := checksOf(t, found); !slices.Equal(names, []string{"readiness"}) {
				t.Fatalf("%q in row %d: checks %v", raw, row, names)
			}
			if len(found) != 1 {
				t.Errorf("%q in row %d is told %d times", raw, row, len(found))
			}
			for _, part := range []string{fmt.Sprintf("%q", raw), "1014", fmt.Sprint(r.Rows[row].MemberID), string(r.Rows[row].Category)} {
				if !strings.Contains(texts(found), part) {
					t.Errorf("finding %q does not name %s", texts(found), part)
				}
			}
		}
	}
}

func TestAMissingRowOfTheMemberBlocks(t *testing.T) {
	for name, keep := range map[string]func(upgrade.ReadinessRow) bool{
		"no rows":               func(upgrade.ReadinessRow) bool { return false },
		"no upgrade check":      func(r upgrade.ReadinessRow) bool { return r.Category != upgrade.UpgradeCheck },
		"no reload check":       func(r upgrade.ReadinessRow) bool { return r.Category != upgrade.ReloadCheck },
		"only the other member": func(r upgrade.ReadinessRow) bool { return r.MemberID != secondaryMember },
		"another category":      func(r upgrade.ReadinessRow) bool { return r.Category == "license_precheck" },
	} {
		t.Run(name, func(t *testing.T) {
			r := readyRows()
			r.Rows = append(r.Rows, upgrade.ReadinessRow{Category: "license_precheck", MemberID: secondaryMember, Value: upgrade.Ready})
			r.Rows = slices.DeleteFunc(r.Rows, func(row upgrade.ReadinessRow) bool { return !keep(row) })
			if found := texts(r.Blocking(secondaryMember, nil, nil)); !strings.Contains(found, "has no row for member 612") {
				t.Errorf("found %q", found)
			}
		})
	}
}

func TestOtherCategoriesDoNotGateAnUpgrade(t *testing.T) {
	r := readyRows()
	r.Rows = append(r.Rows, upgrade.ReadinessRow{Category: "license_precheck", MemberID: secondaryMember, Value: upgrade.NotReadyYet, Code: 1120})
	if found := r.Blocking(secondaryMember, nil, nil); len(found) > 0 {
		t.Errorf("found:\n%s", texts(found))
	}
}

// An upgraded member has nothing newer to install: "Current" is right for it, and for nobody else.
func TestCurrentIsRightOnlyForAMemberThatIsDone(t *testing.T) {
	for name, c := range map[string]struct {
		current int // member that says Current
		done    []int
		blocks  bool
	}{
		"the upgraded peer":            {secondaryMember, []int{secondaryMember}, false},
		"a peer that was not upgraded": {secondaryMember, nil, true},
		"somebody else was upgraded":   {secondaryMember, []int{999}, true},
		"the member to be reloaded":    {primaryMember, []int{secondaryMember}, true},
		"a done member asked again":    {primaryMember, []int{primaryMember}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := readyRows()
			for i := range r.Rows {
				if r.Rows[i].MemberID == c.current {
					r.Rows[i].Value, r.Rows[i].Raw = upgrade.Current, "Current"
				}
			}
			if found := r.Blocking(primaryMember, c.done, nil); (len(found) > 0) != c.blocks {
				t.Errorf("found:\n%s", texts(found))
			}
		})
	}
}

func TestADoneMemberMayStillNotBeUnready(t *testing.T) {
	r := readyRows()
	r.Rows[1].Value, r.Rows[1].Raw = upgrade.NotReadyYet, "Not Ready"
	if found := r.Blocking(primaryMember, []int{secondaryMember}, nil); len(found) == 0 {
		t.Error("an upgraded member that is not ready blocks nothing")
	}
}

func TestAWarningBlocksUntilItsCodeIsAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		value    upgrade.ReadinessValue
		codes    []int // of the member's two checks
		accepted []int
		blocks   bool
	}{
		"nobody accepted it":         {upgrade.Ready, []int{1179, 0}, nil, true},
		"it was accepted":            {upgrade.Ready, []int{1179, 0}, []int{1179}, false},
		"another one was accepted":   {upgrade.Ready, []int{1179, 0}, []int{1178, 1180}, true},
		"one of two was accepted":    {upgrade.Ready, []int{1179, 1176}, []int{1179}, true},
		"both were accepted":         {upgrade.Ready, []int{1179, 1176}, []int{1176, 1179}, false},
		"accepted but not ready":     {upgrade.NotReadyYet, []int{1179, 0}, []int{1179}, true},
		"an error is not acceptable": {upgrade.NotReadyYet, []int{1108, 0}, []int{1108}, true},
	} {
		for _, member := range []int{primaryMember, secondaryMember} {
			t.Run(fmt.Sprintf("%s/member %d", name, member), func(t *testing.T) {
				r, n := readyRows(), 0
				for i := range r.Rows {
					if r.Rows[i].MemberID == member {
						r.Rows[i].Code, r.Rows[i].Value = c.codes[n], c.value
						n++
					}
				}
				if found := r.Blocking(secondaryMember, nil, c.accepted); (len(found) > 0) != c.blocks {
					t.Errorf("found:\n%s", texts(found))
				}
			})
		}
	}
}

func TestReadinessHoldsFromTheEndOfTheEarlierCheck(t *testing.T) {
	r := readyRows()
	if got, want := r.ValidUntil(5*time.Hour), evening(5, 30); !got.Equal(want) {
		t.Errorf("ValidUntil = %s, want %s", got, want)
	}
	r.SeenRunning[upgrade.ReloadCheck] = evening(0, 10)
	if got, want := r.ValidUntil(5*time.Hour), evening(5, 10); !got.Equal(want) {
		t.Errorf("ValidUntil = %s, want %s", got, want)
	}
}

func TestACheckThatWasNeverSeenRunningHasExpired(t *testing.T) {
	r := readyRows()
	r.SeenRunning = nil
	if got := r.ValidUntil(5 * time.Hour); got.After(time.Time{}) {
		t.Errorf("ValidUntil = %s", got)
	}
}
