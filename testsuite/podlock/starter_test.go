package podlock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// starter runs the real starter against this world and gives its exit code and what it printed.
func (w *world) starter(path string, args ...string) (int, string, string) {
	w.t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "TEMPORAL_ADDRESS="+w.Address, "TEMPORAL_NAMESPACE="+w.Namespace)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func TestPodLockIsShownAndSteeredByTheStarter(t *testing.T) {
	w := open(t, 3)
	path, err := tools.BuildProgram(t.Context(), t.TempDir(), "starter")
	if err != nil {
		t.Fatal(err)
	}
	all := w.line(3)
	w.until("the pod in the list", func() bool { // the list is Temporal's visibility store, which lags
		code, out, _ := w.starter(path, "pods")
		return code == 0 && strings.Contains(out, pod(0))
	})
	whole := fmt.Sprintf("%d/%s", w.account(), pod(0))
	said := []string{"--by", "kim", "--reason", "the test says so"}
	// The rows are one after another: later ones build on what earlier ones did.
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"shows all pods", []string{"pods"}, 0, []string{"HELD FOR", pod(0), "edge-a"}},
		{"refuses an argument to pods", []string{"pods", pod(0)}, 2, []string{"takes no argument"}},
		{"shows holder and queue of one", []string{"pod", pod(0), "queue"}, 0, []string{"holds", all[0].id, "edge-b", all[2].request()}},
		{"finds a pod by account and name", []string{"pod", whole, "queue"}, 0, []string{all[1].request()}},
		{"knows no other pod", []string{"pod", "fra02.pod99", "queue"}, 3, []string{"there is no lock of pod", "starter pods"}},
		{"knows no other word", []string{"pod", pod(0), "destroy"}, 2, []string{`"destroy" is none of`}},
		{"wants a reason", []string{"pod", pod(0), "release", "--request", all[0].request(), "--by", "kim"}, 2, []string{"reason"}},
		{"wants a request", append([]string{"pod", pod(0), "release"}, said...), 2, []string{"--request"}},
		{"releases nobody who does not hold", append([]string{"pod", pod(0), "release", "--request", all[1].request()}, said...), 3, []string{"does not hold pod"}},
		{"clears no taint that is not there", append([]string{"pod", pod(0), "clear-taint"}, said...), 3, []string{"is not tainted"}},
		{"sends a waiter to the end", append([]string{"pod", pod(0), "withdraw", "--request", all[1].request()}, said...), 0, []string{"remove done"}},
		{"releases the one that holds", append([]string{"pod", pod(0), "release", "--request", all[0].request()}, said...), 0, []string{"force-release done"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, text := w.starter(path, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out+text, want) {
					t.Errorf("%q is missing in:\n%s%s", want, out, text)
				}
			}
		})
	}
	all[2].holds()
	code, out, text := w.starter(path, "--json", "pods")
	var locks []upgrade.PodLock
	if err := json.Unmarshal([]byte(out), &locks); err != nil || code != 0 || len(locks) != 1 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, out, text)
	}
	if l := locks[0]; l.Current == nil || l.Current.Request.ID != all[2].request() || len(l.Acts) != 2 || l.Last[0].Request.ID != all[0].request() {
		t.Errorf("the lock is %+v", l)
	}
	for _, a := range all {
		a.goOn()
	}
	for _, a := range all {
		a.works()
	}
	w.free(0)
}
