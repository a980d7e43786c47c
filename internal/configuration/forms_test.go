package configuration_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
)

func parse(t testing.TB, text string) *configuration.Tree {
	t.Helper()
	tree, err := configuration.Parse(strings.NewReader(text), "test")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return tree
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func inSet(t testing.TB, tree *configuration.Tree) string {
	t.Helper()
	var b strings.Builder
	if err := tree.WriteSet(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func inText(t testing.TB, tree *configuration.Tree) string {
	t.Helper()
	var b strings.Builder
	if err := tree.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheThreeFormsGiveTheSameStatements(t *testing.T) {
	want := fixture(t, "pair.set")
	for _, name := range []string{"pair.conf", "pair.set", "pair.xml"} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, inSet(t, parse(t, fixture(t, name)))); diff != "" {
				t.Errorf("its set form (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheWrittenTextIsTheOneThatWasRead(t *testing.T) {
	text := fixture(t, "pair.conf")
	comments := regexp.MustCompile(`(?m)^ *(##.*|/\*.*\*/)\n| ## SECRET-DATA$`)
	if diff := cmp.Diff(comments.ReplaceAllString(text, ""), inText(t, parse(t, text))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTextWrittenFromAnyFormReadsAsTheSameStatements(t *testing.T) {
	want := fixture(t, "pair.set")
	for _, name := range []string{"pair.conf", "pair.set", "pair.xml"} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, inSet(t, parse(t, inText(t, parse(t, fixture(t, name)))))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTextWrittenFromXMLStandsTogetherAsJunosPrintsIt(t *testing.T) {
	tree := parse(t, `<configuration><system><syslog><file><name>audit</name><contents><name>any</name><info/></contents></file></syslog></system>
<interfaces><interface><name>st0</name><unit><name>0</name><family><inet><mtu>1400</mtu></inet></family></unit></interface></interfaces></configuration>`)
	want := "system {\n    syslog {\n        file audit {\n            any info;\n        }\n    }\n}\ninterfaces {\n    st0 {\n        unit 0 {\n            family inet {\n                mtu 1400;\n            }\n        }\n    }\n}\n"
	if diff := cmp.Diff(want, inText(t, tree)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A set form does not tell which words stand together; what Junos would print otherwise has its case here.
func TestTextWrittenFromASetFormStandsTogetherAsJunosPrintsIt(t *testing.T) {
	for set, want := range map[string]string{
		"set system host-name gw-9":                                                         "system {\n    host-name gw-9;\n}\n",
		"set system services netconf ssh":                                                   "system {\n    services {\n        netconf {\n            ssh;\n        }\n    }\n}\n",
		"set system syslog file audit any info":                                             "system {\n    syslog {\n        file audit {\n            any info;\n        }\n    }\n}\n",
		"set security policies from-zone a to-zone b policy p then permit":                  "security {\n    policies {\n        from-zone a to-zone b {\n            policy p {\n                then {\n                    permit;\n                }\n            }\n        }\n    }\n}\n",
		"set apply-groups \"${node}\"\nset apply-groups wide":                               "apply-groups [ \"${node}\" wide ];\n",
		"set interfaces st0 unit 0\nset interfaces st0 unit 1":                              "interfaces {\n    st0 {\n        unit 0;\n        unit 1;\n    }\n}\n",
		"set system ntp server 192.0.2.7 version 4\nset system ntp server 192.0.2.7 prefer": "system {\n    ntp {\n        server 192.0.2.7 version 4 prefer;\n    }\n}\n",
		"set a b 1\ndeactivate a b\nprotect a":                                              "protect: a {\n    inactive: b 1;\n}\n",
	} {
		if diff := cmp.Diff(want, inText(t, parse(t, set))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", set, diff)
		}
	}
}

func TestWordsAreQuotedWhereJunosQuotesThem(t *testing.T) {
	for word, want := range map[string]string{
		"": `""`, "a": "a", "two words": `"two words"`, "$9$x": `"$9$x"`, "${node}": `"${node}"`, "<ge-*>": "<ge-*>", "*": "*", "a;b": `"a;b"`, "#1": `"#1"`,
		"ge-0/0/[1-3]": "ge-0/0/[1-3]", "[a": `"[a"`, "a]": `"a]"`, "inactive:": `"inactive:"`, "/* x": `"/* x"`, "a@b": "a@b", `a\"b`: `"a\"b"`,
		"(a|b)": `"(a|b)"`, `(\`: `(\`, "<a": `"<a"`, "user:pass@host": "user:pass@host",
	} {
		if got := configuration.Quote(word); got != want {
			t.Errorf("%q becomes %s, want %s", word, got, want)
		}
	}
}
