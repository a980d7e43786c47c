package main

import (
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// failing is a history in which one workflow task failed.
func failing(cause enums.WorkflowTaskFailedCause, message string) *historypb.History {
	return &historypb.History{Events: []*historypb.HistoryEvent{{EventId: 7, EventType: enums.EVENT_TYPE_WORKFLOW_TASK_FAILED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
			Cause: cause, Failure: &failurepb.Failure{Message: message}}}}}}
}

func TestAWorkflowTaskThatFailsByItsCodeIsAFinding(t *testing.T) {
	for name, c := range map[string]struct {
		history *historypb.History
		want    string
	}{
		"another decision than before": {failing(enums.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, "[TMPRL1100]"), "event 7: NonDeterministicError"},
		"a panic":                      {failing(enums.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE, "index out of range"), "index out of range"},
		"a race with a message":        {failing(enums.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, "UnhandledCommand"), ""},
		"a history handed out in part": {failing(enums.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE, "premature end of stream, expectedLastEventID=9"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := failedTasks(c.history)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("the finding is %v, want %q", err, c.want)
			}
		})
	}
}

func TestASecretInAHistoryIsFound(t *testing.T) {
	for text, found := range map[string]bool{`{"key":"fake-apikey-0a1b2c3d"}`: true, `{"password":"fake-host-root-00ff00ff"}`: true, `{"gateway":"edge-01a"}`: false} {
		h := &historypb.History{Events: []*historypb.HistoryEvent{{EventId: 1, EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte(text)}}}}}}}}
		if err := revealing(h); (err != nil) != found {
			t.Errorf("of %s the search says %v", text, err)
		}
	}
}
