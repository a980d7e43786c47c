package thirdparty_test

import "testing"

func TestNcclientWorksAgainstTheGateway(t *testing.T) {
	needModule(t, "ncclient")
	for kind, opts := range kinds() {
		t.Run(kind, func(t *testing.T) {
			w := start(t, opts)
			w.script("ncclient_device.py", w.facts(kind))
		})
		t.Run(kind+", rfc-compliant", func(t *testing.T) {
			w := start(t, opts)
			facts := w.facts(kind)
			facts["prepare"] = "set system services netconf rfc-compliant"
			w.script("ncclient_device.py", facts)
		})
	}
}
