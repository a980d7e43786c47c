package e2e

import (
	"fmt"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

func TestAnUnhealthyClusterIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	in := install(t)
	req := request()
	in.inject(sim.Fault{Name: "peer-lost", Gateway: req.GatewayID})
	code, _, text := in.starter("upgrade", fmt.Sprint(req.GatewayID), "--input", in.file(req))
	if code != 3 || !strings.Contains(text, "node1 is lost") || !strings.Contains(text, "CS") {
		t.Errorf("exit code %d, text %q; want 3 and the lost peer with its CS", code, text)
	}
	in.wantNothingWritten()
	record(t, "refused", in.history(workflows.UpgradeID(req.GatewayID)))
}

func TestADryRunShowsThePlanAndWritesNothing(t *testing.T) {
	in := install(t)
	in.Cloud.DeclareDryRun()
	req := request()
	code, out, text := in.starter("plan", fmt.Sprint(req.GatewayID), "--input", in.file(req))
	if code != 0 || !strings.Contains(out, "1: reload node1 on") || !strings.Contains(out, "2: reload node0 on") {
		t.Errorf("exit code %d, output %q %q; want the two steps", code, out, text)
	}
	in.wantNothingWritten()
	if v := in.Cloud.Verdict().Violations; len(v) > 0 {
		t.Errorf("the safety monitor saw %+v", v)
	}
	record(t, "planned", in.history(fmt.Sprintf("plan/%d", req.GatewayID)))
}

// badGateways are gateways that must not be upgraded, beside the sound one.
func badGateways() []sim.Gateway {
	sound := sim.DefaultGateways()[0]
	other := func(id int, name string, change func(*sim.Gateway)) sim.Gateway {
		g := sound
		g.ID, g.Name, g.Pod = id, name, "dal10.pod0"+fmt.Sprint(id%10)
		change(&g)
		return g
	}
	return []sim.Gateway{sound,
		other(4801, "gw-fortinet", func(g *sim.Gateway) { g.Manufacturer = "Fortinet" }),
		other(4802, "gw-single", func(g *sim.Gateway) { g.Standalone = true }),
		other(4803, "gw-1270", func(g *sim.Gateway) { g.Processor = "Intel Xeon E3-1270 v6" }),
	}
}

func TestBadInputIsRefusedInOneLineWithAdvice(t *testing.T) {
	in := install(t, badGateways()...)
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"unknown gateway":       {[]string{"upgrade", "999999", "--to", "23.4R2-S5.5"}, 3, "999999"},
		"not a vSRX":            {[]string{"upgrade", "4801", "--to", "23.4R2-S5.5"}, 3, "not a Juniper vSRX"},
		"unsupported processor": {[]string{"upgrade", "4803", "--to", "23.4R2-S5.5"}, 3, "E3-1270 v6"},
		"target not offered":    {[]string{"upgrade", "4711", "--to", "24.4R1.9"}, 3, "offered 0 times"},
		"target older":          {[]string{"upgrade", "4711", "--to", "21.4R3.15"}, 3, "offered 0 times"},
		"target equal":          {[]string{"upgrade", "4711", "--to", "22.2R2-S2.3"}, 3, "not newer"},
		"impossible version":    {[]string{"upgrade", "4711", "--to", "newest"}, 2, "not a Junos release"},
		"no version":            {[]string{"upgrade", "4711"}, 2, "no target version"},
		"no gateway":            {[]string{"upgrade", "--to", "23.4R2-S5.5"}, 2, "exactly one gateway"},
		"a gateway by name":     {[]string{"upgrade", "gw-a", "--to", "23.4R2-S5.5"}, 2, "not the id of a gateway"},
		"unknown flag":          {[]string{"upgrade", "4711", "--too", "23.4R2-S5.5"}, 2, "unknown flag"},
		"unknown command":       {[]string{"upgrate"}, 2, "no command"},
		"window backwards":      {[]string{"upgrade", "4711", "--to", "23.4R2-S5.5", "--window-start", "2026-01-02T00:00:00Z", "--window-end", "2026-01-01T00:00:00Z"}, 2, "ends before"},
		"missing input file":    {[]string{"upgrade", "4711", "--input", "/nonexistent/request.json"}, 2, "no such file"},
		"error as warning":      {[]string{"upgrade", "4711", "--to", "23.4R2-S5.5", "--accept-warning", "1110"}, 2, "cannot be accepted"},
		"approve nothing":       {[]string{"approve", "4711", "--by", "tester", "--reason", "why not"}, 3, "no running workflow"},
		"no reason":             {[]string{"retry", "4711", "--by", "tester"}, 2, "needs by"},
		"status of nothing":     {[]string{"status", "4712"}, 3, "no workflow"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, text := in.starter(c.args...)
			if code != c.code || !strings.Contains(text, c.want) {
				t.Errorf("exit code %d, want %d; text %q, want %q in it", code, c.code, text, c.want)
			}
			wantOneLineAndAdvice(t, out, text)
		})
	}
	in.wantNothingWritten()
}

func wantOneLineAndAdvice(t *testing.T, out, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if out != "" || len(lines) != 2 || !strings.HasPrefix(lines[0], "starter: ") || !strings.HasPrefix(lines[1], "  → ") {
		t.Errorf("stdout %q, stderr %q; want nothing, and one line with the reason and one with the advice", out, text)
	}
}

func TestACloudThatDoesNotLetUsInIsSaidInOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		env  string
		code int
		want string
	}{
		"wrong API key":       {"VSRX_API_KEY=not-the-key", 3, "401"},
		"nobody at the API":   {"VSRX_API_ENDPOINT=http://127.0.0.1:9/rest/v3.1/", 5, "refused"},
		"nobody on the hosts": {"VSRX_HOST_SSH_PORT=9", 5, "refused"},
		"nobody on the vSRX":  {"VSRX_DEVICE_SSH_PORT=9\nVSRX_DEVICE_NETCONF_PORT=9", 5, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			in := prepare(t)
			in.startWorker(strings.Split(c.env, "\n")...)
			code, out, text := in.starter("upgrade", "4711", "--to", "23.4R2-S5.5")
			if code != c.code || !strings.Contains(text, c.want) {
				t.Errorf("exit code %d, want %d; text %q, want %q in it", code, c.code, text, c.want)
			}
			wantOneLineAndAdvice(t, out, text)
			in.wantNothingWritten()
			in.wantNoSecret(append(in.secrets(), "not-the-key"), map[string]string{"stderr": text, "history": in.history(workflows.UpgradeID(4711))})
		})
	}
}

func TestNoTemporalServerIsSaidInOneLine(t *testing.T) {
	in := prepare(t)
	cmd := in.Starter(t.Context(), "upgrade", "4711", "--to", "23.4R2-S5.5")
	cmd.Env = append(cmd.Env, "TEMPORAL_ADDRESS=127.0.0.1:9")
	code, out, text := in.run(cmd)
	if code != 5 || !strings.Contains(text, "no Temporal server answers at 127.0.0.1:9") {
		t.Errorf("exit code %d, text %q", code, text)
	}
	wantOneLineAndAdvice(t, out, text)
}

func TestAnUpgradeThatRunsIsNotStartedAgain(t *testing.T) {
	in := install(t)
	req := request()
	in.inject(sim.Fault{Name: "precheck-code", Arg: "1110", Gateway: req.GatewayID})
	in.upgrade(req)
	code, out, text := in.starter("upgrade", fmt.Sprint(req.GatewayID), "--input", in.file(req))
	if code != 3 || !strings.Contains(text, "is running already since") {
		t.Errorf("exit code %d, text %q", code, text)
	}
	wantOneLineAndAdvice(t, out, text)
	in.instruct(workflows.UpdateAbort, req.GatewayID)
	if r := in.result(req.GatewayID); r.Outcome != upgrade.OutcomeAborted {
		t.Errorf("the upgrade ended as %q", r.Outcome)
	}
}
