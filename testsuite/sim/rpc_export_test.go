package sim_test

import (
	"strings"
	"testing"
)

func TestADeviceShowsWhatAnExportAsksFor(t *testing.T) {
	o := ready(t)
	n := o.netconf()
	for _, test := range []struct{ rpc, want string }{
		{"<get-license-key-information/>", "<re-name>node1</re-name>\n\n<license-key-information>\n<license-key>\n<name>FAKE"},
		{`<get-license-key-information format="text"/>`, "<re-name>node0</re-name>\n\n<output>\nFAKE"},
		{`<get-license-summary-information format="text"/>`, "<output>\nLicense usage:"},
		{"<get-rescue-information><format>text</format></get-rescue-information>", "<message>No rescue configuration is set</message>"},
		{`<get-configuration database="committed" format="xml"/>`, "<configuration xmlns="},
	} {
		if reply := n.rpc(test.rpc); !strings.Contains(reply, test.want) {
			t.Errorf("%s: no %q in %s", test.rpc, test.want, reply)
		}
	}
	o.disturb("no-licence", "")
	for _, rpc := range []string{"<get-license-key-information/>", `<get-license-key-information format="text"/>`} {
		if reply := n.rpc(rpc); strings.Contains(reply, "FAKE") {
			t.Errorf("a device without a licence has a key: %s", reply)
		}
	}
}
