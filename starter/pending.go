package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// pending says what an open upgrade is doing at the moment: the last words of each of its activities, and why one is tried
// again. The report knows of neither: a step that is retried by itself does not hold.
func pending(ctx context.Context, c client.Client, gateway int) ([]string, error) {
	d, err := c.DescribeWorkflowExecution(ctx, workflows.UpgradeID(gateway), "")
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Unreachable, "looking at what the upgrade does: %w", err).Advise("the upgrade itself goes on; look again")
	}
	var lines []string
	for _, a := range d.GetPendingActivities() {
		lines = append(lines, doing(a))
	}
	return lines, nil
}

// doing is a pending activity in one line.
func doing(a *workflow.PendingActivityInfo) string {
	text, last := a.GetActivityType().GetName(), a.GetLastFailure()
	said := lastWords(a)
	waits := last.GetApplicationFailureInfo().GetCategory() == enums.APPLICATION_ERROR_CATEGORY_BENIGN // an attempt that had nothing to tell yet
	if waits {
		said = last.GetMessage()
	}
	if said != "" {
		text += ": " + said
	}
	if a.GetAttempt() < 2 || last == nil || waits {
		return text
	}
	text += fmt.Sprintf("; attempt %d", a.GetAttempt())
	if next := a.GetNextAttemptScheduleTime(); next != nil {
		text += " at " + next.AsTime().Local().Format(time.TimeOnly)
	}
	return text + ", for the last one failed: " + last.GetMessage()
}

// lastWords reads an activity's last heartbeat, which is a sentence or a checkpoint with one.
func lastWords(a *workflow.PendingActivityInfo) string {
	var details json.RawMessage
	if err := converter.GetDefaultDataConverter().FromPayloads(a.GetHeartbeatDetails(), &details); err != nil {
		return "" // no heartbeat yet, or one that only its activity reads
	}
	var sentence string
	if json.Unmarshal(details, &sentence) == nil {
		return sentence
	}
	var checkpoint struct{ Text, Doing, Elapsed, Usual string } // of a reload, or of IBM's checks
	if json.Unmarshal(details, &checkpoint) != nil {
		return ""
	}
	said := checkpoint.Text + checkpoint.Doing
	if checkpoint.Elapsed != "" {
		said += ", after " + checkpoint.Elapsed + " (usual " + checkpoint.Usual + ")"
	}
	return said
}
