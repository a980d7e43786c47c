package activities_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

func permit() upgrade.Permit { return upgrade.Permit{WorkflowID: podID, RunID: "run-1"} }

func preemptOff() activities.PreemptInput {
	return activities.PreemptInput{Gateway: pair(), Permit: permit(), DeviceEpoch: "reload 777", ConfirmMinutes: 7, Log: "vsrx-upgrade gw-north"}
}

func TestSetPreemptAsksTheGatewayBehindTheFence(t *testing.T) {
	for name, changed := range map[string]bool{"and changes": true, "and finds it so": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.preempt = says(changed)
			got, err := run(w, w.activities().SetPreempt, preemptOff())
			if err != nil || got != changed {
				t.Errorf("got %t, %v; want %t", got, err, changed)
			}
			if want := []string{"false, 7 minutes, vsrx-upgrade gw-north"}; !slices.Equal(w.preemptAsked, want) {
				t.Errorf("asked for %q, want %q", w.preemptAsked, want)
			}
			want := []upgrade.Endpoint{{Address: floating, User: "root", Password: deviceSecret, Trust: upgrade.Trust{Epoch: "reload 777", Floating: true}}}
			if diff := cmp.Diff(want, w.dialled); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if want := "look at permit " + podID + " run run-1"; w.calls[0] != want {
				t.Errorf("first was %q, want %q", w.calls[0], want)
			}
		})
	}
}

func TestSetPreemptChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		kind   upgrade.Kind
		text   string
	}{
		"behind a closed permit":                    {func(w *world) { w.permitOpen = says(false) }, upgrade.LockLost, "the pod permit " + podID + " is not open any more"},
		"while Temporal cannot be asked":            {func(w *world) { w.permitOpen = fails[bool](unreachable()) }, upgrade.Unreachable, "checking the pod permit: no answer"},
		"with passwords on record that differ":      {func(w *world) { w.devicePasswords[member1] = says(otherSecret) }, upgrade.Denied, "different root passwords"},
		"without the password on record":            {func(w *world) { w.devicePasswords[member1] = fails[upgrade.Secret](unreachable()) }, upgrade.Unreachable, "no answer"},
		"of a gateway whose members are not known":  {func(w *world) { w.devicePasswords = map[int]script[upgrade.Secret]{} }, upgrade.Internal, "no answer"},
		"with a record that is not ours to see now": {func(w *world) { w.devicePasswords[member2] = fails[upgrade.Secret](denied()) }, upgrade.Denied, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			_, err := run(w, w.activities().SetPreempt, preemptOff())
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %q, want it to say %q", err, c.text)
			}
			if len(w.preemptAsked) > 0 {
				t.Errorf("asked the gateway for %q", w.preemptAsked)
			}
		})
	}
}

func TestAClosedPermitComesWithAdvice(t *testing.T) {
	w := newWorld(t)
	w.permitOpen = says(false)
	_, err := run(w, w.activities().SetPreempt, preemptOff())
	if !strings.Contains(adviceOf(err), "retry takes the permit again") {
		t.Errorf("got advice %q", adviceOf(err))
	}
}

func TestSetPreemptPassesTheGatewaysWordOn(t *testing.T) {
	for name, c := range map[string]struct {
		cause error
		kind  upgrade.Kind
	}{
		"the commit is refused":        {upgrade.Errorf(upgrade.Refused, "commit failed"), upgrade.Refused},
		"the host key is not known":    {upgrade.Errorf(upgrade.Untrusted, "unknown key"), upgrade.Untrusted},
		"the password is refused":      {denied(), upgrade.Denied},
		"the commit is not confirmed":  {upgrade.Errorf(upgrade.Undecided, "not confirmed"), upgrade.Undecided},
		"the gateway does not answer":  {unreachable(), upgrade.Unreachable},
		"something nobody thought of":  {errors.New("the pump is broken"), upgrade.Internal},
		"somebody else edits, it says": {upgrade.Errorf(upgrade.Refused, "the candidate is locked"), upgrade.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.preempt = fails[bool](c.cause)
			_, err := run(w, w.activities().SetPreempt, preemptOff())
			wantKind(t, err, c.kind)
		})
	}
}
