// Package podlock proves the lock of a pod where it counts: on a real Temporal server, with the real activities over the
// real clients, against a simulated cloud whose safety monitor sees every reload. Its benchmark compares the lock with a
// plain mutex made of signals.
package podlock

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdktest "go.temporal.io/sdk/testsuite"

	"vsrx-upgrade/testsuite/stage"
)

var (
	tools  stage.Tools
	server *sdktest.DevServer
)

func TestMain(m *testing.M) {
	if os.Getenv(childSettings) != "" {
		os.Exit(serveAsChild())
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	flag.Parse()
	// These tests wait for each other's timers and retries, not for the processor.
	if err := flag.Set("test.parallel", "8"); err != nil {
		return fail(err)
	}
	var err error
	if tools, err = stage.BuildTemporal(context.Background(), os.Stderr); err != nil {
		return fail(err)
	}
	if server, err = startServer("", ""); err != nil {
		return fail(err)
	}
	code := m.Run()
	if err := server.Stop(); err != nil {
		return fail(err)
	}
	return code
}

// startServer starts a dev server on a database file, or in memory, at an address, or at a free one. It has one shard,
// whose queues are read 20 times a second by default: with all tests on it each step would take 50 ms. Four partitions of
// each task queue are work for nothing where each test has a namespace of its own.
func startServer(file, address string) (*sdktest.DevServer, error) {
	var settings []string
	for _, value := range []string{"history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000",
		"matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1"} {
		settings = append(settings, "--dynamic-config-value", value)
	}
	s, err := sdktest.StartDevServer(context.Background(), sdktest.DevServerOptions{
		ExistingPath: tools.Temporal, DBFilename: file, LogLevel: "error", Stdout: io.Discard, Stderr: io.Discard,
		ClientOptions: &client.Options{HostPort: address, Logger: silent()},
		ExtraArgs:     settings})
	if err != nil {
		return nil, fmt.Errorf("starting the Temporal dev server: %w", err)
	}
	return s, nil
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func silent() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }
