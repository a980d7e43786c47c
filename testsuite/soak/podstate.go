package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// lock asks a pod's lock for its state; ok is false while the pod has none.
func (s *soak) lock(ctx context.Context, pod string) (state upgrade.PodLock, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	id := workflows.LockID(s.account(), pod)
	value, err := s.client.QueryWorkflow(ctx, id, "", workflows.QueryState)
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return state, false, nil
	case err != nil:
		return state, false, fmt.Errorf("asking %s: %w", id, err)
	}
	return state, true, value.Get(&state)
}

// held tells whether a pod's permit is open.
func (s *soak) held(ctx context.Context, pod string) (bool, error) {
	d, err := s.client.DescribeWorkflowExecution(ctx, workflows.PermitID(s.account(), pod), "")
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, err
}

func (s *soak) account() int { return s.stage.Cloud.Access().Gateways[0].Account }

// takeBlame declares the pod well for an ill pair that waits for it: nobody else can make that pair whole.
func (s *soak) takeBlame(ctx context.Context, g *pair) {
	for pause(ctx, time.Second) {
		state, ok, err := s.lock(ctx, g.pod)
		waits := slices.ContainsFunc(state.Queue, func(r upgrade.PodRequest) bool { return r.GatewayID == g.id })
		if err != nil || !ok || state.Taint == nil || !waits {
			continue
		}
		in := upgrade.PodInstruction{Instruction: upgrade.Instruction{By: "soak", Reason: "the pair that is ill is the one that is taken over"}}
		if s.update(ctx, workflows.LockID(s.account(), g.pod), workflows.UpdateClearTaint, in) == nil {
			s.tally.count("taints cleared")
		}
	}
}
