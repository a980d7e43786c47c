package junos_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// asking starts a device that answers one operation by the given words, and opens a session with it.
func asking(t *testing.T, operation, inner string) *junos.Session {
	t.Helper()
	d := newDevice(t, "absent")
	d.override = func(asked, _ string) (answer, bool) { return answer{inner: inner}, asked == operation }
	return open(t, d.peer().config(t), endpoint())
}

func TestARescueConfigurationIsRead(t *testing.T) {
	const text = "system {\n    host-name spare; /* a <b> & c */\n}\n"
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	for name, c := range map[string]struct {
		inner, want string
		kind        upgrade.Kind
	}{
		"as text":                            {"<rescue-information>\n<ok/>\n<configuration-information>\n<configuration-output>\n" + escaped + "</configuration-output>\n</configuration-information>\n</rescue-information>", text, ""},
		"beside another":                     {"<rescue-information><configuration-information><configuration-output>a;\n</configuration-output></configuration-information><configuration-text>b;\n</configuration-text></rescue-information>", "a;\n", ""},
		"in elements":                        {`<rescue-information><load-success/><configuration junos:commit-user="x"><version>9</version></configuration></rescue-information>`, `<configuration xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="http://xml.juniper.net/junos/23.4R2/junos" junos:commit-user="x"><version>9</version></configuration>` + "\n", ""},
		"and is said to be none as an error": {rpcError("No rescue configuration is set"), "", upgrade.NotFound},
		"and is said to be none by a daemon": {`<xnm:error xmlns="http://xml.juniper.net/xnm/1.1/xnm" xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><message>rescue configuration is not set</message></xnm:error>`, "", upgrade.NotFound},
		"and its file is not there":          {rpcError("could not open /config/rescue.conf.gz: No such file or directory"), "", upgrade.NotFound},
		"and is said to be none as text":     {"<output>\nerror: No rescue configuration is set.\n</output>", "", upgrade.NotFound},
		"and is empty":                       {"<rescue-information><configuration-information><configuration-output>\n  \n</configuration-output></configuration-information></rescue-information>", "", upgrade.NotFound},
		"and the answer is empty":            {"", "", upgrade.NotFound},
		"and the answer is ok alone":         {"<ok/>", "", upgrade.NotFound},
		"and the command is unknown":         {rpcError("syntax error, expecting <command> or </command>"), "", upgrade.Refused},
		"and is unknown in text":             {"<output>\nunknown command.\n</output>", "", upgrade.Refused},
		"and may not be seen":                {rpcError("permission denied"), "", upgrade.Refused},
		"and is refused at its end":          {"<rescue-information><configuration-information><configuration-output>a;\n</configuration-output></configuration-information></rescue-information>" + rpcError("could not read all of it"), "a;\n", upgrade.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			s := asking(t, "get-rescue-information", c.inner)
			var got strings.Builder
			if err := s.Document(t.Context(), upgrade.DocumentRescue, &got); upgrade.KindOf(err) != c.kind {
				t.Errorf("got %v, want the kind %q", err, c.kind)
			}
			if c.kind == "" && got.String() != c.want {
				t.Errorf("(-want +got)\n%s", cmp.Diff(c.want, got.String()))
			}
			if _, err := s.View(t.Context()); err != nil {
				t.Errorf("the session is of no use afterwards: %v", err)
			}
		})
	}
}

func TestADocumentIsKeptAsTheDevicePrintsIt(t *testing.T) {
	const element = "<license-key-information>\n<license-key>\n<name>FAKE7</name>\n<key-data>\nFAKE7 notakey notakey\n</key-data>\n</license-key>\n</license-key-information>"
	rule := strings.Repeat("-", 74)
	for name, c := range map[string]struct {
		inner string
		want  string // in the text, "" for all of it
		kind  upgrade.Kind
	}{
		"in lines":                           {"<output>\nFAKE7 notakey notakey\n      notakey\n</output>", "FAKE7 notakey notakey\n      notakey\n", ""},
		"of both nodes":                      {"<multi-routing-engine-results><multi-routing-engine-item><re-name>node0</re-name><output>\na\n</output></multi-routing-engine-item><multi-routing-engine-item><re-name>node1</re-name><output>\nb\n</output></multi-routing-engine-item></multi-routing-engine-results>", "node0:\n" + rule + "\na\n\nnode1:\n" + rule + "\nb\n\n", ""},
		"in elements, though asked for text": {element, "<key-data>\nFAKE7 notakey notakey\n</key-data>", ""},
		"with nothing in it":                 {"<output>\n</output>", "", upgrade.NotFound},
		"with nothing of either node":        {"<multi-routing-engine-results><multi-routing-engine-item><re-name>node0</re-name><output>\n</output></multi-routing-engine-item></multi-routing-engine-results>", "", upgrade.NotFound},
		"with elements that are empty":       {"<license-key-information>\n</license-key-information>", "", upgrade.NotFound},
		"that is not there":                  {"", "", upgrade.NotFound},
		"that is unknown":                    {rpcError("syntax error"), "", upgrade.Refused},
		"that is unknown on a node":          {"<output>\nerror: command is not valid on the vsrx\n</output>", "", upgrade.Refused},
		"that is no XML":                     {"<output>FAKE7 &notakey notakey</output>", "", upgrade.Malformed},
		"that is cut":                        {"<output>FAKE7 notakey", "", upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			for document, operation := range map[upgrade.Document]string{upgrade.DocumentLicences: "get-license-summary-information",
				upgrade.DocumentLicenceKeys: "get-license-key-information", upgrade.DocumentCertificates: "get-pki-local-certificate"} {
				s := asking(t, operation, c.inner)
				var got strings.Builder
				err := s.Document(t.Context(), document, &got)
				if upgrade.KindOf(err) != c.kind {
					t.Fatalf("%s: got %v, want the kind %q", document, err, c.kind)
				}
				if err != nil && (got.Len() > 0 || strings.Contains(err.Error(), "notakey") || strings.Contains(err.Error(), "FAKE7")) {
					t.Errorf("%s: the error %q, or %q, tells what was shown", document, err, got.String())
				}
				if !strings.Contains(got.String(), c.want) || strings.HasPrefix(c.inner, "<output>") && err == nil && got.String() != c.want {
					t.Errorf("%s (-want +got)\n%s", document, cmp.Diff(c.want, got.String()))
				}
			}
		})
	}
}

func TestADocumentIsNotReadWhere(t *testing.T) {
	t.Run("its name is unknown", func(t *testing.T) {
		s := asking(t, "get-nothing", "")
		if err := s.Document(t.Context(), "diary", new(strings.Builder)); upgrade.KindOf(err) != upgrade.Invalid {
			t.Errorf("got %v", err)
		}
	})
	for _, name := range upgrade.Documents() {
		t.Run("the session ends during the "+string(name), func(t *testing.T) {
			d := newDevice(t, "absent")
			d.override = func(asked, _ string) (answer, bool) {
				return answer{raw: `<rpc-reply message-id="1"><output>half`, hangUp: true}, strings.HasPrefix(asked, "get-license") || strings.HasPrefix(asked, "get-pki") || strings.HasPrefix(asked, "get-rescue")
			}
			s := open(t, d.peer().config(t), endpoint())
			if err := s.Document(t.Context(), name, new(strings.Builder)); upgrade.KindOf(err) != upgrade.Unreachable {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("it cannot be written", func(t *testing.T) {
		s := asking(t, "get-license-key-information", "<output>FAKE7 notakey</output>")
		full := errors.New("the disk is full")
		err := s.Document(t.Context(), upgrade.DocumentLicenceKeys, writerFunc(func([]byte) (int, error) { return 0, full }))
		if upgrade.KindOf(err) != upgrade.Internal || !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestEveryFormOfASimulatedGatewaySaysTheSame(t *testing.T) {
	_, config, e := simulated(t)
	s := open(t, config, e)
	var first *configuration.Tree
	for _, form := range []junos.Format{junos.Text, junos.Set, junos.XML} {
		var text strings.Builder
		if err := s.Configuration(t.Context(), form, &text); err != nil {
			t.Fatal(err)
		}
		tree, err := configuration.Parse(strings.NewReader(text.String()), string(form))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = tree
		}
		if changes := configuration.Compare(first, tree); len(changes) > 0 {
			t.Errorf("%s differs by %v", form, changes)
		}
	}
}

func TestTheDocumentsOfASimulatedGatewayAreRead(t *testing.T) {
	_, config, e := simulated(t)
	s := open(t, config, e)
	for name, wants := range map[upgrade.Document][]string{
		upgrade.DocumentRescue:       nil,
		upgrade.DocumentLicences:     {"node0:\n", "node1:\n", "License usage:", "Virtual Appliance"},
		upgrade.DocumentLicenceKeys:  {"node0:\n", "node1:\n", "FAKE", "notakey"},
		upgrade.DocumentCertificates: nil,
	} {
		var got strings.Builder
		err := s.Document(t.Context(), name, &got)
		if none := upgrade.KindOf(err) == upgrade.NotFound; none != (wants == nil) || err != nil && !none {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range wants {
			if !strings.Contains(got.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, got.String())
			}
		}
	}
}

// What is kept says something, and a refusal or an answer that cannot be read never quotes it.
func FuzzDocument(f *testing.F) {
	seed(f, "show-system-license", "get-license", "pki-local-certificate")
	for _, raw := range []string{"<output>\nFAKE7 notakey\n</output>", "<rpc-reply><license-key-information><license-key><name>FAKE7</name><key-data>FAKE7 notakey</key-data></license-key></license-key-information></rpc-reply>",
		"<output>error: no</output>", "<output>a&b</output>", "<a><multi-routing-engine-item><re-name>node0</re-name><output>x</output></multi-routing-engine-item></a>"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		text, err := junos.ParseDocument(raw)
		if kind := upgrade.KindOf(err); err != nil && kind != upgrade.NotFound && kind != upgrade.Malformed && kind != upgrade.Refused {
			t.Errorf("the error %v is of kind %q", err, kind)
		}
		if (err == nil) != (strings.TrimSpace(text) != "") {
			t.Errorf("got %q, %v", text, err)
		}
		if upgrade.KindOf(err) == upgrade.Malformed && err.Error() != "the answer is no XML of a reply" {
			t.Errorf("the error %q tells more than it must", err)
		}
	})
}
