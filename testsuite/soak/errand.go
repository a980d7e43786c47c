package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// upgrade starts one upgrade and attends it to its end, a person by its side.
func (s *soak) upgrade(ctx context.Context, g *pair, req upgrade.Request, p *person) end {
	e := end{gateway: g.id, name: g.name, id: workflows.UpgradeID(g.id)}
	run, err := s.start(ctx, req)
	if err != nil {
		if ctx.Err() == nil {
			s.tally.object("gateway %s (%d): its upgrade cannot be started: %v", g.name, g.id, err)
		}
		return e
	}
	e.run = run
	s.tally.started(e.run)
	over := make(chan error, 1)
	go func() { over <- s.follow(ctx, e.run, e.id, &e.report) }()
	var held time.Time
	for tick := time.NewTicker(700 * time.Millisecond); ; {
		select {
		case err := <-over:
			tick.Stop()
			if ctx.Err() == nil {
				s.classify(&e, err)
				s.tally.ended(e)
			}
			return e
		case <-tick.C:
		}
		report, err := s.status(ctx, g.id)
		if err != nil || report.Outcome != "" {
			continue // a killed worker answers no query, the next one will
		}
		if report.Hold != nil && report.Hold.Since != held {
			held = report.Hold.Since
			s.tally.hold(string(report.Hold.Kind))
		}
		if w, speaks := p.says(report, time.Now(), s.ending()); speaks {
			s.tell(ctx, e, w)
		}
	}
}

// start asks Temporal until it answers: a start whose answer was lost is found running by the next attempt.
func (s *soak) start(ctx context.Context, req upgrade.Request) (string, error) {
	for {
		run, err := s.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: workflows.UpgradeID(req.GatewayID), TaskQueue: workflows.TaskQueue,
			WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL, WorkflowExecutionErrorWhenAlreadyStarted: true}, workflows.TypeUpgradeGateway, req)
		var started *serviceerror.WorkflowExecutionAlreadyStarted
		switch {
		case err == nil:
			return run.GetRunID(), nil
		case errors.As(err, &started):
			return started.RunId, nil
		case !passing(err) || !pause(ctx, time.Second):
			return "", err
		}
	}
}

// passing tells the errors of a server that is away, or just up again, from those that stay.
func passing(err error) bool {
	var (
		away      *serviceerror.Unavailable
		late      *serviceerror.DeadlineExceeded
		cancelled *serviceerror.Canceled
		busy      *serviceerror.ResourceExhausted
		internal  *serviceerror.Internal
	)
	return errors.As(err, &away) || errors.As(err, &late) || errors.As(err, &cancelled) || errors.As(err, &busy) || errors.As(err, &internal) ||
		errors.Is(err, context.DeadlineExceeded)
}

// follow waits for the end of a run, whatever happens to the server.
func (s *soak) follow(ctx context.Context, run, id string, report *upgrade.Report) error {
	for {
		err := s.client.GetWorkflow(ctx, id, run).Get(ctx, report)
		var closed *temporal.WorkflowExecutionError
		var missing *serviceerror.NotFound
		if err == nil || errors.As(err, &closed) || errors.As(err, &missing) || !pause(ctx, time.Second) {
			return err
		}
	}
}

// classify reads how a run ended. An upgrade fails only where nothing was changed, and is cancelled only by us.
func (s *soak) classify(e *end, err error) {
	var app *temporal.ApplicationError
	var cancelled *temporal.CanceledError
	switch {
	case err == nil:
		e.outcome, e.reason, e.bearsReport = e.report.Outcome, e.report.Reason, true
	case errors.As(err, &cancelled) && cancelled.HasDetails() && cancelled.Details(&e.report) == nil:
		e.outcome, e.reason, e.bearsReport = e.report.Outcome, e.report.Reason, true
	case errors.As(err, &app):
		e.outcome, e.reason = upgrade.OutcomeRefused, fmt.Sprintf("%s: %s", app.Type(), app.Message())
	default:
		e.outcome, e.reason = "lost", err.Error()
	}
}

// status asks an upgrade where it stands.
func (s *soak) status(ctx context.Context, gateway int) (report upgrade.Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	value, err := s.client.QueryWorkflow(ctx, workflows.UpgradeID(gateway), "", workflows.QueryStatus)
	if err != nil {
		return report, fmt.Errorf("asking %s: %w", workflows.UpgradeID(gateway), err)
	}
	return report, value.Get(&report)
}

// tell says one word to an upgrade. One that got no answer is said again if its reason stands.
func (s *soak) tell(ctx context.Context, e end, w word) {
	ctx, cancelled := context.WithTimeout(ctx, 10*time.Second)
	defer cancelled()
	var err error
	if w.name == cancel {
		err = s.client.CancelWorkflow(ctx, e.id, e.run)
	} else {
		err = s.update(ctx, e.id, w.name, upgrade.Instruction{By: "soak", Reason: "the seed says so", Codes: w.codes})
	}
	var app *temporal.ApplicationError
	var missing *serviceerror.NotFound
	switch {
	case err == nil:
		s.tally.said(w.name, true)
	case errors.As(err, &app), errors.As(err, &missing):
		s.tally.said(w.name, false)
	}
}

func (s *soak) update(ctx context.Context, id, name string, in any) error {
	handle, err := s.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: id, UpdateName: name, Args: []any{in},
		WaitForStage: client.WorkflowUpdateStageCompleted})
	if err != nil {
		return err
	}
	return handle.Get(ctx, nil)
}
