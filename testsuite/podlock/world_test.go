package podlock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/types/known/durationpb"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
	"vsrx-upgrade/workflows"
)

const (
	// speed makes a reload of twenty minutes a third of a real second.
	speed = 3600
	// look is the real time between two looks of a holder at its reload: more than a minute of the cloud's.
	look = 20 * time.Millisecond
	// pause is the real time between two looks of a test; most of them are a task of some workflow.
	pause = 100 * time.Millisecond
	// poll is the real time between two looks of those who wait.
	poll = 300 * time.Millisecond
	// patience is how long a test waits for what must come: far longer than it takes.
	patience = 5 * time.Minute
)

// Releases of the simulated gateways.
const (
	installed = "21.4R3-S2.7"
	newer     = "23.2R2-S1.6"
)

// pod names the n-th pod of the simulated account.
func pod(n int) string { return fmt.Sprintf("fra02.pod%02d", n+3) }

// world is a namespace, a cloud and a worker of one test.
type world struct {
	*site
	t      *testing.T
	client client.Client
	cloud  *sim.Cloud
	pods   activities.Pods
	worker worker.Worker

	stopWorker func()
	log        *stage.Log
}

var namespaces atomic.Int32

// open makes a world with pairs of gateways in each pod, and a worker. Every gateway has passed IBM's readiness check.
func open(t *testing.T, perPod ...int) *world {
	t.Helper()
	w := furnish(t, server.FrontendHostPort(), func(*sim.Options) {}, perPod...)
	w.startWorker()
	return w
}

// furnish is open without the worker, on any server, in a cloud that may be changed.
func furnish(t *testing.T, address string, change func(*sim.Options), perPod ...int) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, log: &stage.Log{}, site: &site{Address: address, Dir: t.TempDir(), Namespace: fmt.Sprintf("pods-%d", namespaces.Add(1))}}
	w.build(change, perPod)
	w.register()
	t.Cleanup(w.judge)
	return w
}

// build starts the cloud.
func (w *world) build(change func(*sim.Options), perPod []int) {
	w.t.Helper()
	o := sim.Options{Speed: speed, Physics: sim.Physics{Precheck: time.Minute, PrecheckValid: 100000 * time.Hour,
		ReloadMin: 20 * time.Minute, ReloadMax: 20 * time.Minute, TransactionLag: time.Second, ChainGap: time.Second}}
	for p, n := range perPod {
		for range n {
			i := len(o.Gateways)
			o.Gateways = append(o.Gateways, sim.Gateway{ID: 6100 + i, Name: fmt.Sprintf("edge-%c", 'a'+i), Pod: pod(p), Version: installed, Offered: []string{newer, installed}})
		}
	}
	change(&o)
	var err error
	if w.cloud, err = sim.Start(o); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := w.cloud.Close(); err != nil {
			w.t.Errorf("the simulated cloud: %v", err)
		}
	})
	w.Access = w.cloud.Access()
	api, err := w.site.cloud()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, g := range w.Access.Gateways {
		if err := api.Writer().StartCheck(w.t.Context(), g.ID, upgrade.ReloadCheck); err != nil {
			w.t.Fatal(err)
		}
	}
	w.cloud.Step(2 * time.Minute)
}

// register makes the namespace.
func (w *world) register() {
	w.t.Helper()
	var err error
	if w.client, err = w.dial(slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelWarn}))); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.client.Close)
	if _, err := w.client.WorkflowService().RegisterNamespace(w.t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: w.Namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)}); err != nil {
		w.t.Fatal(err)
	}
	w.pods = app.NewPods(w.client)
}

// copySite gives the settings to another process.
func (w *world) copySite() *site {
	return &site{Address: w.Address, Namespace: w.Namespace, Access: w.Access, Dir: w.Dir, Slots: w.Slots, Stop: w.Stop}
}

// startWorker starts the worker in this process.
func (w *world) startWorker() {
	w.t.Helper()
	var err error
	if w.worker, err = w.site.worker(w.client); err != nil {
		w.t.Fatal(err)
	}
	if err := w.worker.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.stopWorker = sync.OnceFunc(w.worker.Stop)
	w.t.Cleanup(w.stopWorker)
}

// until waits for a condition.
func (w *world) until(what string, met func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !met(); time.Sleep(pause) {
		if time.Now().After(end) {
			w.t.Fatalf("waited for %s in vain; the locks: %s\nthe workers' log:\n%s", what, w.shown(), w.log)
		}
	}
}

// lock asks a pod's lock for its state; without an answer it is asked again.
func (w *world) lock(n int) upgrade.PodLock {
	w.t.Helper()
	var state upgrade.PodLock
	w.until("the answer of the lock", func() bool {
		var err error
		state, err = w.ask(n)
		return err == nil
	})
	return state
}

func (w *world) ask(n int) (state upgrade.PodLock, err error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	value, err := w.client.QueryWorkflow(ctx, w.lockID(n), "", workflows.QueryState)
	if err != nil {
		return state, err
	}
	return state, value.Get(&state)
}

func (w *world) shown() string {
	var all []upgrade.PodLock
	for n := range w.podCount() {
		if state, err := w.ask(n); err == nil {
			all = append(all, state)
		}
	}
	text, _ := json.MarshalIndent(all, "", " ") // plain data
	return string(text)
}

func (w *world) podCount() int {
	seen := map[string]bool{}
	for _, g := range w.Access.Gateways {
		seen[g.Pod] = true
	}
	return len(seen)
}

func (w *world) account() int          { return w.Access.Gateways[0].Account }
func (w *world) lockID(n int) string   { return workflows.LockID(w.account(), pod(n)) }
func (w *world) permitID(n int) string { return workflows.PermitID(w.account(), pod(n)) }

// permit is the open permit of a pod, nil when none is.
func (w *world) permit(n int) *upgrade.PodPermit {
	w.t.Helper()
	p, err := w.pods.Latest(w.t.Context(), w.account(), pod(n))
	if err != nil {
		w.t.Fatal(err)
	}
	if p == nil || !p.Open {
		return nil
	}
	return p
}

// free waits until nobody holds the pod and nobody waits for it.
func (w *world) free(n int) upgrade.PodLock {
	w.t.Helper()
	var state upgrade.PodLock
	w.until("a free pod", func() bool {
		state = w.lock(n)
		return state.Current == nil && len(state.Queue) == 0 && w.permit(n) == nil
	})
	return state
}

// served lists the gateways whose holds have ended, in the order of their turns; how lists the ends.
func served(state upgrade.PodLock) (gateways []int, how []string) {
	for i := range state.Last {
		hold := state.Last[len(state.Last)-1-i]
		kind, _, _ := strings.Cut(hold.End, ":")
		gateways, how = append(gateways, hold.Request.GatewayID), append(how, kind)
	}
	return gateways, how
}

// wantServed demands the turns of a pod, first turn first.
func (w *world) wantServed(n int, holders ...*actor) {
	w.t.Helper()
	var want []int
	for _, a := range holders {
		want = append(want, a.gateway)
	}
	state := w.free(n)
	got, how := served(state)
	if !slices.Equal(got, want) || slices.ContainsFunc(how, func(h string) bool { return h != string(upgrade.PodReleased) }) {
		w.t.Errorf("served were %v (%v), want %v, each released", got, how, want)
	}
	if state.Taint != nil {
		w.t.Errorf("the pod is tainted: %+v", state.Taint)
	}
}

// instruct tells a lock something, as an operator does. What meets a renewal is refused by the server and told again.
func (w *world) instruct(n int, update string, in upgrade.PodInstruction) error {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	for {
		handle, err := w.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: w.lockID(n), UpdateName: update, Args: []any{in}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err == nil {
			err = handle.Get(ctx, nil)
		}
		var busy *serviceerror.WorkflowNotReady
		if !errors.As(err, &busy) {
			return err
		}
	}
}

// says is what an operator gives with an instruction.
func says(request string) upgrade.PodInstruction {
	return upgrade.PodInstruction{Instruction: upgrade.Instruction{By: "kim", Reason: "the test says so"}, Request: request}
}
