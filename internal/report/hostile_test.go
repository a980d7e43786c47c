package report_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// hostile are texts that break out of wherever they stand, if they can.
func hostile() map[string]string {
	return map[string]string{
		"a script":            `<script>alert(1)</script>`,
		"quotes":              `"'><b onmouseover='x' style="a`,
		"the end of elements": `</title></style></td></pre></svg><img src=x>`,
		"a comment":           `<!-- --> ]]> {{.Policy}} %s`,
		"line ends":           "one\ntwo\r\n\n# three\n| four | five |\n```\n- six\n",
		"Markdown":            "![x](y) [a](b) `c` **d** _e_ <f> ~~g~~ &lt; | h",
		"a fence":             "```` ```",
		"a list":              "- [x] done",
		"a number":            "1. first",
		"control characters":  "a\x00b\x1b[2Jc\x7fd\u0085e\u2028f",
		"bytes of no text":    "a\xffb\xc3",
		"a turned direction":  "abc\u202egpj.exe\u2066",
		"a very long word":    strings.Repeat("x", 5000),
	}
}

func TestHostileTextsStayTexts(t *testing.T) {
	tame := reportOf(t, "tame")
	page, text := elements(t, html(t, tame)), markdown(t, tame)
	for name, evil := range hostile() {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, evil)
			got := html(t, r)
			all := elements(t, got)
			if names(all) != names(page) {
				t.Error("the page has other elements than one of tame texts")
			}
			gotText := markdown(t, r)
			if a, b := strings.Count(gotText, "\n"), strings.Count(text, "\n"); a != b {
				t.Errorf("Markdown has %d lines, not %d", a, b)
			}
			for _, c := range got + gotText {
				if c < ' ' && c != '\n' && c != '\t' || c == 0x7f || c == 0x85 || strings.ContainsRune("\u2028\u202e\u2066", c) {
					t.Fatalf("a character %U is left", c)
				}
			}
		})
	}
}

// names are the elements of a page in their order.
func names(all []element) string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString(e.name + " ")
	}
	return b.String()
}

// reportOf is a report with every text set to the same one, but for the words that decide what is shown.
func reportOf(t *testing.T, text string) upgrade.Report {
	t.Helper()
	var r upgrade.Report
	fill(reflect.ValueOf(&r).Elem())
	retext(reflect.ValueOf(&r).Elem(), text)
	r.Outcome, r.Checks[0].Verdict, r.Log[0].Phase = "", upgrade.CheckFail, upgrade.PhasePlan
	r.Nodes[0].Ended, r.Since = r.Nodes[0].Submitted.Add(time.Hour), r.Since.Add(2*time.Hour)
	return r
}

func retext(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		retext(v.Elem(), text)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			retext(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			retext(v.Index(i), text)
		}
	case reflect.String:
		v.SetString(text)
	}
}

func TestMarkdownLeavesNoMarkup(t *testing.T) {
	for said, want := range map[string]string{
		"![x](y) <b> `c` **d**": "- [ ] !\\[x\\](y) \\<b\\> \\`c\\` \\*\\*d\\*\\*\n",
		"- [x] done":            "- [ ] \\- \\[x\\] done\n",
		"12. twelfth":           "- [ ] 12\\. twelfth\n",
		"12.":                   "- [ ] 12\\.\n",
		"12 monkeys":            "- [ ] 12 monkeys\n",
		"12.4R1 is old":         "- [ ] 12.4R1 is old\n",
		"---":                   "- [ ] \\---\n",
		"a | b & c\nd":          "- [ ] a \\| b \\& c d\n",
	} {
		r := fixture(t, "completed-pair")
		r.ToDo = []string{said}
		if text := markdown(t, r); !strings.Contains(text, want) {
			t.Errorf("%q is not written as %q:\n%s", said, want, between(text, "## Left", "## Notices"))
		}
	}
}
