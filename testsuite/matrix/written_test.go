package matrix

import (
	"os"
	"strings"
	"testing"
)

func TestTheDocumentShowsEveryCellGreen(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatalf("reading the matrix; make matrix writes it: %v", err)
	}
	shown := cellsIn(string(text))
	for _, c := range all() {
		end, well := strings.CutPrefix(shown[c], green)
		switch outcome, _, _ := strings.Cut(end, ","); {
		case shown[c] == "":
			t.Errorf("%s is missing; make matrix writes it", c)
		case !well:
			t.Errorf("%s is shown as %q", c, shown[c])
		case outcome != string(expected(c).outcome):
			t.Errorf("%s is shown as %q, want %q", c, end, expected(c).outcome)
		}
		delete(shown, c)
	}
	for c := range shown {
		t.Errorf("%s is shown and not in the matrix", c)
	}
}

// cellsIn reads the tables of the stretches.
func cellsIn(text string) map[cell]string {
	shown := map[cell]string{}
	var p path
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			p = path(strings.ToLower(strings.TrimSpace(heading)))
		}
		columns := strings.Split(strings.TrimSpace(line), "|")
		if p == "" || len(columns) != len(faults)+3 {
			continue
		}
		activity := strings.TrimSpace(columns[1])
		if activity == "activity" || strings.HasPrefix(activity, "---") {
			continue
		}
		for i, f := range faults {
			shown[cell{p, activity, f}] = strings.TrimSpace(columns[i+2])
		}
	}
	return shown
}
