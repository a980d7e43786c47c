package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
)

// stopping is the type of the error by which an activity hands over to the next worker.
const stopping = "worker-stopping"

// classified is the one place where a kind decides whether Temporal tries again. The advice travels as detail.
func classified(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var done *temporal.ApplicationError
	if errors.As(err, &done) {
		return err
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return ctx.Err()
	}
	kind := upgrade.KindOf(err)
	return temporal.NewApplicationErrorWithOptions(err.Error(), string(kind), temporal.ApplicationErrorOptions{
		NonRetryable: !kind.Passing(), Details: []any{upgrade.AdviceOf(err)},
	})
}

// handOver is returned by a long activity when its worker stops: the next attempt goes on from the last heartbeat.
func handOver() error {
	return temporal.NewApplicationErrorWithOptions("the worker stops; the next one goes on", stopping,
		temporal.ApplicationErrorOptions{Category: temporal.ApplicationErrorCategoryBenign})
}
