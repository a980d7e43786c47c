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

func TestExportStoresEverythingOffTheBox(t *testing.T) {
	w := newWorld(t)
	got, err := run(w, w.activities().Export, exporting())
	if err != nil {
		t.Fatal(err)
	}
	const folder = "gw-north/before/1/"
	stored := map[string]string{
		folder + "configuration.conf": "system { host-name north; }\n",
		folder + "configuration.set":  "set system host-name north\n",
		folder + "configuration.xml":  "<configuration/>\n",
		folder + "snapshot.json":      w.stored[folder+"snapshot.json"],
		folder + "licences.txt":       "License usage:\n",
		folder + "licence-keys.txt":   "FAKE0001 notakey notakey\n",
		folder + "certificates.txt":   "Certificate identifier: north-vpn\n",
	}
	if diff := cmp.Diff(stored, w.stored); diff != "" {
		t.Errorf("stored (-want +got)\n%s", diff)
	}
	is := func(name string) upgrade.Blob { return blob(folder+name, stored[folder+name]) }
	want := upgrade.Export{Curly: is("configuration.conf"), Set: is("configuration.set"), XML: is("configuration.xml"), Snapshot: is("snapshot.json"),
		Documents: []upgrade.StoredDocument{
			{Name: upgrade.DocumentRescue, Outcome: upgrade.DocumentNone},
			{Name: upgrade.DocumentLicences, Outcome: upgrade.DocumentStored, Blob: is("licences.txt")},
			{Name: upgrade.DocumentLicenceKeys, Outcome: upgrade.DocumentStored, Blob: is("licence-keys.txt")},
			{Name: upgrade.DocumentCertificates, Outcome: upgrade.DocumentStored, Blob: is("certificates.txt")},
		}, Mark: device(oldVersion).Mark}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var taken upgrade.Snapshot
	if err := json.Unmarshal([]byte(stored[folder+"snapshot.json"]), &taken); err != nil {
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

// The workflow's history holds what an export gives back: names, sizes and digests of what was stored, and not a word of it.
func TestWhatIsStoredDoesNotEnterTheHistory(t *testing.T) {
	w := newWorld(t)
	got, err := run(w, w.activities().Export, exporting())
	if err != nil {
		t.Fatal(err)
	}
	history, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"notakey", "FAKE0001", "host-name", "north-vpn"} {
		if strings.Contains(string(history), word) {
			t.Errorf("the history would hold %q: %s", word, history)
		}
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
	for _, b := range append([]upgrade.Blob{got.Curly, got.Set, got.XML, got.Snapshot}, blobsOf(got.Documents)...) {
		if !strings.HasPrefix(b.Key, "gw-north/before/2/") {
			t.Errorf("stored as %s, want a folder of the attempt's own", b.Key)
		}
	}
	if len(w.stored) != 14 {
		t.Errorf("the archive holds %v, want seven blobs of each attempt", slices.Collect(maps.Keys(w.stored)))
	}
}

func blobsOf(documents []upgrade.StoredDocument) (blobs []upgrade.Blob) {
	for _, d := range documents {
		if d.Outcome == upgrade.DocumentStored {
			blobs = append(blobs, d.Blob)
		}
	}
	return blobs
}

// A worker may die before a read, in the middle of it, or when what was read is stored. What its successor stores lies
// beside it, and what was there is as it was.
func TestAnExportIsRepeatedBesideTheLostOne(t *testing.T) {
	lost := upgrade.Errorf(upgrade.Unreachable, "the session has ended")
	cut := script[string]{{value: "half of", err: lost}}
	dies := map[string]func(*world){}
	for i, format := range []string{"text", "set", "xml"} {
		dies["before the form "+format] = func(w *world) { w.configuration[format] = fails[string](lost) }
		dies["in the form "+format] = func(w *world) { w.configuration[format] = cut }
		dies["storing the form "+format] = func(w *world) { w.puts = slices.Concat(says(slices.Repeat([]string{""}, i)...), fails[string](lost)) }
	}
	for i, name := range upgrade.Documents() {
		dies["before the "+string(name)] = func(w *world) { w.documents[name] = fails[string](lost) }
		dies["in the "+string(name)] = func(w *world) { w.documents[name] = cut }
		dies["storing the "+string(name)] = func(w *world) {
			w.documents[name] = says("everything")
			w.puts = slices.Concat(says(slices.Repeat([]string{""}, 4+i)...), fails[string](lost))
		}
	}
	for name, die := range dies {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			die(w)
			_, err := run(w, w.activities().Export, exporting())
			wantKind(t, err, upgrade.Unreachable)
			before := maps.Clone(w.stored)
			whole := newWorld(t)
			w.puts, w.configuration, w.documents = whole.puts, whole.configuration, whole.documents
			w.again()
			got, err := run(w, w.activities().Export, exporting())
			if err != nil || got.Mark != device(oldVersion).Mark {
				t.Fatalf("got %+v, %v", got, err)
			}
			for key, text := range before {
				if w.stored[key] != text {
					t.Errorf("%s was %q and is %q", key, text, w.stored[key])
				}
			}
			if n := len(w.stored) - len(before); n != 7 {
				t.Errorf("the second attempt stored %d blobs, want seven", n)
			}
		})
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
		"when the curly form is empty":            {func(w *world) { w.configuration["text"] = says("") }, upgrade.Malformed, "empty"},
		"when the set form is empty":              {func(w *world) { w.configuration["set"] = says("") }, upgrade.Malformed, "empty"},
		"when the archive refuses the curly form": {func(w *world) { w.puts = fails[string](full) }, upgrade.Unreachable, "the bucket"},
		"when the archive refuses the set form":   {func(w *world) { w.puts = slices.Concat(says(""), fails[string](full)) }, upgrade.Unreachable, "the bucket"},
		"when the archive refuses the XML form":   {func(w *world) { w.puts = slices.Concat(says("", ""), fails[string](full)) }, upgrade.Unreachable, "the bucket"},
		"when the archive refuses the snapshot":   {func(w *world) { w.puts = slices.Concat(says("", "", ""), fails[string](full)) }, upgrade.Unreachable, "the bucket"},
		"when the archive holds something else":   {func(w *world) { w.stored["gw-north/before/1/configuration.conf"] = "other\n" }, upgrade.Refused, "in use"},
		"when the archive refuses a document":     {func(w *world) { w.puts = slices.Concat(says("", "", "", "", ""), fails[string](full)) }, upgrade.Unreachable, "exporting the document licences: the bucket"},
		"when the archive is closed to a document": {func(w *world) {
			w.puts = slices.Concat(says("", "", "", "", ""), fails[string](upgrade.Errorf(upgrade.Refused, "not here")))
		}, upgrade.Refused, "exporting the document licences: not here"},
		"when the archive lacks its bucket for a document": {func(w *world) {
			w.puts = slices.Concat(says("", "", "", "", ""), fails[string](upgrade.Errorf(upgrade.NotFound, "no bucket")))
		}, upgrade.NotFound, "exporting the document licences: no bucket"},
		"when the session ends in the middle of a document": {func(w *world) {
			w.documents[upgrade.DocumentLicenceKeys] = script[string]{{value: "FAKE0001 nota", err: lost}}
		}, upgrade.Unreachable, "exporting the document licence-keys: storing gw-north/before/1/licence-keys.txt: the session has ended"},
		"when the session ends in the middle of the XML form": {func(w *world) {
			w.configuration["xml"] = script[string]{{value: "<configura", err: lost}}
		}, upgrade.Unreachable, "configuration.xml: the session has ended"},
		"when the XML form is empty":                {func(w *world) { w.configuration["xml"] = says("") }, upgrade.Malformed, "empty"},
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
