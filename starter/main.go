// Command starter launches and steers upgrades: it plans, starts, follows, approves, retries, aborts and reports. It
// talks to Temporal only, by the temporal CLI's own settings, and does nothing that the temporal CLI could not do with
// the same JSON.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/upgrade"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command and returns its exit code: errors are printed here, once.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	kind, text, advice := explain(err)
	fmt.Fprintf(stderr, "starter: %s\n", text)
	if advice != "" {
		fmt.Fprintf(stderr, "  → %s\n", advice)
	}
	var own interface{ ExitCode() int } // check and lint answer a question: their codes are their own
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	return exitCode(kind)
}

// kindAborted and kindUsage are the starter's own: an abort is an outcome, no fault.
const (
	kindAborted upgrade.Kind = "aborted"
	kindUsage   upgrade.Kind = "usage"
)

// exitCode tells scripts how it went: 0 done, 1 fault, 2 bad input, 3 refused, 4 aborted by a person, 5 somebody does
// not answer.
func exitCode(kind upgrade.Kind) int {
	switch kind {
	case upgrade.Invalid, kindUsage:
		return 2
	case upgrade.NotFound, upgrade.Denied, upgrade.Unsupported, upgrade.Unhealthy, upgrade.NotReady, upgrade.Drifted,
		upgrade.Refused, upgrade.TooLate, upgrade.Untrusted:
		return 3
	case kindAborted:
		return 4
	case upgrade.Unreachable:
		return 5
	}
	return 1
}

// explain takes an error apart into what it is, what to say, and what to do.
func explain(err error) (kind upgrade.Kind, text, advice string) {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		if app.HasDetails() && app.Details(&advice) != nil {
			advice = ""
		}
		return upgrade.Kind(app.Type()), app.Message(), advice
	}
	if outcome := (*lintError)(nil); errors.As(err, &outcome) {
		return upgrade.NotReady, outcome.Error(), outcome.advice
	}
	var e *upgrade.Error
	if errors.As(err, &e) {
		return e.Kind, err.Error(), upgrade.AdviceOf(err)
	}
	return upgrade.Internal, err.Error(), ""
}
