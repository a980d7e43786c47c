package archive_test

import (
	"testing"

	"vsrx-upgrade/internal/archive"
)

func TestAnEntrySaysWhatItHolds(t *testing.T) {
	a := open(t, plain("mem://"))
	for name, want := range map[string]archive.Kind{
		"before-1/1/configuration.conf": archive.KindConfiguration,
		"before-1/1/configuration.xml":  archive.KindConfiguration,
		"before-1/1/snapshot.json":      archive.KindSnapshot,
		"before-1/1/rescue.conf":        archive.KindRescue,
		"before-1/1/licences.txt":       archive.KindLicences,
		"before-1/1/licence-keys.txt":   archive.KindLicenceKeys,
		"before-1/1/certificates.txt":   archive.KindCertificates,
		"checks-1/1/facts.json":         archive.KindFacts,
		"report.json":                   archive.KindReport,
		"rescue/of-tomorrow.txt":        archive.KindOther,
		"configurations.txt":            archive.KindOther,
	} {
		key := "upgrades/4711/run/" + name
		put(t, a, key, name)
		if e, err := a.Entry(t.Context(), key); err != nil || e.Kind != want {
			t.Errorf("%s is of kind %q, %v, want %q", name, e.Kind, err, want)
		}
	}
}

// A rescue configuration is a configuration of another day: it completes no upgrade.
func TestDocumentsDoNotMakeAnUpgradeComplete(t *testing.T) {
	a := open(t, plain("mem://"))
	for _, name := range []string{"before-1/1/rescue.conf", "before-1/1/snapshot.json", "report.json"} {
		put(t, a, "upgrades/4711/run/"+name, name)
	}
	all, err := a.Upgrades(t.Context(), 4711)
	if err != nil || len(all) != 1 || all[0].Complete() {
		t.Errorf("got %+v, %v", all, err)
	}
	put(t, a, "upgrades/4711/run/before-1/1/configuration.conf", "x")
	if all, err = a.Upgrades(t.Context(), 4711); err != nil || !all[0].Complete() {
		t.Errorf("with its configuration: %+v, %v", all, err)
	}
}
