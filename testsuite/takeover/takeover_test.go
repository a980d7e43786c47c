package takeover

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/configuration"
)

func TestAConfigurationOutlivesItsGateway(t *testing.T) {
	for _, c := range examples() {
		t.Run("with "+c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, c.version, c.text)
			x := s.export()
			saved := s.stored(x.Set)
			if diff := configuration.Compare(parse(t, c.text, "given"), saved.Without("version")); len(diff) > 0 {
				t.Fatalf("the export is not what the gateway held: %v", diff[:min(len(diff), 10)])
			}
			if diff := configuration.Compare(saved, s.stored(x.Curly)); len(diff) > 0 {
				t.Errorf("the two exported forms differ: %v", diff[:min(len(diff), 10)])
			}
			s.reload()
			done, err := s.restore(x)
			if err != nil || !done.Changed {
				t.Fatalf("changed %t, %v", done.Changed, err)
			}
			now, fresh := s.committed(), s.stored(done.Fresh)
			for _, lost := range losses(expected(t, c.version, saved), fresh, now, done.Plan) {
				t.Errorf("%s", lost)
			}
			for _, line := range c.holds {
				if !strings.Contains(set(t, now), line+"\n") {
					t.Errorf("the gateway lacks %q", line)
				}
			}
			if again, err := s.restore(x); err != nil || again.Changed {
				t.Errorf("a second import changed %t, %v", again.Changed, err)
			}
		})
	}
}

// expected is a saved configuration in the words of the target version.
func expected(t tester, version string, saved *configuration.Tree) *configuration.Tree {
	t.Helper()
	if !strings.HasPrefix(version, "15.1") {
		return saved
	}
	return parse(t, renamed(set(t, saved)), "renamed")
}

// set is a configuration in set form.
func set(t tester, tree *configuration.Tree) string {
	t.Helper()
	var text strings.Builder
	if err := tree.WriteSet(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
