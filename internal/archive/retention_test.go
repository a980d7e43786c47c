package archive_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

const day = 24 * time.Hour

// stored is an upgrade that has stored everything, some days before noon.
func stored(gateway int, run string, days int) archive.Upgrade {
	u := archive.Upgrade{Gateway: gateway, Run: run}
	for _, k := range []archive.Kind{archive.KindConfiguration, archive.KindSnapshot, archive.KindReport} {
		u.Entries = append(u.Entries, archive.Entry{Blob: upgrade.Blob{Key: string(k)}, Kind: k, At: noon.Add(-time.Duration(days) * day)})
	}
	return u
}

func TestRetentionDeletesOnlyWhatItMay(t *testing.T) {
	limits := archive.Retention{Keep: 2, OlderThan: 90 * day}
	for name, c := range map[string]struct {
		limits archive.Retention
		change func(all []archive.Upgrade, open map[string]bool) []archive.Upgrade
		want   string // runs that are deleted
	}{
		"what exceeds both limits":               {limits, nil, "c d"},
		"by age alone":                           {archive.Retention{OlderThan: 90 * day}, nil, "b c d"},
		"by number alone":                        {archive.Retention{Keep: 1}, nil, "b c d"},
		"number alone, all within it":            {archive.Retention{Keep: 4}, nil, ""},
		"age alone, exactly of that age":         {archive.Retention{OlderThan: 300 * day}, nil, "d"},
		"age alone, all younger":                 {archive.Retention{OlderThan: 9999 * day}, nil, ""},
		"but not an open one":                    {limits, func(all []archive.Upgrade, open map[string]bool) []archive.Upgrade { open["d"] = true; return all }, "c"},
		"but not the newest complete one":        {archive.Retention{OlderThan: day}, func(all []archive.Upgrade, _ map[string]bool) []archive.Upgrade { return all[3:] }, ""},
		"the newest complete one may be an old":  {archive.Retention{OlderThan: day}, incomplete(0, 1), "a b d"},
		"without a report it is not complete":    {archive.Retention{OlderThan: day}, without(archive.KindReport), "a c d"},
		"without a snapshot it is not complete":  {archive.Retention{OlderThan: day}, without(archive.KindSnapshot), "a c d"},
		"without any configuration it is not":    {archive.Retention{OlderThan: day}, without(archive.KindConfiguration), "a c d"},
		"but not what is damaged":                {limits, damaged(2), "d"},
		"a damaged one is not the complete one":  {archive.Retention{OlderThan: day}, damaged(0), "c d"},
		"but not what was just written to":       {archive.Retention{Keep: 1}, fresh(1), "c d"},
		"what was written to an hour ago may go": {archive.Retention{Keep: 1}, settledFor(1, time.Hour), "b c d"},
		"another gateway's do not count":         {limits, another, "c d"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.limits.Validate(); err != nil {
				t.Fatal(err)
			}
			all, open := []archive.Upgrade{stored(4711, "a", 10), stored(4711, "b", 200), stored(4711, "c", 300), stored(4711, "d", 400)}, map[string]bool{"elsewhere": true}
			if c.change != nil {
				all = c.change(all, open)
			}
			var deleted []string
			verdicts := c.limits.Judge(all, open, noon)
			for _, v := range verdicts {
				if v.Delete {
					deleted = append(deleted, v.Upgrade.Run)
				}
				if v.Reason == "" {
					t.Errorf("nothing says why of %s", v.Upgrade.Run)
				}
			}
			if len(verdicts) != len(all) {
				t.Errorf("%d verdicts of %d upgrades", len(verdicts), len(all))
			}
			if diff := cmp.Diff(c.want, strings.Join(deleted, " ")); diff != "" {
				t.Errorf("deleted (-want +got):\n%s", diff)
			}
		})
	}
}

type change = func([]archive.Upgrade, map[string]bool) []archive.Upgrade

func incomplete(which ...int) change {
	return func(all []archive.Upgrade, _ map[string]bool) []archive.Upgrade {
		for _, i := range which {
			all[i].Entries = all[i].Entries[:1]
		}
		return all
	}
}

// without takes one kind from the newest.
func without(k archive.Kind) change {
	return func(all []archive.Upgrade, _ map[string]bool) []archive.Upgrade {
		for i := range all[0].Entries {
			if all[0].Entries[i].Kind == k {
				all[0].Entries[i].Kind = archive.KindOther
			}
		}
		return all
	}
}

func damaged(which int) change {
	return func(all []archive.Upgrade, _ map[string]bool) []archive.Upgrade {
		all[which].Damage = []archive.Finding{{Key: "k", Proof: archive.ProofNone, Text: "made up"}}
		return all
	}
}

func fresh(which int) change { return settledFor(which, time.Hour-time.Millisecond) }

// settledFor has a stray that is so old.
func settledFor(which int, age time.Duration) change {
	return func(all []archive.Upgrade, _ map[string]bool) []archive.Upgrade {
		all[which].Strays = []archive.Stray{{Name: "s", At: noon.Add(-age)}}
		return all
	}
}

func another(all []archive.Upgrade, _ map[string]bool) []archive.Upgrade {
	return append(all, stored(4712, "e", 500), stored(4712, "f", 600))
}

func TestARetentionWithoutSenseIsRefused(t *testing.T) {
	for name, r := range map[string]archive.Retention{"no limit": {}, "a negative number": {Keep: -1, OlderThan: day}, "a negative age": {Keep: 1, OlderThan: -day}} {
		t.Run(name, func(t *testing.T) {
			err := r.Validate()
			wantKind(t, err, upgrade.Invalid)
			if upgrade.AdviceOf(err) == "" {
				t.Error("there is no advice")
			}
		})
	}
}

func TestUpgradesAreListedByGatewayTheNewestFirst(t *testing.T) {
	for world, of := range map[string]func(string) archive.Config{"in files": plain, "in memory": func(string) archive.Config { return plain("mem://") }} {
		t.Run(world, func(t *testing.T) {
			c := of(fileURL(t.TempDir()))
			clock := noon
			c.Now = func() time.Time { return clock }
			a := open(t, c)
			for _, name := range []string{"900/run-a/before-1/1/configuration.conf", "4711/run-a/report.json", "4711/run-b/before-1/1/snapshot.json", "4711/run-a/licence.txt"} {
				clock = clock.Add(time.Hour)
				put(t, a, "upgrades/"+name, name)
			}
			put(t, a, "upgrades/no-number/run/report.json", "x")
			put(t, a, "elsewhere/4711/run/report.json", "x")
			put(t, a, "upgrades/4711/loose.json", "x")
			var got []string
			all, err := a.Upgrades(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range all {
				for _, e := range u.Entries {
					got = append(got, fmt.Sprintf("%d %s %s %s", u.Gateway, u.Run, e.Kind, e.At.Format(time.TimeOnly)))
				}
			}
			want := []string{"900 run-a configuration 13:00:00", "4711 run-a report 14:00:00", "4711 run-a other 16:00:00", "4711 run-b snapshot 15:00:00"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("listed (-want +got):\n%s", diff)
			}
			if one, err := a.Upgrades(t.Context(), 900); err != nil || len(one) != 1 || one[0].Gateway != 900 {
				t.Errorf("of one gateway %+v, %v", one, err)
			}
			if none, err := a.Upgrades(t.Context(), 90); err != nil || len(none) != 0 {
				t.Errorf("of a gateway without any %+v, %v", none, err)
			}
		})
	}
}

func TestRemovingAnUpgradeLeavesTheOthers(t *testing.T) {
	a, folder := openSealed(t)
	for _, name := range []string{"upgrades/4711/old/before-1/1/configuration.conf", "upgrades/4711/old/report.json"} {
		put(t, a, name, "x")
	}
	kept := put(t, a, "upgrades/4711/young/report.json", "x")
	all, err := a.Upgrades(t.Context(), 4711)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range all {
		for range 2 { // also when somebody else was quicker
			if u.Run == "old" {
				if err := a.Remove(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if diff := cmp.Diff([]string{kept.Object, kept.Key + ".entry.json"}, files(t, folder)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if err := a.Remove(t.Context(), archive.Upgrade{Damage: []archive.Finding{{Key: "k"}}}); upgrade.KindOf(err) != upgrade.Refused {
		t.Errorf("a damaged upgrade was removed: %v", err)
	}
}
