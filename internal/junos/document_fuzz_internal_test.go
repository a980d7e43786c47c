package junos

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// wrapped puts a text into a reply as a device sends it.
func wrapped(inner string) string {
	return `<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="http://xml.juniper.net/junos/22.2R1/junos" message-id="7">` + inner + "</rpc-reply>"
}

// Whatever comes, a copy that succeeds is a document of its own with one configuration, whose prefixes are all declared.
func FuzzConfigurationXML(f *testing.F) {
	for _, inner := range []string{
		"", "<ok/>", "<configuration/>", `<configuration junos:commit-user="x"><version>9</version></configuration>`,
		"<data><configuration><a><!-- x --><![CDATA[<b>]]></a></configuration></data>", "<configuration><error/><xnm:error><message>m</message></xnm:error></configuration>",
		"<rpc-error><error-severity>warning</error-severity></rpc-error><configuration>&#65;</configuration>", "<configuration><a>", "<configuration xmlns:junos='u'>\r\n</configuration\n>",
	} {
		f.Add(wrapped(inner))
	}
	f.Fuzz(func(t *testing.T, message string) {
		var got bytes.Buffer
		if err := copyConfiguration(strings.NewReader(message), "7", "configuration", &got); err != nil {
			return
		}
		decoder := newDecoder(bytes.NewReader(got.Bytes()))
		depth, roots := 0, 0
		for {
			token, err := decoder.RawToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q is copied as %q: %v", message, got.String(), err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				if depth++; depth == 1 {
					roots++
					if token.Name.Local != "configuration" {
						t.Errorf("%q is copied as %q", message, got.String())
					}
				}
			case xml.EndElement:
				depth--
			}
		}
		if roots != 1 || depth != 0 {
			t.Errorf("%q is copied as %q, with %d roots", message, got.String(), roots)
		}
	})
}

func FuzzRescue(f *testing.F) {
	for _, inner := range []string{
		"", "<ok/>", "<rescue-information><configuration-information><configuration-output>\na;\n</configuration-output></configuration-information></rescue-information>",
		"<rescue-information><configuration><a/></configuration></rescue-information>", "<output>\nerror: No rescue configuration is set\n</output>",
		"<rpc-error><error-severity>error</error-severity><error-message>no rescue configuration</error-message></rpc-error>", "<configuration-output>&lt;a&gt;</configuration-output>",
	} {
		f.Add(wrapped(inner))
	}
	f.Fuzz(func(t *testing.T, message string) {
		var got bytes.Buffer
		err := copyRescue(strings.NewReader(message), "7", &got)
		if something := len(bytes.TrimSpace(got.Bytes())) > 0; err == nil && !something || upgrade.KindOf(err) == upgrade.NotFound && something {
			t.Errorf("%q gives %q, %v", message, got.String(), err)
		}
	})
}
