package stage

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdktest "go.temporal.io/sdk/testsuite"
)

// StartMany starts a dev server for tests with a namespace each, on a database file, or in memory when file is "", at an
// address, or at a free one when that is "". It has one shard, whose queues are read 20 times a second by default: with
// all tests on it each step would take 50 ms. Four partitions of each task queue are work for nothing: what costs is the
// number of queues and not what is in them.
func (t Tools) StartMany(ctx context.Context, file, address string) (*sdktest.DevServer, error) {
	var settings []string
	for _, value := range []string{"history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000",
		"matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1"} {
		settings = append(settings, "--dynamic-config-value", value)
	}
	s, err := sdktest.StartDevServer(ctx, sdktest.DevServerOptions{ExistingPath: t.Temporal, DBFilename: file, LogLevel: "error", Stdout: io.Discard, Stderr: io.Discard,
		ClientOptions: &client.Options{HostPort: address, Logger: Silent()}, ExtraArgs: settings})
	if err != nil {
		return nil, fmt.Errorf("starting the Temporal dev server: %w", err)
	}
	return s, nil
}

// Silent is a logger for those whose words nobody reads.
func Silent() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }
