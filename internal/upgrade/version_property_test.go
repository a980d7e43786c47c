package upgrade_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"testing/quick"

	"vsrx-upgrade/internal/upgrade"
)

// release generates names of Junos releases, short ones too, from a domain small enough that equal parts are common.
type release string

func (release) Generate(r *rand.Rand, _ int) reflect.Value {
	name := fmt.Sprintf("%d.%d", 14+r.Intn(3), 1+r.Intn(3))
	if r.Intn(12) == 0 {
		return reflect.ValueOf(release(name))
	}
	branch, follower := "R", "S"
	if r.Intn(3) == 0 {
		branch, follower = "X", "D"
	}
	name += fmt.Sprintf("%s%d", branch, 1+r.Intn(12))
	if r.Intn(3) > 0 {
		name += fmt.Sprintf("-%s%d", follower, 1+r.Intn(12))
	}
	if r.Intn(4) > 0 {
		name += fmt.Sprintf(".%d", 1+r.Intn(12))
	}
	return reflect.ValueOf(release(name))
}

// holds checks the property over generated releases, always the same ones.
func holds(t *testing.T, property any) {
	t.Helper()
	if err := quick.Check(property, &quick.Config{MaxCount: 20_000, Rand: rand.New(rand.NewSource(23))}); err != nil {
		t.Error(err)
	}
}

// order compares two names: -1, 0 or 1, and whether they can be compared.
func order(t *testing.T, a, b release) (int, bool) {
	t.Helper()
	n, err := parse(t, string(a)).Compare(parse(t, string(b)))
	switch {
	case err != nil:
		return 0, false
	case n < 0:
		return -1, true
	case n > 0:
		return 1, true
	}
	return 0, true
}

func TestCompareIsAntisymmetric(t *testing.T) {
	holds(t, func(a, b release) bool {
		there, ok := order(t, a, b)
		back, comparable := order(t, b, a)
		return ok == comparable && there == -back
	})
}

func TestCompareIsReflexive(t *testing.T) {
	holds(t, func(a release) bool {
		n, ok := order(t, a, a)
		return ok && n == 0
	})
}

// Older than is transitive also where short names take part, although "equal" is not: a short name equals every spin.
func TestOlderThanIsTransitive(t *testing.T) {
	chains := 0
	holds(t, func(a, b, c release) bool {
		first, ok := order(t, a, b)
		second, also := order(t, b, c)
		if !ok || !also || first == 0 || first != second {
			return true
		}
		chains++
		whole, comparable := order(t, a, c)
		return comparable && whole == first
	})
	if chains < 1000 {
		t.Errorf("only %d of the generated triples were chains", chains)
	}
}

func TestAReleaseFitsItsNameWithoutTheSpinAndIsNeitherOlderNorNewer(t *testing.T) {
	fitting := 0
	holds(t, func(a release) bool {
		v := parse(t, string(a))
		if v.Spin < 0 {
			return true
		}
		short := release(strings.TrimSuffix(string(a), fmt.Sprintf(".%d", v.Spin)))
		fitting++
		n, ok := order(t, a, short)
		return ok && n == 0 && v.Fits(parse(t, string(short)))
	})
	if fitting < 1000 {
		t.Errorf("only %d of the generated releases had a spin", fitting)
	}
}

func TestSameReleaseIsSymmetric(t *testing.T) {
	holds(t, func(a, b release) bool {
		return upgrade.SameRelease(string(a), string(b)) == upgrade.SameRelease(string(b), string(a)) && upgrade.SameRelease(string(a), string(a))
	})
}

func FuzzParseVersion(f *testing.F) {
	for _, text := range []string{"", "22.3", "22.3R1-S2.6", "15.1X49-D170.4", "Junos 22.3R3", "22.3R1-S2.6-EVO", "22.3R1-D30", "9.6R99999999999999999999.1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := upgrade.ParseVersion(text)
		if err != nil {
			if upgrade.KindOf(err) != upgrade.Invalid || v != (upgrade.Version{}) {
				t.Fatalf("ParseVersion(%q) = %+v, %v", text, v, err)
			}
			return
		}
		again, err := upgrade.ParseVersion(v.String())
		if err != nil || again != v {
			t.Fatalf("%q was read as %+v, its own name %q as %+v, %v", text, v, v, again, err)
		}
		if n, err := v.Compare(again); n != 0 || err != nil || !v.Fits(again) || !upgrade.SameRelease(text, v.String()) {
			t.Fatalf("%q is not the same release as itself: %d, %v", text, n, err)
		}
	})
}
