package report_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// validator judges a value by the part of JSON Schema, draft 2020-12, that the report's schema uses. It is stricter in two
// ways: a keyword that it does not know and a property that the schema does not name are faults.
type validator struct {
	root   map[string]any
	faults []string
}

func (v *validator) fault(at, format string, args ...any) {
	v.faults = append(v.faults, at+": "+fmt.Sprintf(format, args...))
}

func (v *validator) check(at string, schema map[string]any, value any) {
	for keyword, rule := range schema {
		switch keyword {
		case "$schema", "$defs", "title", "description":
		case "$ref":
			v.reference(at, rule, value)
		case "type":
			v.kind(at, rule, value)
		case "enum":
			if !slices.Contains(rule.([]any), value) {
				v.fault(at, "%v is none of %v", value, rule)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(text) {
				v.fault(at, "%q does not match %s", text, rule)
			}
		case "format":
			if text, ok := value.(string); ok {
				if _, err := time.Parse(time.RFC3339, text); rule != "date-time" || err != nil {
					v.fault(at, "%q has not the format %v", text, rule)
				}
			}
		case "items":
			list, _ := value.([]any)
			for i, item := range list {
				v.check(fmt.Sprintf("%s[%d]", at, i), rule.(map[string]any), item)
			}
		case "properties":
			v.properties(at, rule.(map[string]any), value)
		case "required":
			members, _ := value.(map[string]any)
			for _, name := range rule.([]any) {
				if _, ok := members[name.(string)]; !ok {
					v.fault(at, "lacks %v", name)
				}
			}
		default:
			v.fault(at, "the schema uses %q, which this validator does not know", keyword)
		}
	}
}

func (v *validator) reference(at string, rule, value any) {
	name, _ := strings.CutPrefix(rule.(string), "#/$defs/")
	defs, _ := v.root["$defs"].(map[string]any)
	schema, ok := defs[name].(map[string]any)
	if !ok {
		v.fault(at, "the schema does not define %v", rule)
		return
	}
	v.check(at, schema, value)
}

func (v *validator) kind(at string, rule, value any) {
	allowed, several := rule.([]any)
	if !several {
		allowed = []any{rule}
	}
	kind := map[reflect.Type]string{reflect.TypeFor[string](): "string", reflect.TypeFor[bool](): "boolean", reflect.TypeFor[[]any](): "array",
		reflect.TypeFor[map[string]any](): "object", nil: "null", reflect.TypeFor[json.Number](): "number"}[reflect.TypeOf(value)]
	if number, ok := value.(json.Number); ok && slices.Contains(allowed, any("integer")) {
		if _, err := number.Int64(); err == nil {
			kind = "integer"
		}
	}
	if !slices.Contains(allowed, any(kind)) {
		v.fault(at, "is a %s, not %v", kind, rule)
	}
}

func (v *validator) properties(at string, known map[string]any, value any) {
	members, _ := value.(map[string]any)
	for name, member := range members {
		schema, ok := known[name].(map[string]any)
		if !ok {
			v.fault(at, "the schema does not name %s", name)
			continue
		}
		v.check(at+"."+name, schema, member)
	}
}

// faultsOf lists what a report's JSON does against the schema.
func faultsOf(t *testing.T, report map[string]any) []string {
	t.Helper()
	v := validator{root: readSchema(t)}
	v.check("report", v.root, report)
	return v.faults
}

func TestEveryReportFitsTheSchema(t *testing.T) {
	for name, text := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			for _, fault := range faultsOf(t, object(t, text)) {
				t.Error(fault)
			}
			again, err := json.Marshal(read(t, text))
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range faultsOf(t, object(t, again)) {
				t.Errorf("written again: %s", fault)
			}
		})
	}
}

func TestAReportWithEveryFieldFitsTheSchema(t *testing.T) {
	var r upgrade.Report
	fill(reflect.ValueOf(&r).Elem())
	for name, r := range map[string]upgrade.Report{"every field": r, "no field": {}} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faultsOf(t, object(t, text)) {
			if strings.Contains(fault, "is none of") { // the filled texts are no enumeration's
				continue
			}
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// fill sets every field to something.
func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2027, 3, 6, 20, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("something")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(7.5)
	}
}

func TestTheSchemaRefusesWhatIsNoReport(t *testing.T) {
	for name, spoil := range map[string]func(r map[string]any){
		"lacks a field":               func(r map[string]any) { delete(r, "gatewayId") },
		"lacks a field further down":  func(r map[string]any) { delete(r["plan"].(map[string]any), "steps") },
		"has an unknown field":        func(r map[string]any) { r["colour"] = "blue" },
		"has an unknown phase":        func(r map[string]any) { r["phase"] = "lunch" },
		"has an unknown outcome":      func(r map[string]any) { r["outcome"] = "" },
		"has a text for a number":     func(r map[string]any) { r["reloads"] = "two" },
		"has a fraction of a reload":  func(r map[string]any) { r["reloads"] = json.Number("1.5") },
		"has no time":                 func(r map[string]any) { r["since"] = "yesterday" },
		"has a bare number of time":   func(r map[string]any) { r["plan"].(map[string]any)["needed"] = json.Number("36000") },
		"has a duration of no unit":   func(r map[string]any) { r["plan"].(map[string]any)["needed"] = "36000" },
		"has null for a list":         func(r map[string]any) { r["todo"] = nil },
		"has a list within the lists": func(r map[string]any) { r["todo"] = []any{[]any{}} },
	} {
		t.Run(name, func(t *testing.T) {
			r := object(t, fixtures(t)["completed-pair"])
			spoil(r)
			if len(faultsOf(t, r)) == 0 {
				t.Error("no fault was found")
			}
		})
	}
}
