package workflows

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/internal/upgrade"
)

// call runs one activity; the type parameters make a wrong argument a compile error.
func call[In, Out any](ctx workflow.Context, options workflow.ActivityOptions, act func(context.Context, In) (Out, error), in In) (out Out, err error) {
	err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), act, in).Get(ctx, &out)
	return out, err
}

// kindOf reads the kind that an activity gave its error, or the one of a decision made here.
func kindOf(err error) upgrade.Kind {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return upgrade.Kind(app.Type())
	}
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) {
		return upgrade.Unreachable
	}
	return upgrade.KindOf(err)
}

// isApplicationError tells what an activity said from what Temporal says of its attempt.
func isApplicationError(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app)
}

// textOf gives the message of the innermost error that was said on purpose, without Temporal's wrapping.
func textOf(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return app.Message()
	}
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) {
		return "no answer in time: " + timeout.Error()
	}
	return err.Error()
}

// adviceOf gives the advice that travelled with an error.
func adviceOf(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.HasDetails() {
		var advice string
		if app.Details(&advice) == nil && advice != "" {
			return advice
		}
	}
	if advice := upgrade.AdviceOf(err); advice != "" {
		return advice
	}
	return "look at the pending activity in Temporal Web and at the worker's log, then retry"
}
