package workflows_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// wholeRun are the calls of an upgrade in which nothing goes wrong.
var wholeRun = []string{
	"Discover", "pod taken", "Export",
	"CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify",
	"CheckReadiness", "Observe", "RequestReload", "ConfirmReload", "AwaitReload", "Verify",
	"Compare", "pod given back", "StoreReport",
}

func TestAPairIsUpgradedSecondaryFirst(t *testing.T) {
	s := newStage(t)
	r, err := s.play(wanted(), approve())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeRun, s.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
