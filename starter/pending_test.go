package main

import (
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/failure/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestAPendingActivityIsToldInOneLine(t *testing.T) {
	next := time.Date(2031, 4, 5, 6, 7, 8, 0, time.Local)
	beat := func(details any) func(*workflow.PendingActivityInfo) {
		return func(a *workflow.PendingActivityInfo) {
			payloads, err := converter.GetDefaultDataConverter().ToPayloads(details)
			if err != nil {
				t.Fatal(err)
			}
			a.HeartbeatDetails = payloads
		}
	}
	for name, c := range map[string]struct {
		change func(*workflow.PendingActivityInfo)
		want   string
	}{
		"that has said nothing":          {func(*workflow.PendingActivityInfo) {}, "Export"},
		"with a sentence":                {beat("look 3: 2 differences"), "Export: look 3: 2 differences"},
		"with the checkpoint of a check": {beat(map[string]any{"doing": "reload_precheck: starting", "done": true}), "Export: reload_precheck: starting"},
		"with the checkpoint of a reload": {beat(map[string]any{"text": "transaction 7: INSTALL", "elapsed": "1h2m0s", "usual": "2h to 5h"}),
			"Export: transaction 7: INSTALL, after 1h2m0s (usual 2h to 5h)"},
		"with another checkpoint": {beat([]int{1, 2}), "Export"},
		"that is tried again": {func(a *workflow.PendingActivityInfo) {
			beat("configuration and state")(a)
			a.Attempt, a.NextAttemptScheduleTime, a.LastFailure = 4, timestamppb.New(next), &failure.Failure{Message: "storing x: no space left"}
		}, "Export: configuration and state; attempt 4 at 06:07:08, for the last one failed: storing x: no space left"},
		"that is at it again": {func(a *workflow.PendingActivityInfo) {
			a.Attempt, a.LastFailure = 2, &failure.Failure{Message: "no route"}
		}, "Export; attempt 2, for the last one failed: no route"},
		"that waits for its turn": {func(a *workflow.PendingActivityInfo) {
			a.Attempt, a.LastFailure = 91, &failure.Failure{Message: "place 1 of 2", FailureInfo: &failure.Failure_ApplicationFailureInfo{
				ApplicationFailureInfo: &failure.ApplicationFailureInfo{Type: "standing", Category: enums.APPLICATION_ERROR_CATEGORY_BENIGN}}}
		}, "Export: place 1 of 2"},
		"whose worker died": {func(a *workflow.PendingActivityInfo) { a.Attempt = 2 }, "Export"},
	} {
		t.Run(name, func(t *testing.T) {
			a := &workflow.PendingActivityInfo{ActivityType: &common.ActivityType{Name: "Export"}, Attempt: 1}
			c.change(a)
			if got := doing(a); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
