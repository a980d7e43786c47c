package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	sdktest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/timestamppb"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

const (
	account = 808080
	pod     = "lon06.pod05"
)

// server answers in place of Temporal: one answer for everything that is asked.
type server struct {
	client.Client
	err       error
	asked     []string
	described *workflowpb.WorkflowExecutionInfo
	place     *client.QueryWorkflowWithOptionsResponse
	release   upgrade.PermitRelease
}

func (s *server) DescribeWorkflowExecution(_ context.Context, id, run string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	s.asked = append(s.asked, fmt.Sprintf("describe %s run %q", id, run))
	if s.err != nil {
		return nil, s.err
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: s.described}, nil
}

func (s *server) SignalWorkflow(_ context.Context, id, run, name string, arg any) error {
	s.asked = append(s.asked, fmt.Sprintf("signal %s run %q %s %+v", id, run, name, arg))
	return s.err
}

func (s *server) QueryWorkflowWithOptions(_ context.Context, r *client.QueryWorkflowWithOptionsRequest) (*client.QueryWorkflowWithOptionsResponse, error) {
	s.asked = append(s.asked, fmt.Sprintf("query %s %s %v", r.WorkflowID, r.QueryType, r.Args))
	return s.place, s.err
}

func (s *server) GetWorkflow(_ context.Context, id, run string) client.WorkflowRun {
	s.asked = append(s.asked, fmt.Sprintf("follow %s run %q", id, run))
	return ended{s: s}
}

// ended is a run whose result is there.
type ended struct {
	client.WorkflowRun
	s *server
}

func (e ended) GetWithOptions(_ context.Context, out any, _ client.WorkflowRunGetOptions) error {
	if release, ok := out.(*upgrade.PermitRelease); ok {
		*release = e.s.release
	}
	return e.s.err
}

func asking() upgrade.PodRequest {
	return upgrade.PodRequest{ID: "r-1", Holder: "upgrade/512", Run: "run-512", GatewayID: 512, Gateway: "hub-a", Poll: upgrade.Duration(time.Minute)}
}

func missing() error { return serviceerror.NewNotFound("no such execution") }
func outage() error  { return serviceerror.NewUnavailable("the frontend is away") }

// closedBadly is what following a run that failed says.
func closedBadly(t *testing.T) error {
	t.Helper()
	var suite sdktest.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.ExecuteWorkflow(func(workflow.Context) error {
		return temporal.NewNonRetryableApplicationError("node1 is gone", "x", nil)
	})
	return env.GetWorkflowError()
}

func TestAPlaceIsThatOfTheRunningLockOnly(t *testing.T) {
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(upgrade.Ticket{Position: 2, Waiting: 3})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		server server
		want   upgrade.Ticket
		kind   upgrade.Kind
	}{
		"that answers":                {server{place: &client.QueryWorkflowWithOptionsResponse{QueryResult: client.NewValue(payloads)}}, upgrade.Ticket{Position: 2, Waiting: 3}, ""},
		"and none where it is closed": {server{place: &client.QueryWorkflowWithOptionsResponse{QueryRejected: &querypb.QueryRejected{}}}, upgrade.Ticket{Position: -1}, ""},
		"and none where there is no":  {server{err: missing()}, upgrade.Ticket{Position: -1}, ""},
		"and unknown in an outage":    {server{err: outage()}, upgrade.Ticket{}, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := app.NewPods(&c.server).Place(t.Context(), account, pod, "r-1")
			if got != c.want || upgrade.KindOf(err) != c.kind {
				t.Errorf("got %+v, %v", got, err)
			}
			if diff := cmp.Diff([]string{"query pod-lock/808080/lon06.pod05 place [r-1]"}, c.server.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAGrantGoesToTheVeryRunThatAsked(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind upgrade.Kind
	}{
		"and arrives":                  {nil, ""},
		"and finds that it has ended":  {missing(), upgrade.NotFound},
		"and is tried again otherwise": {outage(), upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s := server{err: c.err}
			if err := app.NewPods(&s).Grant(t.Context(), asking()); upgrade.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
			if want := []string{`signal upgrade/512 run "run-512" ` + workflows.SignalGranted + ` {Request:r-1}`}; !cmp.Equal(want, s.asked) {
				t.Errorf("asked %q, want %q", s.asked, want)
			}
		})
	}
}

func TestOnlyARunningRunIsOpen(t *testing.T) {
	for status, open := range map[enums.WorkflowExecutionStatus]bool{
		enums.WORKFLOW_EXECUTION_STATUS_RUNNING: true, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED: false, enums.WORKFLOW_EXECUTION_STATUS_FAILED: false,
		enums.WORKFLOW_EXECUTION_STATUS_CANCELED: false, enums.WORKFLOW_EXECUTION_STATUS_TERMINATED: false, enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: false,
		enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: false, enums.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED: false,
	} {
		t.Run(status.String(), func(t *testing.T) {
			s := server{described: &workflowpb.WorkflowExecutionInfo{Status: status}}
			permit, err := app.NewPods(&s).Open(t.Context(), upgrade.Permit{WorkflowID: "p", RunID: "run-p"})
			alive, err2 := app.NewPods(&s).Alive(t.Context(), asking())
			if err := errors.Join(err, err2); permit != open || alive != open || err != nil {
				t.Errorf("permit open %t, holder alive %t, %v; want %t", permit, alive, err, open)
			}
			if want := []string{`describe p run "run-p"`, `describe upgrade/512 run "run-512"`}; !cmp.Equal(want, s.asked) {
				t.Errorf("asked %q, want %q", s.asked, want)
			}
		})
	}
	for name, c := range map[string]struct {
		err  error
		kind upgrade.Kind
	}{"unknown": {missing(), ""}, "in an outage": {outage(), upgrade.Unreachable}} {
		t.Run(name, func(t *testing.T) {
			if open, err := app.NewPods(&server{err: c.err}).Open(t.Context(), upgrade.Permit{WorkflowID: "p"}); open || upgrade.KindOf(err) != c.kind {
				t.Errorf("open %t, %v", open, err)
			}
		})
	}
}

func TestTheLatestPermitNamesTheRequestOfItsMemo(t *testing.T) {
	opened := time.Date(2028, time.May, 5, 1, 2, 3, 0, time.UTC)
	memo := func(v any) *commonpb.Memo {
		p, err := converter.GetDefaultDataConverter().ToPayload(v)
		if err != nil {
			t.Fatal(err)
		}
		return &commonpb.Memo{Fields: map[string]*commonpb.Payload{"request": p}}
	}
	info := func(m *commonpb.Memo, status enums.WorkflowExecutionStatus) *workflowpb.WorkflowExecutionInfo {
		return &workflowpb.WorkflowExecutionInfo{Status: status, Memo: m, StartTime: timestamppb.New(opened), Execution: &commonpb.WorkflowExecution{RunId: "run-p"}}
	}
	permitID := workflows.PermitID(account, pod)
	since := asking()
	since.Since = opened
	by := upgrade.PodRequest{ID: "run-p", Holder: permitID, Gateway: "of nobody: the permit was opened by hand", Since: opened}
	permit := upgrade.Permit{WorkflowID: permitID, RunID: "run-p"}
	for name, c := range map[string]struct {
		server server
		want   *upgrade.PodPermit
		kind   upgrade.Kind
	}{
		"while it is open":          {server{described: info(memo(asking()), enums.WORKFLOW_EXECUTION_STATUS_RUNNING)}, &upgrade.PodPermit{Permit: permit, Request: since, Open: true}, ""},
		"after it was closed":       {server{described: info(memo(asking()), enums.WORKFLOW_EXECUTION_STATUS_TERMINATED)}, &upgrade.PodPermit{Permit: permit, Request: since}, ""},
		"or its run without a memo": {server{described: info(nil, enums.WORKFLOW_EXECUTION_STATUS_RUNNING)}, &upgrade.PodPermit{Permit: permit, Request: by, Open: true}, ""},
		"or nothing without permit": {server{err: missing()}, nil, ""},
		"or an unreadable memo":     {server{described: info(memo("r-1"), enums.WORKFLOW_EXECUTION_STATUS_RUNNING)}, nil, upgrade.Malformed},
		"or nothing in an outage":   {server{err: outage()}, nil, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := app.NewPods(&c.server).Latest(t.Context(), account, pod)
			if diff := cmp.Diff(c.want, got); diff != "" || upgrade.KindOf(err) != c.kind {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestOnlyAReleaseByItsHolderEndsAPermitWell(t *testing.T) {
	for name, c := range map[string]struct {
		server server
		how    upgrade.PodHow
		text   string
		kind   upgrade.Kind
	}{
		"its release":            {server{release: upgrade.PermitRelease{Request: "r-1"}}, upgrade.PodReleased, "", ""},
		"a release by force":     {server{release: upgrade.PermitRelease{Request: "r-1", Forced: "O. Brandt: stuck"}}, upgrade.PodLost, "a release by force, O. Brandt: stuck", ""},
		"a release as unhealthy": {server{release: upgrade.PermitRelease{Request: "r-1", Unhealthy: "node1 is gone"}}, upgrade.PodLost, "a release as unhealthy: node1 is gone", ""},
		"a failure":              {server{err: closedBadly(t)}, upgrade.PodLost, "its permit being closed without a release: node1 is gone", ""},
		"nobody knows what":      {server{err: missing()}, upgrade.PodLost, "its permit being gone from Temporal's records", ""},
		"not an outage":          {server{err: outage()}, "", "", upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			end, err := app.NewPods(&c.server).AwaitEnd(t.Context(), upgrade.Permit{WorkflowID: "p", RunID: "run-p"})
			if end.How != c.how || !strings.Contains(end.Text, c.text) || c.text == "" && end.Text != "" || upgrade.KindOf(err) != c.kind {
				t.Errorf("got %+v, %v", end, err)
			}
			if want := []string{`follow p run "run-p"`}; !cmp.Equal(want, c.server.asked) {
				t.Errorf("asked %q, want %q", c.server.asked, want)
			}
		})
	}
}
