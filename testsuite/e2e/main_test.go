// Package e2e proves the product as its users meet it: the real worker and starter as processes, a real Temporal
// server, and the simulated cloud over real sockets.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

// speed makes five hours, the validity of a readiness check and the tightest limit there is, 30 real seconds.
const speed = 600

// patience is how long a test waits for what must come: far longer than it takes.
const patience = 5 * time.Minute

var (
	tools  stage.Tools
	server *stage.Server
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	// These tests wait for the cloud's clock, not for the processor.
	if err := flag.Set("test.parallel", "14"); err != nil {
		return fail(err)
	}
	dir, err := os.MkdirTemp("", "vsrx-upgrade-e2e-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if tools, err = stage.Build(context.Background(), dir, os.Stderr); err != nil {
		return fail(err)
	}
	logger, err := app.NewLogger(io.Discard, "error", true)
	if err != nil {
		return fail(err)
	}
	log, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		return fail(err)
	}
	defer log.Close()
	database := filepath.Join(dir, "temporal.db")
	if server, err = tools.StartServer(context.Background(), database, log, logger); err != nil {
		return fail(err)
	}
	if err := plant(context.Background(), server.Client()); err != nil {
		return fail(errors.Join(err, server.Stop()))
	}
	code := m.Run()
	if err := server.Stop(); err != nil {
		return fail(err)
	}
	if err := secrets.judge(database, log.Name()); err != nil {
		return fail(err)
	}
	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// installation is a stage under test.
type installation struct {
	*stage.Stage
	t      testing.TB
	client client.Client
}

var namespaces atomic.Int32

// install gives a test a namespace, a cloud and a worker of its own.
func install(t *testing.T, gateways ...sim.Gateway) *installation {
	t.Helper()
	in := prepare(t, gateways...)
	in.startWorker()
	return in
}

// prepare is install without the worker.
func prepare(t *testing.T, gateways ...sim.Gateway) *installation {
	t.Helper()
	t.Parallel()
	return prepareFor(t, sim.Options{Gateways: gateways})
}

// prepareFor is prepare for benchmarks too, which run one after the other, and for clouds that differ in more.
func prepareFor(t testing.TB, options sim.Options) *installation {
	t.Helper()
	options.Speed = speed
	cloud, err := sim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Errorf("the simulated cloud: %v", err)
		}
	})
	in := &installation{t: t, Stage: &stage.Stage{Tools: tools, Server: server, Cloud: cloud, Dir: t.TempDir(),
		Namespace: fmt.Sprintf("test-%d", namespaces.Add(1))}}
	secrets.learn(cloud.Access())
	t.Cleanup(in.keepsSecrets)
	if code, _, text := in.starter("setup"); code != 0 {
		t.Fatalf("starter setup: %s", text)
	}
	if in.client, err = client.Dial(client.Options{HostPort: server.Address, Namespace: in.Namespace, Logger: quiet{}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.client.Close)
	return in
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// startWorker starts a worker that ends with the test; a failed test shows its log.
func (in *installation) startWorker(extra ...string) *stage.Worker {
	in.t.Helper()
	w, err := in.StartWorker(extra...)
	if err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(func() {
		if err := w.Stop(); err != nil {
			in.t.Errorf("stopping the worker: %v", err)
		}
		if log, err := os.ReadFile(in.WorkerLog()); err == nil && in.t.Failed() {
			in.t.Logf("the worker's log:\n%s", log)
		}
	})
	return w
}

// starter runs one command and gives its exit code, standard output and standard error.
func (in *installation) starter(args ...string) (int, string, string) {
	in.t.Helper()
	return in.run(in.Starter(context.Background(), args...))
}

func (in *installation) run(cmd *exec.Cmd) (int, string, string) {
	in.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		in.t.Fatal(err)
	}
	if cmd.Path == tools.Starter {
		in.said(cmd.Args[1:], stdout.String(), stderr.String())
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// request is an upgrade of the default pair at the speed of the cloud.
func request() upgrade.Request {
	gateway := sim.DefaultGateways()[0]
	timing := upgrade.DefaultTiming().Faster(speed)
	timing.ConfirmMinutes = 240 // of the device, whose minutes are short too
	return upgrade.Request{GatewayID: gateway.ID, TargetVersion: gateway.Offered[0], Preempt: upgrade.PreemptDeactivate, Timing: timing}
}

// upgrade starts an upgrade with the starter and returns when its plan stands.
func (in *installation) upgrade(req upgrade.Request) {
	in.t.Helper()
	if code, _, text := in.starter("upgrade", fmt.Sprint(req.GatewayID), "--input", in.file(req)); code != 0 {
		in.t.Fatalf("starter upgrade exits with %d: %s", code, text)
	}
}

// file writes a request to a file.
func (in *installation) file(req upgrade.Request) string {
	in.t.Helper()
	text, err := json.Marshal(req)
	if err != nil {
		in.t.Fatal(err)
	}
	path := filepath.Join(in.Dir, fmt.Sprintf("request-%d.json", req.GatewayID))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		in.t.Fatal(err)
	}
	return path
}

// status asks a running or ended upgrade where it stands.
func (in *installation) status(gateway int) (upgrade.Report, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var report upgrade.Report
	value, err := in.client.QueryWorkflow(ctx, workflows.UpgradeID(gateway), "", workflows.QueryStatus)
	if err != nil {
		return report, err
	}
	return report, value.Get(&report)
}

// await waits until an upgrade's status is as wanted. One that ended otherwise fails the test at once.
func (in *installation) await(gateway int, what string, wanted func(upgrade.Report) bool) upgrade.Report {
	in.t.Helper()
	var last upgrade.Report
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		report, err := in.status(gateway)
		if err != nil { // a killed worker answers no query; the next one will
			continue
		}
		last = report
		if wanted(report) {
			return report
		}
		if report.Outcome != "" {
			break
		}
	}
	in.t.Fatalf("waited for %s; the upgrade stands at: %s", what, last.Markdown())
	return last
}

// result waits for the end of an upgrade.
func (in *installation) result(gateway int) upgrade.Report {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var report upgrade.Report
	if err := in.client.GetWorkflow(ctx, workflows.UpgradeID(gateway), "").Get(ctx, &report); err != nil {
		in.t.Fatalf("the upgrade ended with: %v", err)
	}
	return report
}

// instruct tells an upgrade something by the starter.
func (in *installation) instruct(name string, gateway int) {
	in.t.Helper()
	if code, _, text := in.starter(name, fmt.Sprint(gateway), "--by", "tester", "--reason", "the test says so"); code != 0 {
		in.t.Fatalf("starter %s exits with %d: %s", name, code, text)
	}
}

// inject arms a fault of the simulated cloud.
func (in *installation) inject(f sim.Fault) {
	in.t.Helper()
	if err := in.Cloud.Inject(f); err != nil {
		in.t.Fatal(err)
	}
}

// history reads the whole history of an upgrade as JSON, by the temporal CLI.
func (in *installation) history(id string) string {
	in.t.Helper()
	code, out, text := in.run(in.Temporal(context.Background(), "workflow", "show", "-w", id, "-o", "json"))
	if code != 0 {
		in.t.Fatalf("temporal workflow show: %s", text)
	}
	return out
}

// wantWholeAndSafe demands that the pair runs the target, and what the safety monitor saw.
func (in *installation) wantWholeAndSafe(req upgrade.Request) {
	in.t.Helper()
	state, verdict := in.Cloud.State(req.GatewayID), in.Cloud.Verdict()
	if !state.Healthy || !state.Traffic {
		in.t.Errorf("the pair is not whole: %+v", state)
	}
	for _, m := range state.Members {
		if m.Version != req.TargetVersion || m.Reloads != 1 {
			in.t.Errorf("node%d runs %s after %d reloads, want %s after one", m.Node, m.Version, m.Reloads, req.TargetVersion)
		}
	}
	if len(verdict.Violations) > 0 {
		in.t.Errorf("the safety monitor saw %+v", verdict.Violations)
	}
	if verdict.Reloads != 2 {
		in.t.Errorf("%d reloads were submitted, want 2", verdict.Reloads)
	}
	if verdict.Outages != 1 {
		in.t.Errorf("traffic stopped %d times, want one move: %v", verdict.Outages, verdict.OutageSeconds)
	}
}

// wantNothingWritten demands that no call of any face changed anything.
func (in *installation) wantNothingWritten() {
	in.t.Helper()
	if n := in.Cloud.Verdict().Writes; n != 0 {
		in.t.Errorf("%d calls changed something, want none: %s", n, writes(in.Cloud))
	}
}

func writes(c *sim.Cloud) string {
	var names []string
	for _, call := range c.Calls() {
		if call.Write {
			names = append(names, call.Name)
		}
	}
	return strings.Join(names, ", ")
}
