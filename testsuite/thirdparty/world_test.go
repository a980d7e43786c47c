package thirdparty_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vsrx-upgrade/testsuite/sim"
)

// python is the interpreter that sees the packages of the distribution.
const python = "/usr/bin/python3"

// world is a paused simulated cloud.
type world struct {
	*sim.Cloud
	t *testing.T
}

func start(t *testing.T, opts sim.Options) world {
	t.Helper()
	cloud, err := sim.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	cloud.Pause()
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Errorf("closing the world: %v", err)
		}
	})
	return world{cloud, t}
}

// kinds are the two forms of a gateway, which answer differently.
func kinds() map[string]sim.Options {
	pair := sim.DefaultGateways()
	pair[0].Preempt = false
	single := sim.DefaultGateways()
	single[0].Standalone, single[0].Preempt, single[0].Name = true, false, "gw-s"
	return map[string]sim.Options{"ha": {Gateways: pair}, "standalone": {Gateways: single}}
}

func (w world) gateway() sim.GatewayAccess { return w.Access().Gateways[0] }

// needModule skips the test if a Python package is missing.
func needModule(t *testing.T, name string) {
	t.Helper()
	if err := exec.Command(python, "-c", "import "+name).Run(); err != nil {
		t.Skipf("the Python package %s is not installed: see install.sh", name)
	}
}

// script runs one of our scripts with what it has to know in its environment and fails with its output.
func (w world) script(name string, facts map[string]any) {
	w.t.Helper()
	text, err := json.Marshal(facts)
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.CommandContext(w.t.Context(), python, "-W", "ignore", "scripts/"+name)
	cmd.Env = append(os.Environ(), "WORLD="+string(text))
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// adminPassword is that of the gateway's second user, whose login shell is the CLI, as the portal shows it.
func (w world) adminPassword() string {
	w.t.Helper()
	a := w.Access()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet,
		fmt.Sprintf("%sSoftLayer_Network_Gateway_Member/%d/getPasswords.json", a.API, a.Gateways[0].Members[0].ID), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.SetBasicAuth(a.Username, a.APIKey)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	var list []struct{ Username, Password string }
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		w.t.Fatal(err)
	}
	for _, entry := range list {
		if entry.Username == "admin" {
			return entry.Password
		}
	}
	w.t.Fatal("the portal shows no admin")
	return ""
}

// facts are how to reach the gateway, for a script.
func (w world) facts(kind string) map[string]any {
	g := w.gateway()
	return map[string]any{
		"kind": kind, "host": g.Address, "port": g.NetconfPort, "user": "root", "password": g.RootPassword, "name": g.Name, "version": "22.2R2-S2.3",
	}
}

// seen tells whether the world has recorded a call on the gateway with such a name.
func (w world) seen(name string) bool {
	for _, c := range w.Calls() {
		if c.Face == "vsrx" && strings.Contains(c.Name, name) {
			return true
		}
	}
	return false
}
