package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func TestTheTableHoldsIBMsCodesOnceEach(t *testing.T) {
	codes := upgrade.Codes()
	kinds := map[upgrade.Severity]int{}
	for i, c := range codes {
		if i > 0 && codes[i-1].Number >= c.Number {
			t.Errorf("code %d follows %d", c.Number, codes[i-1].Number)
		}
		kinds[c.Severity]++
		if (c.Severity == upgrade.SeverityWarning) != upgrade.IsWarning(c.Number) {
			t.Errorf("code %d is of severity %s", c.Number, c.Severity)
		}
		if !slices.Contains([]upgrade.Class{upgrade.ClassRetry, upgrade.ClassRetryThenSupport, upgrade.ClassOperator, upgrade.ClassSupport}, c.Class) {
			t.Errorf("code %d is of class %q", c.Number, c.Class)
		}
		for _, text := range []string{c.Meaning, c.Remedy} {
			if text == "" || strings.TrimSpace(text) != text || strings.HasSuffix(text, ".") {
				t.Errorf("code %d says %q", c.Number, text)
			}
		}
		if found, ok := upgrade.CodeOf(c.Number); !ok || found != c {
			t.Errorf("CodeOf(%d) = %+v, %v", c.Number, found, ok)
		}
	}
	if kinds[upgrade.SeverityError] != 79 || kinds[upgrade.SeverityWarning] != 10 {
		t.Errorf("%v, want 79 errors and 10 warnings", kinds)
	}
}

func TestTheClassesOfTheCodes(t *testing.T) {
	for class, want := range map[upgrade.Class][]int{
		upgrade.ClassRetry:            {1000, 1014, 1117},
		upgrade.ClassRetryThenSupport: {1022, 1024, 1101, 1102, 1103, 1104, 1111, 1113, 1122, 1133, 1135, 1136, 1137, 1138},
		upgrade.ClassSupport:          {1002, 1021, 1114, 1143, 1144, 1146, 1182, 1183, 1184, 1185},
	} {
		var got []int
		for _, c := range upgrade.Codes() {
			if c.Class == class {
				got = append(got, c.Number)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("class %s has %v, want %v", class, got, want)
		}
	}
}

func TestOnlyTheRetryClassesAreRetried(t *testing.T) {
	for class, want := range map[upgrade.Class]bool{upgrade.ClassRetry: true, upgrade.ClassRetryThenSupport: true, upgrade.ClassOperator: false, upgrade.ClassSupport: false, "": false} {
		if got := class.Retry(); got != want {
			t.Errorf("class %q is retried: %v", class, got)
		}
	}
}

// Numbers of the gaps belong to other products of IBM's, or are new: a person looks.
func TestAnUnknownCodeIsForTheOperator(t *testing.T) {
	for _, number := range []int{0, -1, 999, 1001, 1148, 1153, 1156, 1164, 1186, 4711} {
		c, known := upgrade.CodeOf(number)
		if known || c.Number != number || c.Class != upgrade.ClassOperator || c.Severity != upgrade.SeverityError || c.Remedy == "" || c.Meaning == "" {
			t.Errorf("CodeOf(%d) = %+v, %v", number, c, known)
		}
	}
}
