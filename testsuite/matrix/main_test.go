// Package matrix tries every fault in every activity that an upgrade executes, generated from the list of activities and
// not picked by hand: a real Temporal server, the real adapters, the simulated cloud over real sockets, and one upgrade
// to its end for each cell.
package matrix

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	sdktest "go.temporal.io/sdk/testsuite"

	"vsrx-upgrade/testsuite/stage"
)

var (
	server *sdktest.DevServer
	full   = flag.Bool("full", os.Getenv("MATRIX") == "full", "run every cell and write docs/fault-matrix.md; MATRIX=full does the same")
)

func TestMain(m *testing.M) {
	if os.Getenv(childSettings) != "" {
		os.Exit(code(serveAsChild()))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	// Cells wait for the cloud's clock and for timeouts, not for the processor.
	if err := flag.Set("test.parallel", "36"); err != nil {
		return code(err)
	}
	flag.Parse()
	tools, err := stage.BuildTemporal(context.Background(), os.Stderr)
	if err != nil {
		return code(err)
	}
	if server, err = tools.StartMany(context.Background(), "", ""); err != nil {
		return code(err)
	}
	result := m.Run()
	if err := server.Stop(); err != nil {
		return code(err)
	}
	return result
}

// code tells an error and gives the exit code for it.
func code(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
