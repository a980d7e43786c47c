package activities_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

const exportedKey = "upgrades/81001/x/before-1/configuration.set"

// differing is the gateway with a configuration, and the exported one in the archive.
func differing(t *testing.T, exported, now string) (*world, activities.DifferInput) {
	w := newWorld(t)
	w.stored[exportedKey], w.configuration["set"] = exported, says(now)
	return w, activities.DifferInput{Gateway: pair(), DeviceEpoch: "reload 777", Stored: blob(exportedKey, exported)}
}

func TestDifferNamesWhatHasChangedAndWhoCommittedLast(t *testing.T) {
	const exported = "set version 22.4R3-S2.11\nset system host-name north\nset system services ssh\nset snmp community fake-community\n"
	const same = "set snmp community fake-community\nset system services ssh\nset system host-name north\n"
	for name, c := range map[string]struct {
		now  string
		want []string
	}{
		"nothing":             {exported, nil},
		"another order":       {same, nil},
		"another version":     {"set version 24.2R1-S1.2\n" + same, nil},
		"a value":             {strings.ReplaceAll(exported, "name north", "name south"), []string{"changed system host-name north → south"}},
		"one statement less":  {strings.ReplaceAll(exported, "set system services ssh\n", ""), []string{"removed system services ssh"}},
		"one statement more":  {exported + "set system services telnet\n", []string{"added system services telnet"}},
		"a secret, masked":    {exported + "set snmp community another-fake\n", []string{"added snmp community ***"}},
		"an inactive section": {exported + "deactivate snmp\n", []string{"deactivated snmp"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := differing(t, exported, c.now)
			got, err := run(w, w.activities().Differ, in)
			if err != nil {
				t.Fatal(err)
			}
			want := upgrade.ConfigChanges{Lines: c.want, Count: len(c.want), Commit: device(oldVersion).Mark.Commit}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if w.dialled[0].Trust != (upgrade.Trust{Epoch: "reload 777", Floating: true}) {
				t.Errorf("dialled with %+v", w.dialled[0].Trust)
			}
		})
	}
}

func TestDifferCountsAllAndTellsTheFirstForty(t *testing.T) {
	var now strings.Builder
	for i := range 57 {
		fmt.Fprintf(&now, "set security address-book global address a%d 192.0.2.%d/32\n", i, i)
	}
	w, in := differing(t, "set system host-name north\n", "set system host-name north\n"+now.String())
	got, err := run(w, w.activities().Differ, in)
	if err != nil || got.Count != 57 || len(got.Lines) != 40 {
		t.Errorf("%d lines of %d, %v", len(got.Lines), got.Count, err)
	}
}

func TestAnImportIsComparedWithItsPlan(t *testing.T) {
	const freshKey = "upgrades/81001/x/fresh-1/1/configuration.set"
	const exported = "set system host-name north\nset interfaces ge-0/0/0 unit 0 family inet\nset security zones security-zone T interfaces ge-0/0/0.0\n"
	const fresh = "set system host-name new\nset interfaces ae0 unit 0 family inet\n"
	const planned = "set system host-name north\nset security zones security-zone T interfaces ae0.0\nset interfaces ae0 unit 0 family inet\n"
	for name, c := range map[string]struct {
		now   string
		count int
	}{
		"and found as planned": {planned, 0},
		"and found otherwise":  {planned + "set system services telnet\n", 1},
		"and found not done":   {fresh, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := differing(t, exported, c.now)
			stored := blob(freshKey, fresh)
			w.stored[freshKey], in.Fresh = fresh, &stored
			if got, err := run(w, w.activities().Differ, in); err != nil || got.Count != c.count {
				t.Errorf("%+v, %v, want %d", got, err, c.count)
			}
		})
	}
}

func TestDifferFails(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world, *activities.DifferInput)
		kind  upgrade.Kind
	}{
		"without the stored configuration": {func(w *world, _ *activities.DifferInput) { w.stored = map[string]string{} }, upgrade.NotFound},
		"when the stored one breaks off":   {func(w *world, _ *activities.DifferInput) { w.reads = fails[string](unreachable()) }, upgrade.Unreachable},
		"without the fresh one": {func(_ *world, in *activities.DifferInput) { in.Fresh = &upgrade.Blob{Key: "none", Digest: "0"} },
			upgrade.NotFound},
		"when the login is refused":   {func(w *world, _ *activities.DifferInput) { w.deviceLogin = fails[string](denied()) }, upgrade.Denied},
		"when the device breaks off":  {func(w *world, _ *activities.DifferInput) { w.configuration["set"] = fails[string](unreachable()) }, upgrade.Unreachable},
		"when the device is not read": {func(w *world, _ *activities.DifferInput) { w.views = fails[upgrade.Device](unreachable()) }, upgrade.Unreachable},
		"without the password on record": {func(w *world, _ *activities.DifferInput) {
			w.devicePasswords[member2] = fails[upgrade.Secret](unreachable())
		}, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := differing(t, "set system host-name north\n", "set system host-name north\n")
			c.spoil(w, &in)
			_, err := run(w, w.activities().Differ, in)
			wantKind(t, err, c.kind)
		})
	}
}
