package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/report"
	"vsrx-upgrade/internal/upgrade"
)

func TestThePageFetchesAndRunsNothing(t *testing.T) {
	for name, text := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			page := html(t, read(t, text))
			all := elements(t, page)
			for _, e := range all {
				if slices.Contains([]string{"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use", "a"}, e.name) {
					t.Errorf("there is an element %s", e.name)
				}
				for attribute := range e.attrs {
					if attribute == "style" || attribute == "src" || attribute == "href" || strings.HasPrefix(attribute, "on") {
						t.Errorf("%s has the attribute %s", e.name, attribute)
					}
				}
			}
			for _, word := range []string{"url(", "@import", "http:", "https:"} {
				if strings.Contains(page, word) {
					t.Errorf("the page holds %q", word)
				}
			}
			policy := ""
			for _, e := range find(all, "meta", "") {
				if e.attrs["http-equiv"] == "Content-Security-Policy" {
					policy = e.attrs["content"]
				}
			}
			digest := sha256.Sum256([]byte(between(page, "<style>", "</style>")))
			want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
			if policy != want {
				t.Errorf("the policy is %q, not %q", policy, want)
			}
		})
	}
}

func between(text, begin, end string) string {
	_, text, _ = strings.Cut(text, begin)
	text, _, _ = strings.Cut(text, end)
	return text
}

func TestTheLightAndTheDarkPageNameTheSameColours(t *testing.T) {
	style := between(html(t, upgrade.Report{}), "<style>", "</style>")
	light, dark, found := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	dark, _, _ = strings.Cut(dark, "\n}\n")
	if !found {
		t.Fatal("there is no dark page")
	}
	names := func(text string) (all []string) {
		for _, word := range strings.Fields(text) {
			if strings.HasPrefix(word, "--") && strings.HasSuffix(word, ":") {
				all = append(all, word)
			}
		}
		return all
	}
	if len(names(dark)) == 0 || !slices.Equal(names(light), names(dark)) {
		t.Errorf("light %v, dark %v", names(light), names(dark))
	}
}

func TestWhatIsLeftIsAChecklist(t *testing.T) {
	r := fixture(t, "completed-pair")
	all := elements(t, html(t, r))
	var items []string
	for _, e := range find(all, "label", "") {
		items = append(items, strings.TrimSpace(e.text))
	}
	if !slices.Equal(items, r.ToDo) {
		t.Errorf("the page lists %q", items)
	}
	if boxes := find(all, "input", ""); len(boxes) != len(r.ToDo) || boxes[0].attrs["type"] != "checkbox" {
		t.Errorf("there are the boxes %v", boxes)
	}
	if n := strings.Count(markdown(t, r), "\n- [ ] "); n != len(r.ToDo) {
		t.Errorf("Markdown has %d boxes", n)
	}
}

func TestAnUpgradeThatWaitsSaysForWhatAndWhatPeopleMaySay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*upgrade.Report)
		says   []string
	}{
		"a hold": {func(*upgrade.Report) {}, []string{"Holding since 2027-03-07 02:31:00 (not-ready)", "does not resolve", "repair what failed", "starter retry 88041 --by NAME --reason TEXT", "starter accept-warnings 88041 --codes CODES"}},
		"a question": {func(r *upgrade.Report) {
			r.Hold, r.Ask, r.Choices = nil, &upgrade.Ask{Text: "reload node0?", Since: later()}, []string{"approve"}
		}, []string{"Approval needed since 2027-03-07 04:10:00", "reload node0?", "starter approve 88041"}},
		"a pause": {func(r *upgrade.Report) {
			r.Hold, r.Paused = nil, &upgrade.Decision{By: "kim", Reason: "lunch", At: later()}
		}, []string{"Paused since 2027-03-07 04:10:00 by kim", "lunch"}},
		"a queue": {func(r *upgrade.Report) { r.Hold, r.Waiting = nil, "place 7" }, []string{"Waiting", "place 7"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture(t, "held")
			c.change(&r)
			box := find(elements(t, html(t, r)), "section", "next")
			if len(box) != 1 {
				t.Fatalf("there are %d boxes", len(box))
			}
			text := strings.ReplaceAll(markdown(t, r), `\`, "")
			for _, says := range c.says {
				if !strings.Contains(box[0].text, says) {
					t.Errorf("HTML does not say %q: %s", says, box[0].text)
				}
				if !strings.Contains(text, says) {
					t.Errorf("Markdown does not say %q", says)
				}
			}
		})
	}
	for _, name := range []string{"completed-pair", "aborted", "refused", "planned"} {
		if box := find(elements(t, html(t, fixture(t, name))), "section", "next"); len(box) != 0 {
			t.Errorf("%s waits for %q", name, box[0].text)
		}
	}
}

func TestFailuresComeFirstAndPassesAreFolded(t *testing.T) {
	r := fixture(t, "held")
	r.Checks = append(r.Checks, upgrade.CheckResult{Name: "of-tomorrow", Verdict: "perhaps", Evidence: "a verdict that nobody knows"})
	var open, folded []string
	for _, e := range find(elements(t, html(t, r)), "span", "mark") {
		if slices.Contains(e.inside, "details") {
			folded = append(folded, e.text)
		} else {
			open = append(open, e.text)
		}
	}
	if want := []string{"fail", "fail", "error", "perhaps", "warn"}; !slices.Equal(open, want) {
		t.Errorf("open are %v, not %v", open, want)
	}
	for _, e := range find(elements(t, html(t, r)), "details", "") {
		if _, unfolded := e.attrs["open"]; unfolded {
			t.Errorf("%.20q is not folded", strings.TrimSpace(e.text))
		}
	}
	if len(folded) != 29 || slices.Contains(folded, "fail") {
		t.Errorf("folded are %v", folded)
	}
	if want := "2 failures, 2 questions without an answer, 1 warning, 28 passes, 1 does not apply"; !strings.Contains(html(t, r), want) || !strings.Contains(markdown(t, r), want) {
		t.Errorf("they are not counted as %q", want)
	}
}

func TestDifferencesAreSplitIntoExpectedAndToLookAt(t *testing.T) {
	page := html(t, fixture(t, "completed-pair"))
	for _, e := range find(elements(t, page), "tr", "") {
		expected := strings.Contains(e.text, "version of node")
		if (expected || strings.Contains(e.text, "Established")) && slices.Contains(e.inside, "details") != expected {
			t.Errorf("%q stands inside %v", e.text, e.inside)
		}
	}
	for name, want := range map[string]string{"rolled-back": "Nothing differs that was not expected.", "held": "Not compared."} {
		if !strings.Contains(html(t, fixture(t, name)), want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}

func TestEverythingElseOfTheReportIsThere(t *testing.T) {
	r := fixture(t, "completed-pair")
	alone := fixture(t, "standalone")
	for _, c := range []struct {
		of   upgrade.Report
		says []string
	}{
		{r, []string{r.Change, r.RequestedBy, r.Pod, r.Export.Set.Digest, r.Export.Snapshot.Key, r.Stored.Digest, r.Changes.Lines[1], r.Changes.Commit, r.Notices[0], r.Plan.Notes[2],
			r.Log[7].Text, "accept-warnings 1176, 1182", "console is not used", "5610991", "3 h 33 min", "active when found; deactivated, and active again"}},
		{alone, []string{alone.Import.Plan[1], alone.Import.Fresh.Digest, "host wren-a"}},
		{fixture(t, "rolled-back"), []string{"24.2R1-S2.6 → 21.4R3-S9.5", "ines: the branch's VPN does not come up"}},
	} {
		var page string
		for _, e := range find(elements(t, html(t, c.of)), "body", "") {
			page += e.text
		}
		text := strings.ReplaceAll(markdown(t, c.of), `\`, "")
		for _, says := range c.says {
			if !strings.Contains(page, says) {
				t.Errorf("the page of %s does not say %q", c.of.Gateway, says)
			}
			if !strings.Contains(text, says) {
				t.Errorf("the Markdown of %s does not say %q", c.of.Gateway, says)
			}
		}
	}
}

func TestAnUpgradeOfAHundredEventsStaysSmall(t *testing.T) {
	r := fixture(t, "completed-pair")
	for i := range 100 {
		r.Log = append(r.Log, upgrade.Entry{At: later().Add(time.Duration(i) * time.Minute), Phase: upgrade.PhaseReady, Text: fmt.Sprintf("holding: %d %s", i, strings.Repeat("a reason ", 20))},
			upgrade.Entry{At: later().Add(time.Duration(i)*time.Minute + 30*time.Second), Phase: upgrade.PhaseVerify, Text: "done"})
		r.Decisions = append(r.Decisions, upgrade.Decision{Name: "retry", By: "kim", Reason: strings.Repeat("repaired ", 10), At: later().Add(time.Duration(i)*time.Minute + 20*time.Second)})
		r.Checks = append(r.Checks, r.Checks[i])
	}
	if size := len(html(t, r)); size > 300_000 {
		t.Errorf("the page has %d bytes", size)
	}
}

func TestAnEmptyReportIsStillAPage(t *testing.T) {
	all := elements(t, html(t, upgrade.Report{}))
	if len(find(all, "h1", "")) != 1 {
		t.Error("it has no heading")
	}
	if !strings.HasPrefix(markdown(t, upgrade.Report{}), "# Upgrade of gateway 0\n") {
		t.Error("Markdown has no heading")
	}
}

// full fails as a full disk does.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAnErrorOfTheWriterIsReturned(t *testing.T) {
	r := fixture(t, "held")
	for name, err := range map[string]error{"HTML": report.HTML(full{}, report.View{Report: r, Now: later()}), "Markdown": report.Markdown(full{}, report.View{Report: r, Now: later()})} {
		if !errors.Is(err, errFull) || !strings.Contains(err.Error(), "edge-heron") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
