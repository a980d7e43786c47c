package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// replacer takes replacements in place of the device.
type replacer struct {
	devices
	asked   []activities.Replacement
	at      []upgrade.Endpoint
	changed bool
	err     error
}

func (r *replacer) Replace(_ context.Context, e upgrade.Endpoint, in activities.Replacement) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note("replace the configuration")
	r.asked, r.at = append(r.asked, in), append(r.at, e)
	return r.changed, r.err
}

const (
	savedSet = "set version 21.4R3.15\nset system host-name north\nset system root-authentication encrypted-password \"$6$fake$of-north\"\nset interfaces ae0 unit 0 family inet\nset security policies global policy P then permit\n"
	freshSet = "set version 24.2R1-S1.2\nset system host-name new\nset interfaces ae0 unit 0 family inet address 10.8.0.2/26\n"
)

// newRestore is a rebuilt gateway, with its saved configuration in the archive.
func newRestore(t *testing.T) (*world, *replacer, activities.RestoreInput) {
	w := newWorld(t)
	r := &replacer{devices: devices{w}, changed: true}
	w.ports = func(a *activities.Activities) { a.Devices = r }
	w.configuration["set"] = says(freshSet)
	w.stored["upgrades/81001/x/before-1/configuration.set"] = savedSet
	return w, r, activities.RestoreInput{Gateway: pair(), Permit: permit(), DeviceEpoch: "reload 777", ConfirmMinutes: 7, Log: "vsrx-upgrade gw-north: import",
		Saved: blob("upgrades/81001/x/before-1/configuration.set", savedSet), Folder: "upgrades/81001/x/fresh-1"}
}

func TestRestoreBringsTheSavedConfigurationBackAndStoresWhatWasThere(t *testing.T) {
	w, r, in := newRestore(t)
	got, err := run(w, w.activities().Restore, in)
	if err != nil || !got.Changed {
		t.Fatalf("%+v, %v", got, err)
	}
	if want := blob("upgrades/81001/x/fresh-1/1/configuration.set", freshSet); got.Fresh != want || w.stored[want.Key] != freshSet {
		t.Errorf("stored as %+v, want %+v", got.Fresh, want)
	}
	want := []string{"delete system", "set system host-name north", `set system root-authentication encrypted-password "$6$fake$of-north"`, "set security policies global policy P then permit"}
	if diff := cmp.Diff(want, r.asked[0].Commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if r.asked[0].ConfirmMinutes != 7 || r.asked[0].Log != in.Log {
		t.Errorf("asked with %+v", r.asked[0])
	}
	if diff := cmp.Diff(upgrade.Endpoint{Address: floating, User: "root", Password: deviceSecret, Trust: upgrade.Trust{Epoch: "reload 777", Floating: true}}, r.at[0]); diff != "" {
		t.Errorf("login (-want +got):\n%s", diff)
	}
	if first := w.calls[0]; !strings.HasPrefix(first, "look at permit") {
		t.Errorf("first was %q", first)
	}
	if strings.Contains(strings.Join(got.Plan, " "), "$6$fake") {
		t.Errorf("the plan shows a secret: %q", got.Plan)
	}
}

func TestARestoredConfigurationIsInForceInAnyOrderAndWithNothingElse(t *testing.T) {
	w, r, in := newRestore(t)
	if _, err := run(w, w.activities().Restore, in); err != nil {
		t.Fatal(err)
	}
	const reached = "set security policies global policy P then permit\nset interfaces ae0 unit 0 family inet address 10.8.0.2/26\nset system root-authentication encrypted-password \"$6$fake$of-north\"\nset system host-name north\n"
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"the planned one":           {reached, true},
		"of another version line":   {"set version 24.2R1-S1.9\n" + reached, true},
		"with the fresh host name":  {strings.ReplaceAll(reached, "host-name north", "host-name new"), false},
		"with the saved interfaces": {strings.ReplaceAll(reached, " address 10.8.0.2/26", ""), false},
		"with one statement more":   {reached + "set system services telnet\n", false},
		"with an inactive part":     {reached + "deactivate security\n", false},
		"the fresh one":             {freshSet, false},
		"none":                      {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := r.asked[0].InForce([]byte(c.text))
			if err != nil || got != c.want {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
	if _, err := r.asked[0].InForce([]byte("set a [\n")); err == nil {
		t.Error("what cannot be read is taken for an answer")
	}
}

func TestOnlyTheNamedSectionsAreRestored(t *testing.T) {
	w, r, in := newRestore(t)
	in.Sections = [][]string{{"security", "policies"}}
	if _, err := run(w, w.activities().Restore, in); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"set security policies global policy P then permit"}, r.asked[0].Commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func TestEachAttemptStoresWhatItFindsInAFolderOfItsOwn(t *testing.T) {
	w, r, in := newRestore(t)
	r.err = unreachable()
	_, err := run(w, w.activities().Restore, in)
	wantKind(t, err, upgrade.Unreachable)
	w.again()
	r.err, w.configuration["set"] = nil, says(savedSet) // the first one had been committed
	got, err := run(w, w.activities().Restore, in)
	if err != nil || got.Fresh.Key != "upgrades/81001/x/fresh-1/2/configuration.set" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRestoreReplacesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world, *activities.RestoreInput)
		kind  upgrade.Kind
		text  string
	}{
		"behind a closed permit":           {func(w *world, _ *activities.RestoreInput) { w.permitOpen = says(false) }, upgrade.LockLost, "not open any more"},
		"while the permit is unknown":      {func(w *world, _ *activities.RestoreInput) { w.permitOpen = fails[bool](unreachable()) }, upgrade.Unreachable, "pod permit"},
		"without the saved configuration":  {func(w *world, _ *activities.RestoreInput) { w.stored = map[string]string{} }, upgrade.NotFound, "not in the archive"},
		"from one with another digest":     {func(_ *world, in *activities.RestoreInput) { in.Saved.Digest = "ffff" }, upgrade.NotFound, "not in the archive"},
		"from one that breaks off":         {func(w *world, _ *activities.RestoreInput) { w.reads = fails[string](unreachable()) }, upgrade.Unreachable, "reading the stored configuration"},
		"when the login is refused":        {func(w *world, _ *activities.RestoreInput) { w.deviceLogin = fails[string](denied()) }, upgrade.Denied, "refused"},
		"when the running one breaks off":  {func(w *world, _ *activities.RestoreInput) { w.configuration["set"] = fails[string](unreachable()) }, upgrade.Unreachable, "no answer"},
		"when the fresh one is not stored": {func(w *world, _ *activities.RestoreInput) { w.puts = fails[string](unreachable()) }, upgrade.Unreachable, "no answer"},
		"when a port has no counterpart": {func(w *world, in *activities.RestoreInput) {
			w.save(in, savedSet+"set interfaces ge-0/0/5 unit 0 family inet\n")
		}, upgrade.Unsupported, "ge-0/0/5"},
		"with passwords on record that vary": {func(w *world, _ *activities.RestoreInput) { w.devicePasswords[member1] = says(otherSecret) }, upgrade.Denied, "different root passwords"},
	} {
		t.Run(name, func(t *testing.T) {
			w, r, in := newRestore(t)
			c.spoil(w, &in)
			_, err := run(w, w.activities().Restore, in)
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), c.text) {
				t.Errorf("it says %q, want %q in it", err, c.text)
			}
			if len(r.asked) > 0 {
				t.Errorf("the device was asked for %+v", r.asked)
			}
		})
	}
}

// save makes another configuration the saved one.
func (w *world) save(in *activities.RestoreInput, text string) {
	w.stored[in.Saved.Key], in.Saved = text, blob(in.Saved.Key, text)
}

func TestAnImportThatIsNotInForceNamesThePlanAndNoSecret(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind upgrade.Kind
	}{
		"because the device refuses a statement": {upgrade.Errorf(upgrade.Refused, "error: syntax error"), upgrade.Refused},
		"because the line is dead":               {unreachable(), upgrade.Unreachable},
		"because the answer is of no kind":       {errors.New("strange"), upgrade.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			w, r, in := newRestore(t)
			r.err = c.err
			_, err := run(w, w.activities().Restore, in)
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), "bringing the configuration back (left as the new version has it: ae0)") || strings.Contains(err.Error(), "$6$fake") {
				t.Errorf("it says %q", err)
			}
		})
	}
}
