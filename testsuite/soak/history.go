package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"vsrx-upgrade/workflows"
)

// execution is one run of a workflow.
type execution struct {
	kind, id, run string
	open          bool
}

// runs lists the runs of the namespace that match a query.
func (s *soak) runs(ctx context.Context, query string) (list []execution, err error) {
	var page []byte
	for {
		answer, err := s.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("listing the runs: %w", err)
		}
		for _, e := range answer.GetExecutions() {
			list = append(list, execution{e.GetType().GetName(), e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId(),
				e.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING})
		}
		if page = answer.GetNextPageToken(); len(page) == 0 {
			return list, nil
		}
	}
}

// judgeHistories reads every history: no workflow task may have failed but for races that Temporal itself settles, each
// one replays, and none holds a secret.
func (s *soak) judgeHistories(ctx context.Context, runs []execution, seen *summary) {
	for _, e := range runs {
		h, err := s.read(ctx, e)
		if err != nil {
			s.tally.object("%v", err)
			continue
		}
		seen.Histories++
		seen.Longest = max(seen.Longest, len(h.Events))
		err = errors.Join(failedTasks(h), s.replay(h, e), revealing(h))
		if err == nil {
			continue
		}
		s.tally.object("%s, run %s: %v (history: %s)", e.id, e.run, err, s.history(e.id, e.run))
		s.save(ctx, e.id, e.run)
	}
}

func (s *soak) read(ctx context.Context, e execution) (*historypb.History, error) {
	h := &historypb.History{}
	events := s.client.GetWorkflowHistory(ctx, e.id, e.run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", e.id, err)
		}
		h.Events = append(h.Events, event)
	}
	return h, nil
}

// cutShort is what the SDK says of the speculative task of an update that reaches a worker without the workflow in its
// cache: the task's own events are not stored yet, and so are missing from the history it reads. The task is done again.
const cutShort = "premature end of stream"

// failedTasks names the workflow tasks that failed by a fault of the workflow's code. A command that meets a message that
// has just come is declined and decided anew: that is Temporal's way of settling a race.
func failedTasks(h *historypb.History) error {
	var errs []error
	for _, e := range h.Events {
		a := e.GetWorkflowTaskFailedEventAttributes()
		if a == nil || a.GetCause() == enums.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND || strings.Contains(a.GetFailure().GetMessage(), cutShort) {
			continue
		}
		errs = append(errs, fmt.Errorf("workflow task failed in event %d: %s %s", e.GetEventId(), a.GetCause(), a.GetFailure().GetMessage()))
	}
	return errors.Join(errs...)
}

// replay runs a history against the code that the soak was built from.
func (s *soak) replay(h *historypb.History, e execution) error {
	if len(h.Events) < 4 {
		return nil // no workflow task was completed: there is nothing to replay
	}
	r := worker.NewWorkflowReplayer()
	r.RegisterWorkflowWithOptions(workflows.UpgradeGateway, workflow.RegisterOptions{Name: workflows.TypeUpgradeGateway})
	r.RegisterWorkflowWithOptions(workflows.PodLock, workflow.RegisterOptions{Name: workflows.TypePodLock})
	r.RegisterWorkflowWithOptions(workflows.PodPermit, workflow.RegisterOptions{Name: workflows.TypePodPermit})
	err := r.ReplayWorkflowHistoryWithOptions(s.logger, h, worker.ReplayWorkflowHistoryOptions{OriginalExecution: workflow.Execution{ID: e.id, RunID: e.run}})
	if err != nil {
		return fmt.Errorf("it does not replay: %w", err)
	}
	return nil
}

// secret is the form of every password and key of the simulated cloud.
var secret = regexp.MustCompile(`fake-[a-z-]+-[0-9a-f]{8}`)

func revealing(h *historypb.History) error {
	for _, e := range h.Events {
		raw, err := proto.Marshal(e)
		if err != nil {
			return fmt.Errorf("reading event %d: %w", e.GetEventId(), err)
		}
		if secret.Match(raw) {
			return fmt.Errorf("event %d (%s) holds a secret", e.GetEventId(), e.GetEventType())
		}
	}
	return nil
}

// judgeFiles searches the workers' log and the archive for secrets, and the log for what no worker may say.
func (s *soak) judgeFiles() {
	search := func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		if secret.Match(text) {
			s.tally.object("%s holds a secret", path)
		}
		for _, word := range []string{"panic:", "nondeterministic", "DATA RACE"} {
			if path == s.stage.WorkerLog() && bytes.Contains(text, []byte(word)) {
				s.tally.object("%s says %q", path, word)
			}
		}
		return nil
	}
	for _, path := range []string{s.stage.WorkerLog(), s.stage.Archive()} {
		if err := filepath.WalkDir(path, search); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.tally.object("%v", err)
		}
	}
}

// save writes a history to a file, by the temporal CLI.
func (s *soak) save(ctx context.Context, id, run string) {
	path := s.history(id, run)
	out, err := s.stage.Temporal(ctx, "workflow", "show", "-w", id, "-r", run, "-o", "json").Output()
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, out, 0o600))
	}
	if err != nil {
		s.tally.object("the history of %s, run %s, cannot be saved: %v", id, run, err)
	}
}
