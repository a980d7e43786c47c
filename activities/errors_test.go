package activities_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func TestTheKindDecidesWhetherTemporalTriesAgain(t *testing.T) {
	for kind, final := range map[upgrade.Kind]bool{
		upgrade.Unreachable: false, upgrade.Malformed: false, upgrade.Internal: false,
		upgrade.Invalid: true, upgrade.NotFound: true, upgrade.Denied: true, upgrade.Unsupported: true, upgrade.Unhealthy: true,
		upgrade.NotReady: true, upgrade.Drifted: true, upgrade.Refused: true, upgrade.Undecided: true, upgrade.TooLate: true,
		upgrade.LockLost: true, upgrade.Untrusted: true, upgrade.Overdue: true,
	} {
		t.Run(string(kind), func(t *testing.T) {
			w := newWorld(t)
			w.tickets = fails[upgrade.Ticket](fmt.Errorf("asking Temporal: %w", upgrade.Errorf(kind, "it went wrong").Advise("mend %s", kind)))
			_, err := run(w, w.activities().AskForPod, place(upgrade.Ticket{}))
			var failure *temporal.ApplicationError
			if !errors.As(err, &failure) {
				t.Fatalf("got %v, want an application error", err)
			}
			if failure.Type() != string(kind) || failure.NonRetryable() != final {
				t.Errorf("got type %s, final %t; want %s, %t", failure.Type(), failure.NonRetryable(), kind, final)
			}
			if !strings.Contains(failure.Error(), "asking Temporal: it went wrong") {
				t.Errorf("got %q, want the whole text", failure.Error())
			}
			if got, want := adviceOf(err), "mend "+string(kind); got != want {
				t.Errorf("got advice %q, want %q", got, want)
			}
		})
	}
}

func TestAnErrorWithoutKindIsInternalAndTriedAgain(t *testing.T) {
	for name, cause := range map[string]error{
		"a plain one":                       errors.New("the pump is broken"),
		"a time limit inside, not of ours":  fmt.Errorf("reading: %w", context.DeadlineExceeded),
		"a cancellation inside, not of our": fmt.Errorf("reading: %w", context.Canceled),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.tickets = fails[upgrade.Ticket](cause)
			_, err := run(w, w.activities().AskForPod, place(upgrade.Ticket{}))
			wantKind(t, err, upgrade.Internal)
			if got := adviceOf(err); got != "" {
				t.Errorf("got advice %q, want none", got)
			}
		})
	}
}

func TestAnErrorThatTemporalKnowsStaysWhatItIs(t *testing.T) {
	w := newWorld(t)
	w.tickets = fails[upgrade.Ticket](fmt.Errorf("asking: %w", temporal.NewNonRetryableApplicationError("no more", "closed", nil)))
	_, err := run(w, w.activities().AskForPod, place(upgrade.Ticket{}))
	var failure *temporal.ApplicationError
	for cause := err; errors.As(cause, &failure); cause = failure.Unwrap() { // the innermost was said first
	}
	if failure == nil || failure.Type() != "closed" || !failure.NonRetryable() {
		t.Errorf("got %v, want the final error of type closed", err)
	}
}

func TestACancellationPassesAsOne(t *testing.T) {
	canceled := fmt.Errorf("reading: %w", upgrade.Errorf(upgrade.Unreachable, "asking: %w", context.Canceled))
	for name, c := range map[string]struct {
		call string
		run  func(*world) error
	}{
		"in a question": {"ask for pod fra02.pod03 as r-1", func(w *world) error {
			w.tickets = fails[upgrade.Ticket](canceled)
			_, err := run(w, w.activities().AskForPod, place(upgrade.Ticket{}))
			return err
		}},
		"in a look at the gateway": {"read neighbours", func(w *world) error {
			_, err := run(w, w.activities().Observe, activities.Look{GatewayID: gatewayID})
			return err
		}},
		"in a change": {"set preempt", func(w *world) error {
			w.preempt = fails[bool](canceled)
			_, err := run(w, w.activities().SetPreempt, preemptOff())
			return err
		}},
		"in the wait for a pod": {"look at place of r-1 for pod fra02.pod03", func(w *world) error {
			w.places = fails[upgrade.Ticket](canceled)
			_, err := run(w, w.activities().KeepPlace, place(upgrade.Ticket{Position: 2}))
			return err
		}},
		"in the wait for a reload": {"read server 83002", func(w *world) error {
			w.servers[host2] = fails[upgrade.Server](canceled)
			_, err := run(w, w.activities().AwaitReload, awaiting(w))
			return err
		}},
		"in a verification": {"read server 83002", func(w *world) error {
			w.servers[host2] = fails[upgrade.Server](canceled)
			_, err := run(w, w.activities().Verify, verifying(upgrade.BeforeFirst))
			return err
		}},
		"in a settlement": {"read server 83002", func(w *world) error {
			w.servers[host2] = fails[upgrade.Server](canceled)
			_, err := run(w, w.activities().ConfirmReload, confirming(upgrade.Accepted))
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.when[c.call] = w.canceled
			wantCanceled(t, c.run(w))
		})
	}
}
