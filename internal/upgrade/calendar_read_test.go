package upgrade_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

const fullYAML = `name: last-weekend
zone: Europe/Berlin
weekdays: [saturday]
monthly:
  - {nth: last, weekday: sunday}
dates: [2027-02-13]
start: 22:00
length: 12h30m
from: 2027-01-01
until: 2028-12-31T12:00:00Z
freezes:
  - name: year end
    from: 2027-12-18
    to: 2028-01-06
`

func full() upgrade.Calendar {
	return upgrade.Calendar{Name: "last-weekend", Zone: "Europe/Berlin", Weekdays: []upgrade.Weekday{upgrade.Saturday},
		Monthly: []upgrade.MonthDay{{Nth: upgrade.NthLast, Weekday: upgrade.Sunday}}, Dates: []string{"2027-02-13"}, Start: "22:00",
		Length: upgrade.Duration(12*time.Hour + 30*time.Minute), From: "2027-01-01", Until: "2028-12-31T12:00:00Z",
		Freezes: []upgrade.Freeze{{Name: "year end", From: "2027-12-18", To: "2028-01-06"}}}
}

func TestACalendarIsReadFromYAMLAndFromItsOwnJSON(t *testing.T) {
	text, err := json.MarshalIndent(full(), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"YAML": fullYAML, "JSON": string(text)} {
		got, err := upgrade.ReadCalendar([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(full(), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAFileThatIsNoCalendarIsRefusedWithThePlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "the file is empty"},
		"an unknown key":      {strings.Replace(fullYAML, "length:", "lenght:", 1), "line 8: unknown key lenght"},
		"one in a freeze":     {strings.Replace(fullYAML, "    to:", "    till:", 1), "line 14: unknown key till"},
		"two unknown keys":    {strings.NewReplacer("zone:", "tz:", "start:", "begin:").Replace(fullYAML), "line 2: unknown key tz; line 7: unknown key begin"},
		"a list for a text":   {strings.Replace(fullYAML, "zone: Europe/Berlin", "zone: [a]", 1), "line 2: cannot unmarshal"},
		"a length of no time": {strings.Replace(fullYAML, "12h30m", "half a day", 1), "invalid duration"},
		"two calendars":       {fullYAML + "---\n" + fullYAML, "more than one document"},
		"no YAML":             {"name: [", "did not find"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := upgrade.ReadCalendar([]byte(c.text))
			if upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(err.Error(), c.want) || upgrade.AdviceOf(err) == "" {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestTheDocumentedWindowsAreRight(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "windows.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(examples) == 0 {
		t.Fatal("docs/windows.md shows no window")
	}
	for _, example := range examples {
		c, err := upgrade.ReadCalendar(example[1])
		if err == nil {
			err = c.Validate(instant(t, "2027-01-01T00:00"), hours(10))
		}
		if err != nil {
			t.Errorf("%v in:\n%s", err, example[1])
		}
	}
}

func TestTheSchemaNamesEveryKey(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "window.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct {
			Items struct {
				Properties map[string]any
			}
		}
		Additional bool `json:"additionalProperties"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		of    any
		named []string
	}{
		"a window": {upgrade.Calendar{}, keys(schema.Properties)}, "freezes": {upgrade.Freeze{}, keys(schema.Properties["freezes"].Items.Properties)},
		"monthly": {upgrade.MonthDay{}, keys(schema.Properties["monthly"].Items.Properties)},
	} {
		var want []string
		for i := range reflect.TypeOf(c.of).NumField() {
			key, _, _ := strings.Cut(reflect.TypeOf(c.of).Field(i).Tag.Get("json"), ",")
			want = append(want, key)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, c.named); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if schema.Additional {
		t.Error("the schema takes unknown keys")
	}
}

func keys[V any](m map[string]V) []string {
	var list []string
	for key := range m {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}
