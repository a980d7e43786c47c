package configuration_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
)

func FuzzParse(f *testing.F) {
	for _, name := range []string{"pair.conf", "pair.set", "pair.xml"} {
		f.Add(fixture(f, name))
	}
	for _, text := range []string{
		"", "{", "}", ";", "[", "set", "set a [ b", "a [ b c ] d;", "a \"b", "/* a", "a; # b", "inactive: a { protect: b c; }", "deactivate a\nset a b",
		"<configuration><a><name>\\</name><b>\"</b></a></configuration>", "<rpc-reply><configuration-set>set a b\nset a c</configuration-set></rpc-reply>",
		"ops@gw-9> show configuration interfaces\nst0 { unit 0; }\n", "groups { g { a { <b*> { c d; } } } } apply-groups g; a { bc; }",
		"groups { g { apply-groups h; x y; } h { apply-groups g; x z; } } apply-groups [ g h ]; apply-groups \"${node}\";",
		"ntp { server a version 4 prefer; threshold 3 action accept; }", "a \"x\\\"y\\\\\";", "set a (\\", "a b\\;", "<\n<", "groups { g { groups h; x y; } } apply-groups g;", "  <configuration><a/>",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := configuration.Parse(strings.NewReader(text), "fuzz")
		if err != nil {
			if malformed := new(configuration.SyntaxError); !errors.As(err, &malformed) || malformed.Line < 1 || malformed.Column < 1 {
				t.Fatalf("no syntax error with a place: %v", err)
			}
			return
		}
		once := inSet(t, tree)
		if again := inSet(t, parse(t, once)); again != once {
			t.Errorf("its set form reads as another configuration:\n%s", cmp.Diff(once, again))
		}
		whole := tree.Effective()
		for s := range whole.All() {
			if s.Inactive || s.Words[0] == "groups" || s.Words[0] == "apply-groups" {
				t.Errorf("the effective configuration holds %q", s.Words)
			}
		}
		if changes := configuration.Compare(tree, tree); len(changes) > 0 {
			t.Errorf("it differs from itself: %v", changes)
		}
		inText(t, tree)
	})
}
