package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vsrx-upgrade/testsuite/sim"
)

func TestBadCommandLineIsOneLineAndExitCode2(t *testing.T) {
	for _, args := range [][]string{{"--bogus"}, {"--speed", "0"}, {"--speed", "fast"}, {"--speed", "NaN"}, {"--seed", "-1"}, {"extra"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(args, &stdout, &stderr, nil); code != exitUsage {
				t.Errorf("exit code %d", code)
			}
			if strings.Count(stderr.String(), "\n") != 1 || stdout.Len() > 0 {
				t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
			}
		})
	}
}

// upSignal is a writer that tells when the world is up and then acts, as a client of the simulator would.
type upSignal struct {
	bytes.Buffer
	act func()
}

func (u *upSignal) Write(p []byte) (int, error) {
	if act := u.act; act != nil {
		u.act = nil
		act()
	}
	return u.Buffer.Write(p)
}

func TestWorldIsAnnouncedAndItsVerdictIsTheExitCode(t *testing.T) {
	for _, test := range []struct {
		name   string
		client func(t *testing.T, a sim.Access)
		want   int
		rules  int
	}{
		{"nobody does anything", func(*testing.T, sim.Access) {}, exitClean, 0},
		{"a reload without a readiness check", reloadUnchecked, exitViolation, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ready.json")
			stop := make(chan os.Signal, 1)
			out := &upSignal{act: func() {
				data, err := os.ReadFile(file)
				var a sim.Access
				if err != nil || json.Unmarshal(data, &a) != nil {
					t.Errorf("ready file: %v: %s", err, data)
				} else {
					test.client(t, a)
				}
				stop <- syscall.SIGTERM
			}}
			var stderr bytes.Buffer
			if code := run([]string{"--speed", "1000", "--ready", file}, out, &stderr, stop); code != test.want {
				t.Errorf("exit code %d, want %d: %s", code, test.want, &stderr)
			}
			up, rest, _ := strings.Cut(out.String(), "\n")
			var verdict sim.Verdict
			if err := json.Unmarshal([]byte(rest), &verdict); err != nil || !strings.HasPrefix(up, "simulated cloud is up: http://127.0.0.1:") {
				t.Fatalf("%v: %s", err, out)
			}
			if len(verdict.Violations) < test.rules || len(verdict.Violations) > 0 != (test.rules > 0) {
				t.Errorf("violations: %+v", verdict.Violations)
			}
		})
	}
}

// reloadUnchecked submits a reload that the safety rules forbid.
func reloadUnchecked(t *testing.T, a sim.Access) {
	url := fmt.Sprintf("%sSoftLayer_Hardware_Server/%d/reloadOperatingSystem", a.API, a.Gateways[0].Members[1].HardwareID)
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"parameters":["FORCE",{}]}`))
	if err != nil {
		t.Error(err)
		return
	}
	request.SetBasicAuth(a.Username, a.APIKey)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadyFileThatCannotBeWrittenIsAFailure(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--ready", filepath.Join(t.TempDir(), "missing", "ready.json")}, &stdout, &stderr, nil); code != exitFailed {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
}
