package upgrade_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// fields are all fields of a timing by name, so that a new one cannot be forgotten below.
func fields(t *upgrade.Timing) (durations map[string]*upgrade.Duration, counts map[string]*int) {
	durations, counts = map[string]*upgrade.Duration{}, map[string]*int{}
	v := reflect.ValueOf(t).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch field := v.Field(i).Addr().Interface().(type) {
		case *upgrade.Duration:
			durations[name] = field
		case *int:
			counts[name] = field
		}
	}
	return durations, counts
}

func TestTimingConsistsOfDurationsAndCounts(t *testing.T) {
	var timing upgrade.Timing
	durations, counts := fields(&timing)
	if n := reflect.TypeFor[upgrade.Timing]().NumField(); len(durations)+len(counts) != n {
		t.Errorf("%d durations and %d counts in %d fields", len(durations), len(counts), n)
	}
}

// The defaults must agree with each other and with what IBM documents.
func TestTheDefaultsAreThoseOfTheDocuments(t *testing.T) {
	d := upgrade.DefaultTiming()
	for name, ok := range map[string]bool{
		"a check holds five hours":                        d.ReadinessValid == hours(5),
		"its margin is a small part of that":              d.ReadinessMargin > 0 && d.ReadinessMargin < d.ReadinessValid/4,
		"a check takes half an hour, alarm at an hour":    d.ReadinessEnd == hours(1),
		"a reload over five hours is an alarm":            d.ReloadSlow == hours(5),
		"after twenty-four hours a person takes over":     d.ReloadEnd == hours(24),
		"a pair is planned with ten hours":                2*d.PlanNode == hours(10),
		"quiet is three looks over ten minutes":           d.QuietRounds == 3 && d.Quiet == hours(1)/6,
		"records may lag half an hour":                    d.StatusGrace == hours(1)/2,
		"a reload has fifteen minutes to become visible":  d.Reconcile == hours(1)/4,
		"it is looked for every fifteen seconds":          d.ReconcilePoll == upgrade.Duration(15*time.Second),
		"a look a minute makes several in the quiet time": d.Poll > 0 && d.Poll*upgrade.Duration(d.QuietRounds) < d.Quiet,
	} {
		if !ok {
			t.Errorf("not so: %s (%+v)", name, d)
		}
	}
	durations, counts := fields(&d)
	for name, field := range durations {
		if *field <= 0 {
			t.Errorf("%s has no default", name)
		}
	}
	for name, field := range counts {
		if *field <= 0 {
			t.Errorf("%s has no default", name)
		}
	}
}

func TestOrDefaultsFillsEachFieldThatIsZeroAndNoOther(t *testing.T) {
	if diff := cmp.Diff(upgrade.DefaultTiming(), upgrade.Timing{}.OrDefaults()); diff != "" {
		t.Errorf("of nothing (-want +got):\n%s", diff)
	}
	var names upgrade.Timing
	durations, counts := fields(&names)
	for name := range durations {
		var given upgrade.Timing
		want := upgrade.DefaultTiming()
		set, _ := fields(&given)
		*set[name] = 7
		set, _ = fields(&want)
		*set[name] = 7
		if diff := cmp.Diff(want, given.OrDefaults()); diff != "" {
			t.Errorf("with %s given (-want +got):\n%s", name, diff)
		}
	}
	for name := range counts {
		var given upgrade.Timing
		want := upgrade.DefaultTiming()
		_, set := fields(&given)
		*set[name] = 7
		_, set = fields(&want)
		*set[name] = 7
		if diff := cmp.Diff(want, given.OrDefaults()); diff != "" {
			t.Errorf("with %s given (-want +got):\n%s", name, diff)
		}
	}
}

func TestFasterDividesEveryDurationAndNoCount(t *testing.T) {
	before := upgrade.DefaultTiming()
	after := before.Faster(60)
	if diff := cmp.Diff(upgrade.DefaultTiming(), before); diff != "" {
		t.Errorf("the timing itself changed (-want +got):\n%s", diff)
	}
	was, counted := fields(&before)
	is, counts := fields(&after)
	for name, field := range is {
		if *field != *was[name]/60 {
			t.Errorf("%s: %s became %s", name, *was[name], *field)
		}
	}
	for name, field := range counts {
		if *field != *counted[name] {
			t.Errorf("%s: %d became %d", name, *counted[name], *field)
		}
	}
	if diff := cmp.Diff(upgrade.Timing{}, upgrade.Timing{}.Faster(60)); diff != "" {
		t.Errorf("nothing became something (-want +got):\n%s", diff)
	}
}

func TestValidateRefusesEachNegativeField(t *testing.T) {
	if err := (upgrade.Timing{}).Validate(); err != nil {
		t.Errorf("the empty timing: %v", err)
	}
	if err := upgrade.DefaultTiming().Validate(); err != nil {
		t.Errorf("the default timing: %v", err)
	}
	var names upgrade.Timing
	durations, counts := fields(&names)
	for name := range durations {
		timing := upgrade.DefaultTiming()
		set, _ := fields(&timing)
		*set[name] = -1
		if err := timing.Validate(); upgrade.KindOf(err) != upgrade.Invalid {
			t.Errorf("%s = -1: %v", name, err)
		}
	}
	for name := range counts {
		timing := upgrade.DefaultTiming()
		_, set := fields(&timing)
		*set[name] = -1
		if err := timing.Validate(); upgrade.KindOf(err) != upgrade.Invalid {
			t.Errorf("%s = -1: %v", name, err)
		}
	}
}

func TestTimingSurvivesJSON(t *testing.T) {
	for name, want := range map[string]upgrade.Timing{"nothing": {}, "the defaults": upgrade.DefaultTiming(), "a fast day": upgrade.DefaultTiming().Faster(3601.7)} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got upgrade.Timing
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s after JSON (-want +got):\n%s", name, diff)
		}
	}
	if text, err := json.Marshal(upgrade.Timing{}); string(text) != "{}" || err != nil {
		t.Errorf("the empty timing is written as %s, %v", text, err)
	}
}

func TestADurationIsATextInJSON(t *testing.T) {
	for text, want := range map[string]time.Duration{`"90s"`: 90 * time.Second, `"5h"`: 5 * time.Hour, `"1h30m"`: 90 * time.Minute, `"1.5s"`: 1500 * time.Millisecond} {
		var d upgrade.Duration
		if err := json.Unmarshal([]byte(text), &d); err != nil || d.D() != want {
			t.Errorf("%s read as %s, %v", text, d, err)
		}
	}
	for _, text := range []string{`90`, `"90"`, `""`, `"soon"`, `{}`, `true`, `["90s"]`} {
		d := upgrade.Duration(42)
		if err := json.Unmarshal([]byte(text), &d); err == nil || d != 42 {
			t.Errorf("%s read as %s, %v", text, d, err)
		}
	}
	if text, err := json.Marshal(upgrade.Duration(90 * time.Second)); string(text) != `"1m30s"` || err != nil {
		t.Errorf("written as %s, %v", text, err)
	}
}
