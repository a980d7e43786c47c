// Command worker serves the upgrade workflows and activities. It is configured by environment variables; see the
// README. SIGTERM lets running activities hand over to the next worker.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %s\n", err)
		if advice := upgrade.AdviceOf(err); advice != "" {
			fmt.Fprintf(os.Stderr, "  → %s\n", advice)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	syscall.Umask(0o077) // the archive holds configurations
	config, err := app.Load(os.Environ())
	if err != nil {
		return err
	}
	log, err := app.NewLogger(os.Stderr, config.LogLevel, config.LogJSON)
	if err != nil {
		return err
	}
	return app.Run(ctx, config, log)
}
