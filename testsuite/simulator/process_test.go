package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"vsrx-upgrade/testsuite/sim"
)

// asSimulator makes the test binary be the simulator, so that a test can send it signals.
const asSimulator = "SIMULATOR_TEST_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asSimulator) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestProcessEndsWithItsVerdictOnASignal(t *testing.T) {
	for _, test := range []struct {
		name   string
		client func(*testing.T, sim.Access)
		signal os.Signal
		want   int
	}{
		{"SIGTERM, nobody did anything", func(*testing.T, sim.Access) {}, syscall.SIGTERM, exitClean},
		{"SIGINT, nobody did anything", func(*testing.T, sim.Access) {}, os.Interrupt, exitClean},
		{"SIGTERM, a reload broke the rules", reloadUnchecked, syscall.SIGTERM, exitViolation},
	} {
		t.Run(test.name, func(t *testing.T) {
			ready := filepath.Join(t.TempDir(), "ready.json")
			cmd := exec.Command(os.Args[0], "--scenario", "two-gateways-one-pod", "--ready", ready)
			cmd.Env = append(os.Environ(), asSimulator+"=1")
			cmd.Stderr = os.Stderr
			pipe, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				// It has ended already unless the test failed on the way.
				_ = cmd.Process.Kill()
			})
			out := bufio.NewReader(pipe)
			if _, err := out.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			test.client(t, fetch[sim.Access](t, "file://"+ready))
			if err := cmd.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(out)
			var verdict sim.Verdict
			if err != nil || json.Unmarshal(text, &verdict) != nil || len(verdict.Violations) > 0 != (test.want == exitViolation) {
				t.Errorf("%v: %s", err, text)
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}
