package junos_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

func TestTheXMLFormIsCopiedAsItStands(t *testing.T) {
	const around = ` xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="http://xml.juniper.net/junos/23.4R2/junos"`
	warning := strings.Replace(rpcError("statement ignored"), "<error-severity>error", "<error-severity>warning", 1)
	for name, c := range map[string]struct{ sent, want string }{
		"with its own namespace": {`<configuration xmlns="http://xml.juniper.net/xnm/1.1/xnm" junos:commit-user="a&amp;b"><version>9</version></configuration>`,
			`<configuration` + around + ` xmlns="http://xml.juniper.net/xnm/1.1/xnm" junos:commit-user="a&amp;b"><version>9</version></configuration>`},
		"with a prefix of its own": {`<configuration xmlns:junos="urn:own"
  junos:a = 'x>y'><a junos:b="c"/></configuration>`,
			`<configuration xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="urn:own"
  junos:a = 'x>y'><a junos:b="c"/></configuration>`},
		"below data":    {`<data xmlns:d="urn:&lt;d&gt;"><configuration><a/></configuration></data>`, `<configuration xmlns:d="urn:&lt;d&gt;"` + around + `><a/></configuration>`},
		"with comments": {"<configuration>\n<!-- <b> & -->\n<a><![CDATA[ <&> ]]></a>&#65;\r\n</configuration>", "<configuration" + around + ">\n<!-- <b> & -->\n<a><![CDATA[ <&> ]]></a>&#65;\r\n</configuration>"},
		"and is empty":  {"<configuration/>", "<configuration" + around + "/>"},
		"with the severity error of a log, in the configuration's namespace": {
			`<configuration xmlns="http://xml.juniper.net/xnm/1.1/xnm"><contents><name>any</name><error/></contents></configuration>`,
			`<configuration` + around + ` xmlns="http://xml.juniper.net/xnm/1.1/xnm"><contents><name>any</name><error/></contents></configuration>`},
		"with a warning in the middle": {"<configuration><a/>" + warning + "<b/></configuration>", "<configuration" + around + "><a/><b/></configuration>"},
		"after a warning":              {warning + "<configuration><a/></configuration>", "<configuration" + around + "><a/></configuration>"},
		"and another one follows":      {"<configuration><a/></configuration><configuration><b/></configuration>", "<configuration" + around + "><a/></configuration>"},
		"inside another of its name":   {"<configuration><configuration><a/></configuration></configuration>", "<configuration" + around + "><configuration><a/></configuration></configuration>"},
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			if err := asking(t, "get-configuration", c.sent).Configuration(t.Context(), junos.XML, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want+"\n", got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTheXMLFormIsNotCopied(t *testing.T) {
	daemon := `<xnm:error xmlns="http://xml.juniper.net/xnm/1.1/xnm" xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><message>out of memory</message></xnm:error>`
	for name, c := range map[string]struct {
		sent string
		kind upgrade.Kind
		text string
	}{
		"when there is none":                         {"<ok/>", upgrade.Malformed, "holds no configuration"},
		"when another form comes":                    {"<configuration-text>a;\n</configuration-text>", upgrade.Malformed, "holds no configuration"},
		"when it is refused":                         {rpcError("permission denied"), upgrade.Refused, "permission denied"},
		"when an error stands in its middle":         {"<configuration><a/>" + rpcError("not all of it") + "</configuration>", upgrade.Refused, "not all of it"},
		"when an error of a daemon is in its middle": {"<configuration><a/>" + daemon + "</configuration>", upgrade.Refused, "out of memory"},
		"when an error stands behind it":             {"<configuration><a/></configuration>" + rpcError("not all of it"), upgrade.Refused, "not all of it"},
		"when it is cut":                             {"<configuration><a>", upgrade.Malformed, "reading the reply"},
		"when it is closed by another name":          {"<configuration><a/></configured>", upgrade.Malformed, "reading the reply"},
		"when a reference in it is not one of XML's": {"<configuration>&nbsp;</configuration>", upgrade.Malformed, "reading the reply"},
	} {
		t.Run(name, func(t *testing.T) {
			s := asking(t, "get-configuration", c.sent)
			err := s.Configuration(t.Context(), junos.XML, new(strings.Builder))
			if upgrade.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want the kind %q and %q", err, c.kind, c.text)
			}
		})
	}
}
