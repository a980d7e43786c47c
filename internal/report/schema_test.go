package report_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

const schemaPath = "../../docs/report.schema.json"

// TestTheSchemaSaysWhatTheTypesSay keeps the published schema and the types together. With UPDATE_SCHEMA set it writes the
// schema anew.
func TestTheSchemaSaysWhatTheTypesSay(t *testing.T) {
	want, err := json.MarshalIndent(schemaOf(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if os.Getenv("UPDATE_SCHEMA") != "" {
		if err := os.WriteFile(schemaPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not the one of the types; write it anew with UPDATE_SCHEMA=1 (-want +got):\n%s", schemaPath, diff)
	}
}

// source is what the source of package upgrade says beside its types: what they are for, and the values of the enumerations.
type source struct {
	docs   map[string]string   // by type, or type.field
	values map[string][]string // by type
}

func schemaOf(t *testing.T) map[string]any {
	t.Helper()
	s := builder{source: readSource(t), defs: map[string]any{}}
	root := s.object(reflect.TypeFor[upgrade.Report]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Report of a gateway upgrade"
	root["$defs"] = s.defs
	return root
}

func readSource(t *testing.T) source {
	t.Helper()
	files, err := filepath.Glob("../upgrade/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of package upgrade: %v", err)
	}
	s := source{docs: map[string]string{}, values: map[string][]string{}}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if general, ok := d.(*ast.GenDecl); ok {
				s.read(general)
			}
		}
	}
	return s
}

func (s source) read(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.docs[spec.Name.Name] = words(d.Doc, spec.Doc)
			if fields, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range fields.Fields.List {
					for _, n := range f.Names {
						s.docs[spec.Name.Name+"."+n.Name] = words(f.Doc, f.Comment)
					}
				}
			}
		case *ast.ValueSpec:
			of, typed := spec.Type.(*ast.Ident)
			for _, v := range spec.Values {
				if text, ok := v.(*ast.BasicLit); ok && typed && d.Tok == token.CONST && text.Kind == token.STRING {
					value, err := strconv.Unquote(text.Value)
					if err == nil {
						s.values[of.Name] = append(s.values[of.Name], value)
					}
				}
			}
		}
	}
}

func words(groups ...*ast.CommentGroup) string {
	var all []string
	for _, g := range groups {
		all = append(all, strings.Fields(g.Text())...)
	}
	return strings.Join(all, " ")
}

// builder turns Go types into schemas as encoding/json writes their values.
type builder struct {
	source
	defs map[string]any
}

func (b builder) object(of reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range of.NumField() {
		f := of.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		optional := strings.Contains(options, "omit")
		if !optional {
			required = append(required, name)
		}
		p := b.schema(f.Type, optional)
		if text := b.docs[of.Name()+"."+f.Name]; text != "" {
			p["description"] = text
		}
		properties[name] = p
	}
	o := map[string]any{"type": "object", "properties": properties, "required": required}
	if text := b.docs[of.Name()]; text != "" {
		o["description"] = text
	}
	return o
}

func (b builder) schema(of reflect.Type, optional bool) map[string]any {
	switch of {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[upgrade.Duration]():
		return map[string]any{"type": "string", "pattern": `^-?([0-9]+(\.[0-9]+)?(h|m|s|ms|µs|ns))+$`}
	}
	switch of.Kind() {
	case reflect.Pointer:
		return b.schema(of.Elem(), optional)
	case reflect.Struct:
		if _, known := b.defs[of.Name()]; !known {
			b.defs[of.Name()] = nil // in the making
			b.defs[of.Name()] = b.object(of)
		}
		return map[string]any{"$ref": "#/$defs/" + of.Name()}
	case reflect.Slice:
		list := map[string]any{"type": "array", "items": b.schema(of.Elem(), true)}
		if !optional {
			list["type"] = []string{"array", "null"}
		}
		return list
	case reflect.String:
		text := map[string]any{"type": "string"}
		if values := slices.Clone(b.values[of.Name()]); len(values) > 0 {
			if !optional && !slices.Contains(values, "") {
				values = append(values, "") // not known yet
			}
			text["enum"] = values
		}
		return text
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	panic("no schema for " + of.String())
}

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	return object(t, text)
}

// object reads JSON and keeps its numbers as they are written.
func object(t *testing.T, text []byte) (o map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}
