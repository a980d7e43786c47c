package upgrade_test

import (
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func parse(t *testing.T, text string) upgrade.Version {
	t.Helper()
	v, err := upgrade.ParseVersion(text)
	if err != nil {
		t.Fatalf("ParseVersion(%q): %v", text, err)
	}
	return v
}

func TestParseVersionReadsEveryPartOfAName(t *testing.T) {
	type parts struct {
		major, minor           int
		branch                 string
		release, service, spin int
	}
	for text, want := range map[string]parts{
		"22.3R1.11":           {22, 3, "R", 1, -1, 11},
		"22.3R1-S2.6":         {22, 3, "R", 1, 2, 6},
		"22.3R1-S12":          {22, 3, "R", 1, 12, -1},
		"22.3R3":              {22, 3, "R", 3, -1, -1},
		"22.3":                {22, 3, "", -1, -1, -1},
		"9.6R4.4":             {9, 6, "R", 4, -1, 4},
		"15.1X49-D45.2":       {15, 1, "X", 49, 45, 2},
		"15.1X49-D170":        {15, 1, "X", 49, 170, -1},
		"15.1X49":             {15, 1, "X", 49, -1, -1},
		"Junos 22.3R1-S2.6":   {22, 3, "R", 1, 2, 6},
		"vSRX Junos: 22.3R3 ": {22, 3, "R", 3, -1, -1},
	} {
		t.Run(text, func(t *testing.T) {
			v := parse(t, text)
			if got := (parts{v.Major, v.Minor, v.Branch, v.Release, v.Service, v.Spin}); got != want {
				t.Errorf("ParseVersion(%q) = %+v, want %+v", text, got, want)
			}
		})
	}
}

func TestParseVersionKeepsTheNameWithoutTheWordsAroundIt(t *testing.T) {
	if got := parse(t, "  Junos   22.3R1-S2.6 ").String(); got != "22.3R1-S2.6" {
		t.Errorf("String() = %q", got)
	}
}

// Internal builds and Junos OS Evolved cannot be compared (Juniper: release naming), and neither can half a name.
func TestParseVersionRefusesWhatCannotBeCompared(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                       "",
		"blanks":                        " \t ",
		"words":                         "the newest",
		"a throttle build":              "17.3-2018-01-09.0_RELEASE_173_THROTTLE",
		"a developer's build":           "17.4-20180109_dev_common.2",
		"a daily build":                 "14.2I20150312_1422_builder",
		"Junos OS Evolved":              "22.3R1-S2.6-EVO",
		"a service release of branch X": "15.1X49-S3",
		"a D release of branch R":       "22.3R1-D30",
		"a lower-case branch":           "22.3r1-s2",
		"an empty service release":      "22.3R1-S.6",
		"an empty spin":                 "22.3R1-S2.",
		"an empty release":              "22.3R",
		"a two-digit minor":             "22.13R1",
		"a three-digit major":           "122.3R1",
		"two spins":                     "22.3R1.6.7",
		"a name with words behind it":   "22.3R1-S2.6 (SR-IOV)",
		"a negative number":             "22.3R-1",
	} {
		t.Run(name, func(t *testing.T) {
			v, err := upgrade.ParseVersion(text)
			if err == nil {
				t.Fatalf("ParseVersion(%q) = %+v, want an error", text, v)
			}
			if kind := upgrade.KindOf(err); kind != upgrade.Invalid {
				t.Errorf("kind %q, want %q", kind, upgrade.Invalid)
			}
			if upgrade.AdviceOf(err) == "" {
				t.Error("the error advises nothing")
			}
			if v != (upgrade.Version{}) {
				t.Errorf("a refused name gave %+v", v)
			}
		})
	}
}

// Every release is older than all behind it. As texts, S10 would stand before S9, D170 before D45 and R10 before R9.
func TestCompareOrdersReleasesByNumber(t *testing.T) {
	ascending := []string{
		"9.6R4.4", "12.1X46-D15.3", "15.1X49-D45.2", "15.1X49-D170", "15.1X53-D9.1", "18.4R1-S1.3", "19.4R2.10", "19.4R2-S9.1",
		"19.4R2-S10.1", "19.4R3-S2.2", "20.4R2-S2.2", "21.4R3.9", "21.4R3.15", "21.4R3-S1.1", "21.4R9.1", "21.4R10.1",
		"22.2R2-S2.3", "23.4R1-S2.4", "23.4R2-S3.9", "23.4R2-S5.5", "23.4R2-S50.1", "24.4R1.9", "24.4R1-S2.9",
	}
	for i, a := range ascending {
		for k, b := range ascending {
			order, err := parse(t, a).Compare(parse(t, b))
			if err != nil {
				t.Errorf("comparing %s with %s: %v", a, b, err)
			}
			if (order < 0) != (i < k) || (order > 0) != (i > k) {
				t.Errorf("Compare(%s, %s) = %d", a, b, order)
			}
		}
	}
}

func TestCompareTakesAShortNameForAnySpin(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"22.3R1-S2", "22.3R1-S2.6"}, {"22.3R1", "22.3R1.11"}, {"15.1X49-D170", "15.1X49-D170.4"}, {"22.3R1-S0.2", "22.3R1.2"},
	} {
		if order, err := parse(t, c.a).Compare(parse(t, c.b)); order != 0 || err != nil {
			t.Errorf("Compare(%s, %s) = %d, %v", c.a, c.b, order, err)
		}
	}
}

func TestCompareRefusesToOrderTwoBranches(t *testing.T) {
	r, x := parse(t, "15.1R7.9"), parse(t, "15.1X49-D170.4")
	for _, pair := range [][2]upgrade.Version{{r, x}, {x, r}} {
		if order, err := pair[0].Compare(pair[1]); err == nil {
			t.Errorf("Compare(%s, %s) = %d, want an error", pair[0], pair[1], order)
		}
	}
	if order, err := x.Compare(parse(t, "18.4R1.8")); order >= 0 || err != nil {
		t.Errorf("15.1X49 against 18.4R1 = %d, %v: the branches matter within one major.minor only", order, err)
	}
}

func TestFitsAsksForEveryPartTheWantedNameHas(t *testing.T) {
	for _, c := range []struct {
		running, wanted string
		fits            bool
	}{
		{"23.4R2-S5.5", "23.4R2-S5.5", true},
		{"23.4R2-S5.5", "23.4R2-S5", true},
		{"23.4R2-S5.5", "23.4R2-S5.6", false},
		{"23.4R2-S50.1", "23.4R2-S5", false},
		{"23.4R2-S5.5", "23.4R2-S50", false},
		{"23.4R2-S5.5", "23.4R2", false},
		{"23.4R2.13", "23.4R2", true},
		{"23.4R2.13", "23.4R2-S1", false},
		{"23.4R20.1", "23.4R2", false},
		{"23.4R2-S5.5", "23.4", true},
		{"23.4R2-S5.5", "13.4", false},
		{"23.4R2-S5.5", "23.2R2-S5.5", false},
		{"23.4", "23.4R2-S5.5", false},
		{"15.1X49-D170.4", "15.1X49-D170", true},
		{"15.1X49-D170.4", "15.1X49-D17", false},
		{"15.1X49-D170.4", "15.1R49", false},
		{"15.1X49-D3.1", "15.1R49-S3.1", false},
		{"22.3R1.2", "22.3R1-S0", true},
		{"15.1X49-D170.4", "15.1", true},
		{"23.4R2-S5", "23.4R2-S5.5", true}, // a record without spin cannot contradict
	} {
		if got := parse(t, c.running).Fits(parse(t, c.wanted)); got != c.fits {
			t.Errorf("%s fits %s = %v, want %v", c.running, c.wanted, got, c.fits)
		}
	}
}

func TestSameReleaseSeesThroughWordsAndMissingSpins(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"22.3R1-S2", "22.3R1-S2.6", true},
		{"Junos 22.3R1-S2.6", "22.3R1-S2", true},
		{"22.3R1-S2.6", "22.3R1-S2.6", true},
		{"22.3R1-S2.6", "22.3R1-S2.7", false},
		{"22.3R1-S2.6", "22.3R1-S20.6", false},
		{"22.3R1-S2.6", "22.3R1", false},
		{"22.3R1-S2.6", "22.3R2-S2.6", false},
		{"15.1X49-D170.4", "15.1R7.9", false},
		{"", "", false},
		{"", "22.3R1", false},
		{"unknown", "unknown", false},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := upgrade.SameRelease(pair[0], pair[1]); got != c.same {
				t.Errorf("SameRelease(%q, %q) = %v, want %v", pair[0], pair[1], got, c.same)
			}
		}
	}
}
