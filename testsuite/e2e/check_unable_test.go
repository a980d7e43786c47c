package e2e

import (
	"strings"
	"testing"
)

func TestACheckThatCannotBeginIsSaidInOneLine(t *testing.T) {
	in := install(t)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"unknown gateway":     {[]string{"check", "999999", "--native-only"}, "999999"},
		"malformed target":    {[]string{"check", gatewayID, "--native-only", "--target", "latest"}, "not a Junos release"},
		"an error as warning": {[]string{"check", gatewayID, "--accept-warning", "1110"}, "cannot be accepted"},
		"no such order":       {[]string{"check", gatewayID, "--input", "/nonexistent/order.json"}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, text := in.starter(c.args...)
			if code != 3 || !strings.Contains(text, c.want) {
				t.Errorf("exit code %d, text %q; want 3 and %q", code, text, c.want)
			}
			wantOneLineAndAdvice(t, out, afterNotice(text))
		})
	}
	in.wantNothingWritten()
}

// afterNotice drops the line that names the workflow.
func afterNotice(text string) string {
	if rest, found := strings.CutPrefix(text, "checking; see workflow check/"); found {
		_, rest, _ = strings.Cut(rest, "\n")
		return rest
	}
	return text
}

func TestACheckWithAWrongKeyOrWithoutTemporalIsSaidInOneLine(t *testing.T) {
	t.Run("wrong API key", func(t *testing.T) {
		in := prepare(t)
		in.startWorker("VSRX_API_KEY=not-the-key")
		code, out, text := in.native()
		if code != 3 || !strings.Contains(text, "401") {
			t.Errorf("exit code %d, text %q", code, text)
		}
		wantOneLineAndAdvice(t, out, afterNotice(text))
		in.wantNoSecret(append(in.secrets(), "not-the-key"), map[string]string{"stderr": text, "history": in.history("check/" + gatewayID)})
	})
	t.Run("no Temporal server", func(t *testing.T) {
		in := prepare(t)
		cmd := in.Starter(t.Context(), "check", gatewayID, "--native-only")
		cmd.Env = append(cmd.Env, "TEMPORAL_ADDRESS=127.0.0.1:9")
		code, out, text := in.run(cmd)
		if code != 3 || !strings.Contains(text, "no Temporal server answers at 127.0.0.1:9") {
			t.Errorf("exit code %d, text %q", code, text)
		}
		wantOneLineAndAdvice(t, out, text)
	})
}
