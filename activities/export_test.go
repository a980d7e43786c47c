package activities_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func exporting() activities.ExportInput {
	return activities.ExportInput{Gateway: pair(), DeviceEpoch: "reload 777", Folder: "gw-north/before"}
}

func TestExportStoresConfigurationAndStateOffTheBox(t *testing.T) {
	w := newWorld(t)
	got, err := run(w, w.activities().Export, exporting())
	if err != nil {
		t.Fatal(err)
	}
	curly, set := "system { host-name north; }\n", "set system host-name north\n"
	state := w.stored["gw-north/before/1/snapshot.json"]
	want := upgrade.Export{Curly: blob("gw-north/before/1/configuration.conf", curly), Set: blob("gw-north/before/1/configuration.set", set),
		Snapshot: blob("gw-north/before/1/snapshot.json", state), Mark: device(oldVersion).Mark}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	stored := map[string]string{want.Curly.Key: curly, want.Set.Key: set, want.Snapshot.Key: state}
	if diff := cmp.Diff(stored, w.stored); diff != "" {
		t.Errorf("stored (-want +got)\n%s", diff)
	}
	var taken upgrade.Snapshot
	if err := json.Unmarshal([]byte(state), &taken); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(snapshot(), taken); diff != "" {
		t.Errorf("snapshot (-want +got)\n%s", diff)
	}
	endpoint := []upgrade.Endpoint{{Address: floating, User: "root", Password: deviceSecret, Trust: upgrade.Trust{Epoch: "reload 777", Floating: true}}}
	if diff := cmp.Diff(endpoint, w.dialled); diff != "" {
		t.Errorf("dialled (-want +got)\n%s", diff)
	}
}

// Counters and clocks differ between two attempts, and nothing in the archive is ever overwritten.
func TestASecondAttemptOfAnExportGetsAFolderOfItsOwn(t *testing.T) {
	w := newWorld(t)
	later := snapshot()
	later.Sessions = 433
	w.snapshots = says(snapshot(), later)
	w.when["put gw-north/before/1/snapshot.json"] = func() {
		w.views = slices.Concat(fails[upgrade.Device](unreachable()), says(device(oldVersion)))
	}
	_, err := run(w, w.activities().Export, exporting())
	wantKind(t, err, upgrade.Unreachable)
	w.again()
	got, err := run(w, w.activities().Export, exporting())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []upgrade.Blob{got.Curly, got.Set, got.Snapshot} {
		if !strings.HasPrefix(b.Key, "gw-north/before/2/") {
			t.Errorf("stored as %s, want a folder of the attempt's own", b.Key)
		}
	}
	if len(w.stored) != 6 {
		t.Errorf("the archive holds %v, want three blobs of each attempt", slices.Collect(maps.Keys(w.stored)))
	}
}

func TestExportFails(t *testing.T) {
	lost := upgrade.Errorf(upgrade.Unreachable, "the session has ended")
	full := upgrade.Errorf(upgrade.Unreachable, "the bucket does not answer")
	for name, c := range map[string]struct {
		change func(*world)
		kind   upgrade.Kind
		text   string
	}{
		"when the passwords on record differ": {func(w *world) { w.devicePasswords[member2] = says(otherSecret) }, upgrade.Denied, "different root passwords"},
		"when the gateway does not answer":    {func(w *world) { w.deviceLogin = fails[string](unreachable()) }, upgrade.Unreachable, "no answer"},
		"when the gateway refuses the login":  {func(w *world) { w.deviceLogin = fails[string](denied()) }, upgrade.Denied, "refused"},
		"when the session ends in the middle of the curly form": {func(w *world) {
			w.configuration["text"] = script[string]{{value: "system {", err: lost}}
		}, upgrade.Unreachable, "exporting the configuration: storing gw-north/before/1/configuration.conf: the session has ended"},
		"when the session ends in the middle of the set form": {func(w *world) {
			w.configuration["set"] = script[string]{{value: "set sys", err: lost}}
		}, upgrade.Unreachable, "configuration.set: the session has ended"},
		"when the gateway refuses to show its configuration": {func(w *world) {
			w.configuration["text"] = fails[string](upgrade.Errorf(upgrade.Refused, "permission denied"))
		}, upgrade.Refused, "permission denied"},
		"when the curly form is empty":              {func(w *world) { w.configuration["text"] = says("") }, upgrade.Malformed, "empty"},
		"when the set form is empty":                {func(w *world) { w.configuration["set"] = says("") }, upgrade.Malformed, "empty"},
		"when the archive refuses the curly form":   {func(w *world) { w.puts = fails[string](full) }, upgrade.Unreachable, "the bucket"},
		"when the archive refuses the set form":     {func(w *world) { w.puts = slices.Concat(says(""), fails[string](full)) }, upgrade.Unreachable, "the bucket"},
		"when the archive refuses the snapshot":     {func(w *world) { w.puts = slices.Concat(says("", ""), fails[string](full)) }, upgrade.Unreachable, "the bucket"},
		"when the archive holds something else":     {func(w *world) { w.stored["gw-north/before/1/configuration.conf"] = "other\n" }, upgrade.Refused, "in use"},
		"when no snapshot can be taken":             {func(w *world) { w.snapshots = fails[upgrade.Snapshot](unreachable()) }, upgrade.Unreachable, "no answer"},
		"when the gateway cannot be seen afterward": {func(w *world) { w.views = fails[upgrade.Device](errors.New("the pump is broken")) }, upgrade.Internal, "pump"},
		"when the configuration changed meanwhile": {func(w *world) {
			d := device(oldVersion)
			d.Mark.Digest = "decade"
			w.views = says(d)
		}, upgrade.Drifted, "changed while it was exported"},
		"when the configuration's digest is not known": {func(w *world) {
			s := snapshot()
			s.Unread = []upgrade.Unread{{Item: "config", Reason: "the reply is cut off"}}
			w.snapshots = says(s)
		}, upgrade.Malformed, "no digest: the reply is cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			_, err := run(w, w.activities().Export, exporting())
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %q, want it to say %q", err, c.text)
			}
		})
	}
}

// An archive that gives up must not leave the gateway's answer waiting for a reader for ever.
func TestAnArchiveThatGivesUpEndsTheReading(t *testing.T) {
	w := newWorld(t)
	w.puts = fails[string](unreachable())
	_, err := run(w, w.activities().Export, exporting())
	wantKind(t, err, upgrade.Unreachable)
	<-w.streamed
}

func TestStoringAReportAgainGivesTheSame(t *testing.T) {
	w := newWorld(t)
	in := activities.StoreInput{Key: "gw-north/report.json", Report: upgrade.Report{GatewayID: gatewayID, Gateway: "gw-north", Outcome: upgrade.OutcomeCompleted}}
	first, err := run(w, w.activities().StoreReport, in)
	if err != nil {
		t.Fatal(err)
	}
	second, err := run(w, w.activities().StoreReport, in)
	if err != nil || second != first || first != blob(in.Key, w.stored[in.Key]) {
		t.Errorf("got %+v, then %+v, %v", first, second, err)
	}
	var kept upgrade.Report
	if err := json.Unmarshal([]byte(w.stored[in.Key]), &kept); err != nil || kept.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("kept %+v, %v", kept, err)
	}
	w.puts = fails[string](unreachable())
	_, err = run(w, w.activities().StoreReport, in)
	wantKind(t, err, upgrade.Unreachable)
}
