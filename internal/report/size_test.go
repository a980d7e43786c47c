package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/report"
	"vsrx-upgrade/internal/upgrade"
)

const (
	manyEvents  = 100
	htmlMaximum = 300 << 10 // bytes: a page that mail and chat take
)

// eventful is an upgrade that a hundred things happened to, each told at length: it was held, decided and noticed time and
// again, and a hundred lines of the configuration and as many values of the state are not as they were.
func eventful(r upgrade.Report) upgrade.Report {
	told := strings.Repeat("what the gateway said about it <in its own words>, ", 4)
	last := r.Log[len(r.Log)-1]
	for n := len(r.Log); n < manyEvents; n++ {
		last.At, last.Text = last.At.Add(time.Minute), fmt.Sprintf("held (unhealthy): event %d: %s", n, told)
		r.Log = append(r.Log, last)
	}
	for n := range manyEvents {
		r.Decisions = append(r.Decisions, upgrade.Decision{Name: "retry", By: "someone@example.net", Reason: told, At: last.At})
		r.Notices = append(r.Notices, told)
		r.Differences = append(r.Differences, upgrade.Difference{Item: fmt.Sprintf("interface ge-0/0/%d", n), Before: "up", After: "down"})
	}
	for n, name := range upgrade.Documents() {
		r.Export.Documents = append(r.Export.Documents, upgrade.StoredDocument{Name: name, Outcome: upgrade.DocumentStored,
			Blob: upgrade.Blob{Key: fmt.Sprintf("before-1/1/%s.txt", name), Size: int64(n), Digest: r.Export.Set.Digest}})
	}
	return r
}

func TestAReportOfAHundredEventsStaysSmall(t *testing.T) {
	r := eventful(fixture(t, "completed-pair"))
	page := html(t, r)
	if len(page) > htmlMaximum {
		t.Errorf("the page has %d bytes, the limit is %d", len(page), htmlMaximum)
	}
	for _, says := range []string{r.Log[manyEvents-1].Text[:40], "retry", "interface ge-0/0/99", "before-1/1/licence-keys.txt"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page lacks %q", says)
		}
	}
}

func TestAReportSaysWhatTheArchiveHoldsOfTheGateway(t *testing.T) {
	r := fixture(t, "completed-pair")
	key := func(name string) upgrade.Blob {
		return upgrade.Blob{Key: "before-1/1/" + name, Size: 7, Digest: strings.Repeat("ab", 32)}
	}
	r.Export.XML = key("configuration.xml")
	r.Export.Documents = []upgrade.StoredDocument{
		{Name: upgrade.DocumentRescue, Outcome: upgrade.DocumentNone},
		{Name: upgrade.DocumentLicenceKeys, Outcome: upgrade.DocumentStored, Blob: key("licence-keys.txt")},
		{Name: upgrade.DocumentCertificates, Outcome: upgrade.DocumentUnread, Reason: "syntax error, get-pki-local-certificate"},
		{Name: "of-tomorrow", Outcome: upgrade.DocumentStored, Blob: key("of-tomorrow.txt")},
	}
	for form, text := range map[string]string{"HTML": html(t, r), "Markdown": strings.ReplaceAll(markdown(t, r), `\`, "")} {
		for _, says := range []string{"XML form", "before-1/1/configuration.xml", "rescue configuration: the gateway had none", "before-1/1/licence-keys.txt",
			"local certificates: could not be read: syntax error, get-pki-local-certificate", "before-1/1/of-tomorrow.txt"} {
			if !strings.Contains(text, says) {
				t.Errorf("%s lacks %q", form, says)
			}
		}
	}
	r.Export.XML, r.Export.Documents = upgrade.Blob{}, nil
	if text := html(t, r); strings.Contains(text, "XML form") {
		t.Error("a report of before the XML form was kept speaks of it")
	}
}

// BenchmarkHTML writes the page of an upgrade of a hundred events.
func BenchmarkHTML(b *testing.B) {
	text, err := os.ReadFile("testdata/completed-pair.json")
	if err != nil {
		b.Fatal(err)
	}
	var r upgrade.Report
	if err := json.Unmarshal(text, &r); err != nil {
		b.Fatal(err)
	}
	r = eventful(r)
	written := 0
	b.ReportAllocs()
	for b.Loop() {
		var page strings.Builder
		if err := report.HTML(&page, report.View{Report: r, Now: later()}); err != nil {
			b.Fatal(err)
		}
		written = page.Len()
	}
	b.ReportMetric(float64(written)/1024, "KiB")
}
