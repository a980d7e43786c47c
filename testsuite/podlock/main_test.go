// Package podlock proves the lock of a pod where it counts: on a real Temporal server, with the real activities over the
// real clients, against a simulated cloud whose safety monitor sees every reload. Its benchmark compares the lock with a
// plain mutex made of signals.
package podlock

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

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

// startServer starts a dev server on a database file, or in memory, at an address, or at a free one.
func startServer(file, address string) (*sdktest.DevServer, error) {
	return tools.StartMany(context.Background(), file, address)
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func silent() log.Logger { return stage.Silent() }
