package thirdparty_test

import (
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

func TestPyEZWorksAgainstTheGateway(t *testing.T) {
	needModule(t, "jnpr.junos")
	for kind, opts := range kinds() {
		t.Run(kind, func(t *testing.T) {
			w := start(t, opts)
			w.script("pyez_device.py", w.facts(kind))
			if !w.seen("rpc commit-configuration") {
				t.Error("nothing was committed")
			}
		})
	}
}

func TestPyEZLosesAnUnconfirmedCommit(t *testing.T) {
	needModule(t, "jnpr.junos")
	w := start(t, kinds()["ha"])
	w.script("pyez_confirm.py", w.facts("ha"))
	w.Step(6 * time.Minute)
	w.script("pyez_rolled_back.py", w.facts("ha"))
}

func TestPyEZStumblesOverACommitWhoseReplyHasNoEnd(t *testing.T) {
	needModule(t, "jnpr.junos")
	w := start(t, kinds()["ha"])
	if err := w.Inject(sim.Fault{Name: "unclosed-engine"}); err != nil {
		t.Fatal(err)
	}
	w.script("pyez_unclosed.py", w.facts("ha"))
}

func TestPyEZIsToldWhyItCannotConnect(t *testing.T) {
	needModule(t, "jnpr.junos")
	for fault, problem := range map[string]string{"ssh-refused": "ConnectRefusedError", "root-login-closed": "ConnectAuthError"} {
		t.Run(fault, func(t *testing.T) {
			w := start(t, kinds()["ha"])
			if err := w.Inject(sim.Fault{Name: fault}); err != nil {
				t.Fatal(err)
			}
			facts := w.facts("ha")
			facts["problem"] = problem
			w.script("pyez_refused.py", facts)
		})
	}
}
