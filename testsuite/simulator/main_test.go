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
	"time"

	"vsrx-upgrade/testsuite/sim"
)

func TestHelpNamesTheFlagsAndTheScenarios(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--help"}, &stdout, &stderr, nil); code != exitClean || stderr.Len() > 0 {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	for _, word := range []string{"--scenario", "--speed", "--seed", "--ready", "ha-pair", "fleet-1000", "peer-lost"} {
		if !strings.Contains(stdout.String(), word) {
			t.Errorf("no %s in %s", word, &stdout)
		}
	}
}

func TestBadCommandLineIsOneLineAndExitCode2(t *testing.T) {
	for _, args := range [][]string{{"--bogus"}, {"--speed", "0"}, {"--speed", "fast"}, {"--speed", "NaN"}, {"--seed", "-1"}, {"extra"},
		{"--scenario", "paradise"}, {"--scenario", "./missing.yaml"}, {"--scenario", ""}} {
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

func TestScenarioIsTheWorldUnlessTheCommandLineSaysOtherwise(t *testing.T) {
	file := filepath.Join(t.TempDir(), "night.yaml")
	text := "description: A night in Frankfurt.\nspeed: 7\nseed: 3\nstart: 2027-01-02T03:04:05Z\n" +
		"gateways: [{id: 31, name: gw-x, pod: fra02.pod02, version: 22.2R2-S2.3}]\nfaults: [{name: auth-401, after: 1h}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	type clock struct {
		Start time.Time
		Speed float64
	}
	for _, test := range []struct {
		name  string
		args  []string
		speed float64
	}{
		{"the scenario alone", nil, 7},
		{"another speed and seed", []string{"--speed", "9", "--seed", "4"}, 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			ready := filepath.Join(t.TempDir(), "ready.json")
			stop := make(chan os.Signal, 1)
			out := &upSignal{act: func() {
				defer func() { stop <- syscall.SIGTERM }()
				access := fetch[sim.Access](t, "file://"+ready)
				got := fetch[clock](t, access.Control+"/clock")
				if got.Speed != test.speed || got.Start.Year() != 2027 || access.Gateways[0].ID != 31 {
					t.Errorf("clock %+v, gateways %+v", got, access.Gateways)
				}
				faults := fetch[struct{ Planned []sim.Planned }](t, access.Control+"/faults")
				if len(faults.Planned) != 1 || faults.Planned[0].Name != "auth-401" {
					t.Errorf("faults: %+v", faults)
				}
			}}
			var stderr bytes.Buffer
			args := append([]string{"--scenario", file, "--ready", ready}, test.args...)
			if code := run(args, out, &stderr, stop); code != exitClean {
				t.Errorf("exit code %d: %s", code, &stderr)
			}
		})
	}
}

// fetch reads JSON from a file or the control face.
func fetch[T any](t *testing.T, url string) (value T) {
	transport := &http.Transport{DisableKeepAlives: true}
	transport.RegisterProtocol("file", http.NewFileTransport(http.Dir("/")))
	response, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		t.Error(err)
		return value
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&value); err != nil {
		t.Errorf("%s: %v", url, err)
	}
	return value
}

func TestScenarioThatTheWorldRefusesIsAFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "night.yaml")
	text := "description: Bad luck.\nlike: ha-pair\nfaults: [{name: bad-luck}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"--scenario", file}, &stdout, &stderr, nil); code != exitFailed || !strings.Contains(stderr.String(), "bad-luck") {
		t.Errorf("exit code %d: %s", code, &stderr)
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
