package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// stage plays one upgrade in the SDK's test environment: the world answers, a person acts when the status says so.
type stage struct {
	*testing.T
	*world
	env     *testsuite.TestWorkflowEnvironment
	seen    sightings
	during  map[string]func() // what happens while a call runs, by "activity call"
	started map[string]int    // calls by activity
	cut     map[string]int    // calls that were cancelled before they ended, by activity
	replies []*reply
	given   []upgrade.PermitRelease // by which permits were given back
	served  []activities.ServeInput // services of a lock in the order of their begin, also those that were cut
	looked  []activities.FitInput   // looks of a lock at its pod, likewise
}

// scene is what a person waits for and then does.
type scene struct {
	name string
	when func(*stage, upgrade.Report) bool
	do   func(*stage)
}

// standstill ends a play whose workflow waits for something that no scene brings.
type standstill struct{ text string }

var permitID = workflows.PermitID(account, pod)

func newStage(t *testing.T) *stage {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := &stage{T: t, world: newWorld(), env: suite.NewTestWorkflowEnvironment(), during: map[string]func(){}, started: map[string]int{}, cut: map[string]int{}}
	s.now = s.env.Now
	s.grant = func(g upgrade.PodGrant) { s.env.SignalWorkflow(workflows.SignalGranted, g) }
	s.env.SetStartTime(night)
	s.env.SetTestTimeout(time.Minute) // of silence in real time; a loaded machine must not end a play
	s.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute, Interceptors: s.seen.interceptors()})
	s.env.RegisterWorkflowWithOptions(workflows.UpgradeGateway, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	s.env.RegisterWorkflowWithOptions(workflows.PodLock, workflow.RegisterOptions{Name: workflows.TypePodLock})
	s.env.RegisterWorkflowWithOptions(workflows.PodPermit, workflow.RegisterOptions{Name: workflows.TypePodPermit})
	s.env.RegisterWorkflowWithOptions(besideRival, workflow.RegisterOptions{Name: "BesideRival"})
	s.env.RegisterActivity(s.world)
	s.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, args converter.EncodedValues) {
		s.working.Add(1)
		s.began(info.ActivityType.Name, args)
		s.started[info.ActivityType.Name]++
		if act, ok := s.during[fmt.Sprintf("%s %d", info.ActivityType.Name, s.started[info.ActivityType.Name])]; ok {
			act()
		}
	})
	s.env.SetOnActivityCanceledListener(func(info *activity.Info) { s.cut[info.ActivityType.Name]++ })
	s.env.SetOnChildWorkflowStartedListener(func(*workflow.Info, workflow.Context, converter.EncodedValues) { s.happened("pod taken") })
	s.env.SetOnChildWorkflowCompletedListener(func(_ *workflow.Info, result converter.EncodedValue, err error) {
		if err == nil {
			var release upgrade.PermitRelease
			if err := result.Get(&release); err != nil {
				s.Errorf("the permit's result: %v", err)
			}
			s.given = append(s.given, release)
		}
		s.happened(map[bool]string{true: "pod given back", false: "pod lost"}[err == nil])
	})
	return s
}

// rival is the request of another upgrade of the pod.
func rival() upgrade.PodRequest {
	return upgrade.PodRequest{ID: "rival/1", Holder: "upgrade/31", Run: "rival", GatewayID: 31, Gateway: "edge-old", Poll: upgrade.Duration(time.Minute)}
}

// besideRival is an upgrade of a pod whose permit somebody else holds already.
func besideRival(ctx workflow.Context, req upgrade.Request) (upgrade.Report, error) {
	own, _ := workflow.NewDisconnectedContext(ctx) // who cancels the upgrade does not cancel its rival
	rival := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(own, workflow.ChildWorkflowOptions{WorkflowID: permitID}),
		workflows.TypePodPermit, rival())
	if err := rival.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return upgrade.Report{}, err
	}
	return workflows.UpgradeGateway(ctx, req)
}

// wanted is the request of the tests: everything that may be left out is left out.
func wanted() upgrade.Request {
	return upgrade.Request{GatewayID: gatewayID, TargetVersion: target, Change: "CHG-31007", By: "N. Okafor"}
}

// play runs an upgrade to its end and returns what the workflow did.
func (s *stage) play(req upgrade.Request, scenes ...scene) (upgrade.Report, error) {
	s.Helper()
	return s.playAs(workflows.TypeUpgradeGateway, req, scenes...)
}

func (s *stage) playAs(workflowType string, req upgrade.Request, scenes ...scene) (report upgrade.Report, err error) {
	s.Helper()
	defer func() {
		switch p := recover().(type) {
		case nil:
		case standstill:
			s.Fatalf("%s\ncalls: %s", p.text, strings.Join(s.calls, ", "))
		default:
			panic(p)
		}
	}()
	s.watch(&scenes, 0)
	s.env.ExecuteWorkflow(workflowType, req)
	s.working.Wait() // what an abort cut goes on by itself; afterwards the world may be read
	if len(scenes) > 0 {
		s.Errorf("it never came to %q; calls: %s", scenes[0].name, strings.Join(s.calls, ", "))
	}
	for _, r := range s.replies {
		if r.missing() {
			s.Errorf("%s was answered as %s, wanted %s", r.update, r, r.wanted())
		}
	}
	if err := s.env.GetWorkflowError(); err != nil {
		return report, err
	}
	return report, s.env.GetWorkflowResult(&report)
}

// watch looks at the status every five simulated minutes and plays the next scene when it is due. It ends a play that waits
// for a person and has no scene left, or that goes on for a simulated month.
func (s *stage) watch(scenes *[]scene, looks int) {
	s.env.RegisterDelayedCallback(func() {
		if s.env.IsWorkflowCompleted() {
			return
		}
		r := s.status()
		waits := r.Hold != nil || r.Ask != nil
		switch {
		case len(*scenes) > 0 && (*scenes)[0].when(s, r):
			do := (*scenes)[0].do
			*scenes = (*scenes)[1:]
			do(s)
		case waits && len(*scenes) == 0 || looks > 10_000:
			panic(standstill{fmt.Sprintf("it stands still in phase %s with %d scenes left: hold %+v, ask %+v", r.Phase, len(*scenes), r.Hold, r.Ask)})
		case waits && s.settled(r):
			panic(standstill{fmt.Sprintf("waiting for %q it stands still in phase %s: hold %+v, ask %+v", (*scenes)[0].name, r.Phase, r.Hold, r.Ask)})
		}
		s.watch(scenes, looks+1)
	}, 5*time.Minute)
}

// settled reports whether a wait is older than the longest scene's patience: nothing will move it any more.
func (s *stage) settled(r upgrade.Report) bool {
	since := s.env.Now()
	if r.Hold != nil {
		since = r.Hold.Since
	} else if r.Ask != nil {
		since = r.Ask.Since
	}
	return s.env.Now().Sub(since) > 3*24*time.Hour
}

// status asks the query that people ask.
func (s *stage) status() (r upgrade.Report) {
	s.Helper()
	v, err := s.env.QueryWorkflow(workflows.QueryStatus)
	if err == nil {
		err = v.Get(&r)
	}
	if err != nil {
		s.Errorf("status: %v", err)
	}
	return r
}

// details are what Temporal Web shows of the running workflow.
func (s *stage) details() string {
	s.Helper()
	v, err := s.env.QueryWorkflow("__temporal_workflow_metadata")
	if err != nil {
		s.Errorf("metadata: %v", err)
		return ""
	}
	var m sdkpb.WorkflowMetadata
	if err := v.Get(&m); err != nil {
		s.Errorf("metadata: %v", err)
	}
	return m.GetCurrentDetails()
}

// count tells how often something happened.
func (s *stage) count(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, call := range s.calls {
		if call == what {
			n++
		}
	}
	return n
}

// refusedAs checks that the workflow failed with the kind, finally.
func (s *stage) refusedAs(err error, kind upgrade.Kind) {
	s.Helper()
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != string(kind) || !app.NonRetryable() {
		s.Errorf("the workflow ended with %v, wanted a final error of kind %s", err, kind)
	}
}

// adviceIn gives the advice that travels with a workflow's error.
func adviceIn(t *testing.T, err error) (advice string) {
	t.Helper()
	var app *temporal.ApplicationError
	if !errors.As(err, &app) {
		t.Fatalf("no application error: %v", err)
	}
	if err := app.Details(&advice); err != nil {
		t.Errorf("details: %v", err)
	}
	return advice
}
