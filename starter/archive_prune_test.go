package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
)

// frontend is as much of a Temporal server as prune asks, over a real socket. Each run is open; its first run is the one
// it is mapped to.
type frontend struct {
	workflowservice.UnimplementedWorkflowServiceServer
	pages    [][]string
	first    map[string]string
	list     error
	describe error
	queries  []string
}

func (f *frontend) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (f *frontend) ListWorkflowExecutions(_ context.Context, r *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	f.queries = append(f.queries, r.GetQuery())
	page := len(r.GetNextPageToken()) // a token is as long as the number of pages before it
	answer := &workflowservice.ListWorkflowExecutionsResponse{}
	if f.list != nil || page >= len(f.pages) {
		return answer, serviceerror.ToStatus(f.list).Err() // nil for nil
	}
	for _, run := range f.pages[page] {
		answer.Executions = append(answer.Executions, &workflow.WorkflowExecutionInfo{Execution: &common.WorkflowExecution{WorkflowId: "upgrade/4711", RunId: run}})
	}
	if page+1 < len(f.pages) {
		answer.NextPageToken = make([]byte, page+1)
	}
	return answer, nil
}

func (f *frontend) DescribeWorkflowExecution(_ context.Context, r *workflowservice.DescribeWorkflowExecutionRequest) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	run := r.GetExecution().GetRunId()
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflow.WorkflowExecutionInfo{FirstRunId: f.first[run]}}, serviceerror.ToStatus(f.describe).Err()
}

// serve lets the starter find the server.
func (f *frontend) serve(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, f)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(func() { server.Stop(); <-done })
	t.Setenv("TEMPORAL_ADDRESS", listener.Addr().String())
	t.Setenv("TEMPORAL_CONFIG_FILE", os.DevNull)
}

func TestPruneDeletesWhatTheRetentionAllowsAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		server *frontend
		args   []string
		code   int
		want   string // in the output or among the errors
		stands bool   // the old upgrade
	}{
		"without --apply nothing goes":     {&frontend{}, []string{"--older-than", "30d"}, 0, "would delete 1 upgrade", true},
		"with --apply it goes":             {&frontend{}, []string{"--older-than", "30d", "--apply"}, 0, "deleted 1 upgrade", false},
		"by number":                        {&frontend{}, []string{"--keep", "1", "--apply"}, 0, "number 2 of its gateway", false},
		"by number, within it":             {&frontend{}, []string{"--keep", "2", "--apply"}, 0, "nothing to delete", true},
		"by both, young enough":            {&frontend{}, []string{"--keep", "1", "--older-than", "200d", "--apply"}, 0, "not old enough", true},
		"as JSON":                          {&frontend{}, []string{"--keep", "1", "--json"}, 0, `"applied": false`, true},
		"not an open one":                  {opened("run-old", "run-old"), []string{"--older-than", "30d", "--apply"}, 0, "the upgrade is open", true},
		"not one that was reset":           {opened("run-new", "run-old"), []string{"--older-than", "30d", "--apply"}, 0, "the upgrade is open", true},
		"not an open one of a later page":  {&frontend{pages: [][]string{{"x"}, {"run-old"}}, first: map[string]string{"x": "x", "run-old": "run-old"}}, []string{"--keep", "1", "--apply"}, 0, "the upgrade is open", true},
		"nothing when the list fails":      {&frontend{list: serviceerror.NewInvalidArgument("made up")}, []string{"--keep", "1", "--apply"}, 5, "listing the open upgrades", true},
		"nothing when a look fails":        {&frontend{pages: [][]string{{"x"}}, describe: serviceerror.NewInvalidArgument("made up")}, []string{"--keep", "1", "--apply"}, 5, "looking at upgrade/4711", true},
		"nothing without the first run":    {opened("x", ""), []string{"--keep", "1", "--apply"}, 3, "does not tell the first run", true},
		"what has ended meanwhile is none": {&frontend{pages: [][]string{{"x"}}, describe: serviceerror.NewNotFound("made up")}, []string{"--keep", "1", "--apply"}, 0, "deleted 1 upgrade", false},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			c.server.serve(t)
			out, errs, code := starter(append([]string{"archive", "prune"}, c.args...)...)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("exit code %d, want %d with %q:\n%s%s", code, c.code, c.want, out, errs)
			}
			for _, name := range []string{storedOld + ".age", storedOld + ".entry.json"} {
				if _, err := os.Stat(v.path(name)); (err == nil) != c.stands {
					t.Errorf("%s stands: %t, want %t", name, err == nil, c.stands)
				}
			}
			for _, name := range []string{storedKey + ".age", "upgrades/900/run-only/report.json.age"} {
				if _, err := os.Stat(v.path(name)); err != nil {
					t.Errorf("the newest complete one is not whole: %v", err)
				}
			}
			if len(c.server.queries) == 0 || c.server.queries[0] != `WorkflowType="UpgradeGateway" AND ExecutionStatus='Running'` {
				t.Errorf("asked Temporal %q", c.server.queries)
			}
		})
	}
}

// opened is a server with one open run, whose first run is named.
func opened(run, first string) *frontend {
	return &frontend{pages: [][]string{{run}}, first: map[string]string{run: first}}
}

func TestWithoutTemporalNothingIsPruned(t *testing.T) {
	v := newVault(t)
	silent := func(context.Context) (map[string]bool, error) { return nil, errors.New("no Temporal server answers") }
	c := archivePruneCommand(&shared{}, silent)
	c.SetArgs([]string{"--keep", "1", "--apply"})
	c.SilenceErrors, c.SilenceUsage = true, true
	if err := c.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "without which nothing is deleted") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(v.path(storedOld + ".age")); err != nil {
		t.Error(err)
	}
}
