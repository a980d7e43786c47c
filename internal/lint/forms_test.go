package lint_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vsrx-upgrade/internal/configuration"
)

// forms writes a configuration in each of the three forms, set and XML by writers of the tests' own: a reader and a
// writer of the package cannot be wrong together. The device's warnings come along.
func forms(t testing.TB, curly string) map[string]string {
	t.Helper()
	tree := parse(t, curly)
	w := formWriter{warnings: map[string]string{}}
	for n := range tree.Warned() {
		w.warnings[strings.Join(n.Path(), "\x00")] = n.Warning()
	}
	w.xml.WriteString("<rpc-reply><configuration>\n")
	for n := range tree.Find("*") {
		w.setForm(n)
		w.xmlForm(n)
	}
	w.xml.WriteString("</configuration></rpc-reply>\n")
	return map[string]string{"curly": curly, "set": w.set.String(), "XML": w.xml.String()}
}

type formWriter struct {
	set, xml strings.Builder
	warnings map[string]string // by path
}

func (w *formWriter) warning(n *configuration.Node) string {
	return w.warnings[strings.Join(n.Path(), "\x00")]
}

// setForm writes one line a leaf, and a deactivate line behind what is inactive.
func (w *formWriter) setForm(n *configuration.Node) {
	line := ""
	for _, word := range n.Path() {
		if word == "" || strings.ContainsAny(word, " ;{}[]$()|") {
			word = `"` + word + `"`
		}
		line += " " + word
	}
	if text := w.warning(n); text != "" {
		fmt.Fprintf(&w.set, "## Warning: %s\n", text)
	}
	if n.Leaf() {
		w.set.WriteString("set" + line + "\n")
	}
	for _, child := range n.Children() {
		w.setForm(child)
	}
	if n.Inactive() {
		w.set.WriteString("deactivate" + line + "\n")
	}
}

var elementName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// xmlForm writes a keyword as an element; what follows and is no element's name becomes its <name> or its text.
func (w *formWriter) xmlForm(n *configuration.Node) {
	name, inner := n.Word(), 0
	if text := w.warning(n); text != "" {
		fmt.Fprintf(&w.xml, "<!-- ## Warning: %s -->\n", text)
	}
	var elements []*configuration.Node
	for _, child := range n.Children() {
		switch {
		case name == "from-zone":
			w.zonePair(child)
		case name == "interfaces" && n.Parent() == nil || name == "interfaces" && n.Parent().Parent() != nil && n.Parent().Parent().Word() == "groups":
			fmt.Fprintf(&w.xml, "<interfaces%s><interface%s><name>%s</name>\n", off(n), off(child), escape(child.Word()))
			w.below(child)
			w.xml.WriteString("</interface></interfaces>\n")
		case elementName.MatchString(child.Word()):
			elements = append(elements, child)
			continue
		case child.Leaf() && !child.Inactive():
			if text := w.warning(child); text != "" {
				fmt.Fprintf(&w.xml, "<!-- ## Warning: %s -->\n", text)
			}
			fmt.Fprintf(&w.xml, "<%s%s>%s</%s>\n", name, off(n), escape(child.Word()), name)
		default:
			mark := off(child)
			if n.Inactive() {
				mark = off(n)
			}
			fmt.Fprintf(&w.xml, "<%s%s><name>%s</name>\n", name, mark, escape(child.Word()))
			w.below(child)
			fmt.Fprintf(&w.xml, "</%s>\n", name)
		}
		inner++
	}
	if len(elements) == 0 && inner > 0 {
		return
	}
	fmt.Fprintf(&w.xml, "<%s%s>\n", name, off(n))
	for _, child := range elements {
		w.xmlForm(child)
	}
	fmt.Fprintf(&w.xml, "</%s>\n", name)
}

// below writes what follows a key.
func (w *formWriter) below(key *configuration.Node) {
	for _, child := range key.Children() {
		if !elementName.MatchString(child.Word()) {
			fmt.Fprintf(&w.xml, "<undocumented><name>%s</name></undocumented>\n", escape(child.Word()))
			continue
		}
		w.xmlForm(child)
	}
}

func (w *formWriter) zonePair(from *configuration.Node) {
	for to := range from.Find("to-zone", "*") {
		fmt.Fprintf(&w.xml, "<policy%s><from-zone-name>%s</from-zone-name><to-zone-name>%s</to-zone-name>\n", off(to), escape(from.Word()), escape(to.Word()))
		w.below(to)
		w.xml.WriteString("</policy>\n")
	}
}

func off(n *configuration.Node) string {
	if n.Inactive() {
		return ` inactive="inactive"`
	}
	return ""
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func TestTheTestsFormsAreTheSameConfiguration(t *testing.T) {
	curly := sound + `security { policies { from-zone a to-zone b { policy p { match { source-address any; } then { permit; } } inactive: policy q { then { deny; } } } } }
interfaces { ge-0/0/1 { vlan-tagging; unit 0 { vlan-id 7; family inet { address 192.0.2.1/30; } } inactive: unit 1 { vlan-id 8; } } }
groups { g { interfaces { <*> { mtu 9100; } } } } apply-groups g;`
	want := parse(t, curly)
	for form, text := range forms(t, curly) {
		if changes := configuration.Compare(want, parse(t, text)); len(changes) > 0 {
			t.Errorf("%s: %v\n%s", form, changes, text)
		}
	}
}
