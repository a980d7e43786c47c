package kvmhost_test

import (
	"errors"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

const (
	hasLog  = "test -e /home/vSRX/precheck.log"
	readLog = "tail -n 5000 /home/vSRX/precheck.log"
)

func TestTheLogOfIBMsChecksIsReadAsItStands(t *testing.T) {
	for name, c := range map[string]struct {
		has, read output
		want      string
		kind      upgrade.Kind
	}{
		"a log":              {output{}, output{stdout: "2031-04-05 looking\nHost: edge-a FAILURE - Return code:1144\n"}, "2031-04-05 looking\nHost: edge-a FAILURE - Return code:1144\n", ""},
		"none":               {output{status: 1}, output{status: 1, stderr: "tail: cannot open"}, "", upgrade.NotFound},
		"one not for us":     {output{}, output{status: 1, stderr: "tail: Permission denied"}, "", upgrade.Refused},
		"a line that ends":   {output{}, output{hangUp: true}, "", upgrade.Unreachable},
		"one without an end": {output{}, output{stdout: strings.Repeat("x", 5<<20)}, "", upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			h := (&host{outputs: map[string]output{hasLog: c.has, readLog: c.read}}).start(t).dial(t)
			var got strings.Builder
			err := h.CheckLog(t.Context(), &got)
			if got.String() != c.want || (err != nil) != (c.kind != "") || err != nil && upgrade.KindOf(err) != c.kind {
				t.Errorf("CheckLog gives %q, %v, want %q, kind %q", got.String(), err, c.want, c.kind)
			}
		})
	}
}

func TestALogThatCannotBeWrittenOnIsAFaultOfOurs(t *testing.T) {
	h := (&host{outputs: map[string]output{hasLog: {}, readLog: {stdout: "text\n"}}}).start(t).dial(t)
	if err := h.CheckLog(t.Context(), brokenWriter{}); upgrade.KindOf(err) != upgrade.Internal {
		t.Errorf("CheckLog gives %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestASimulatedHostHasNoLogBeforeTheFirstCheck(t *testing.T) {
	var got strings.Builder
	if err := dialHost(t, startWorld(t), 0).CheckLog(t.Context(), &got); upgrade.KindOf(err) != upgrade.NotFound || got.Len() > 0 {
		t.Errorf("CheckLog gives %q, %v", got.String(), err)
	}
}
