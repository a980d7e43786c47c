package takeover

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// failure is one way in which an import does not succeed.
type failure struct {
	spoil  func(s *site, x *upgrade.Export)
	during map[int]func(*site)
	kind   upgrade.Kind
	says   string
	after  func(*site) // what a person does about it; nil where nothing is left to do
	left   string      // what the gateway is left with once a pending commit has had its time
	theirs string      // a part that somebody else has committed meanwhile, which is not ours to take back
}

// What a failed import may leave: never anything between.
const (
	theDefault  = "the default configuration"
	theImported = "the imported configuration"
)

func fault(name, arg string) func(*site, *upgrade.Export) {
	return func(s *site, _ *upgrade.Export) { s.inject(sim.Fault{Name: name, Arg: arg}) }
}

func cleared(name string) func(*site) { return func(s *site) { s.cloud.Clear(name) } }

func atLook(n int, name, arg string) map[int]func(*site) {
	return map[int]func(*site){n: func(s *site) { s.inject(sim.Fault{Name: name, Arg: arg}) }}
}

// failures are by step: before the first contact, at the first contact with the new keys and the portal's password, when
// the import is planned, at the lock, load, check, at the confirmed commit and its proof, at the confirmation.
func failures() map[string]failure {
	return map[string]failure{
		"the pod is held by somebody else": {spoil: func(s *site, _ *upgrade.Export) { s.permit = false }, kind: upgrade.LockLost, says: "not open any more",
			after: func(s *site) { s.permit = true }, left: theDefault},
		"the stored configuration is another one": {spoil: func(_ *site, x *upgrade.Export) { x.Set.Digest = strings.Repeat("0", 64) }, kind: upgrade.Malformed, says: "its digest differs", left: theDefault},
		"the portal has no password":              {spoil: fault("record-missing", ""), kind: upgrade.NotFound, says: "root", after: cleared("record-missing"), left: theDefault},
		"the portal's password is stale":          {spoil: fault("password-mismatch", ""), kind: upgrade.Denied, says: "refused", after: cleared("password-mismatch"), left: theDefault},
		"the gateway is not there":                {spoil: fault("ssh-refused", ""), kind: upgrade.Unreachable, says: "refused", after: cleared("ssh-refused"), left: theDefault},
		"the default configuration breaks off":    {spoil: fault("ssh-drop", "get-configuration"), kind: upgrade.Unreachable, says: "ended", left: theDefault},
		"a port has no counterpart": {spoil: func(s *site, x *upgrade.Export) {
			*x = s.save(set(s, s.stored(x.Set)) + "set interfaces ge-0/0/6 unit 0 family inet\n")
		}, kind: upgrade.Unsupported, says: "ge-0/0/6", left: theDefault},
		"somebody edits exclusively":        {spoil: fault("config-locked", ""), kind: upgrade.Refused, says: "locking the configuration", after: cleared("config-locked"), left: theDefault},
		"somebody left uncommitted changes": {spoil: fault("config-uncommitted", ""), kind: upgrade.Refused, says: "configuration", after: cleared("config-uncommitted"), left: theDefault},
		"a commit of somebody waits":        {spoil: fault("pending-commit", "10m"), kind: upgrade.Refused, says: "waits for its confirmation", left: theDefault},
		"the commit list breaks off":        {spoil: fault("ssh-drop", "get-commit-information"), kind: upgrade.Unreachable, says: "ended", left: theDefault},
		"the lock's answer is lost":         {spoil: fault("ssh-drop", "lock-configuration"), kind: upgrade.Unreachable, says: "lock", left: theDefault},
		"the load's answer is lost":         {spoil: fault("ssh-drop", "load-configuration"), kind: upgrade.Unreachable, says: "loading the change", left: theDefault},
		"the target does not know a statement": {spoil: func(s *site, x *upgrade.Export) {
			*x = s.save(set(s, s.stored(x.Set)) + "set system login message \"a\" b\n")
		}, kind: upgrade.Refused, says: "syntax error", left: theDefault},
		"the target quotes a line with a secret": {spoil: func(s *site, x *upgrade.Export) {
			*x = s.save(set(s, s.stored(x.Set)) + `set security ike policy P-1 mode main "$9$fake-leak"` + "\n")
		}, kind: upgrade.Refused, says: "syntax error", left: theDefault},
		"the commit check names a secret": {spoil: func(s *site, x *upgrade.Export) {
			*x = s.save(set(s, s.stored(x.Set)) + "set snmp community fake-host-community authorization read-only\n")
			s.inject(sim.Fault{Name: "commit-refused", Arg: "community fake-host-community is not unique"})
		}, kind: upgrade.Refused, says: "is not unique", after: cleared("commit-refused"), left: theDefault},
		"the commit check refuses": {spoil: fault("commit-refused", "interface st0.4 must be in a zone"), kind: upgrade.Refused, says: "must be in a zone", after: cleared("commit-refused"), left: theDefault},
		"the check misses what is mandatory": {spoil: func(s *site, x *upgrade.Export) {
			*x = s.save(strings.ReplaceAll(set(s, s.stored(x.Set)), "root-authentication encrypted-password", "root-authentication-was"))
		}, kind: upgrade.Refused, says: "Missing mandatory statement", left: theDefault},
		"the check's answer is lost": {spoil: fault("ssh-drop", "commit-configuration"), kind: upgrade.Unreachable, says: "checking the change", left: theDefault},
		"the import locks its author out": {spoil: func(s *site, x *upgrade.Export) {
			*x = s.save(strings.ReplaceAll(set(s, s.stored(x.Set)), "root-login allow", "root-login deny"))
		}, kind: upgrade.Denied, says: "not confirmed and rolls back within 10 minutes", left: theDefault},
		"somebody adds a statement in between": {during: map[int]func(*site){1: func(s *site) {
			s.inject(sim.Fault{Name: "config-drift", Arg: "set protocols bgp group THEIRS type internal"})
		}},
			kind: upgrade.Refused, says: "not confirmed and rolls back within 10 minutes", left: theDefault, theirs: "protocols"},
		"the proof breaks off":                      {during: atLook(2, "ssh-drop", "get-configuration"), kind: upgrade.Unreachable, says: "not confirmed and rolls back within 10 minutes", left: theDefault},
		"the confirmation is refused":               {during: atLook(2, "commit-refused", "the other commit first"), kind: upgrade.Refused, says: "confirming the change", after: cleared("commit-refused"), left: theDefault},
		"what became of the confirmation is unseen": {during: atLook(2, "ssh-drop", "get-commit-information"), kind: upgrade.Unreachable, says: "ended", left: theImported},
	}
}

const before = "15.1X49-D160.2"

// erased is a gateway with tunnels on bare ports that has been reloaded, and its export.
func erased(t tester) (*site, upgrade.Export) {
	t.Helper()
	s := open(t, before, barePorts(routeBasedVPNs()[:24]...))
	x := s.export()
	s.reload()
	return s, x
}

func TestAFailedImportLeavesOneOfTheTwoConfigurationsAndIsRepeated(t *testing.T) {
	for name, c := range failures() {
		t.Run("when "+name, func(t *testing.T) {
			t.Parallel()
			s, x := erased(t)
			fresh, broken := s.committed(), x
			if c.spoil != nil {
				c.spoil(s, &broken)
			}
			s.during = map[int]func(){}
			for look, act := range c.during {
				s.during[look] = func() { act(s) }
			}
			_, err := s.restore(broken)
			wantKind(t, err, c.kind, c.says)
			s.during = nil
			if c.after != nil {
				c.after(s)
			}
			s.cloud.Step(11 * time.Minute)
			now := s.committed()
			if c.theirs != "" {
				now = now.Without(c.theirs)
			}
			switch c.left {
			case theDefault:
				if diff := configuration.Compare(fresh, now); len(diff) > 0 {
					t.Errorf("the default configuration is left changed: %v", diff)
				}
			case theImported:
				s.wantWhole(x, fresh)
			}
			done, err := s.restore(x)
			if err != nil || done.Changed != (c.left == theDefault) {
				t.Fatalf("the retry changed %t, %v", done.Changed, err)
			}
			s.wantWhole(x, fresh)
			s.cloud.Step(time.Hour)
			if again, err := s.restore(x); err != nil || again.Changed {
				t.Errorf("it did not last: changed %t, %v", again.Changed, err)
			}
		})
	}
}

// wantWhole demands that nothing of an export is lost.
func (s *site) wantWhole(x upgrade.Export, fresh *configuration.Tree) {
	s.Helper()
	for _, lost := range losses(expected(s, before, s.stored(x.Set)), fresh, s.committed(), []string{"left as the new version has it: ae0, ae1"}) {
		s.Errorf("%s", lost)
	}
}

func TestAConfirmedCommitThatWaitsIsConfirmedByTheRetry(t *testing.T) {
	for name, after := range map[string]func(*site){
		"when its confirmation was refused": func(s *site) { s.inject(sim.Fault{Name: "commit-refused"}) },
		"when its proof broke off":          func(s *site) { s.inject(sim.Fault{Name: "ssh-drop", Arg: "get-configuration"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, x := erased(t)
			fresh := s.committed()
			s.during = map[int]func(){2: func() { after(s) }}
			if _, err := s.restore(x); err == nil || !strings.Contains(err.Error(), "confirm") {
				t.Fatalf("got %v", err)
			}
			s.during = nil
			s.cloud.Clear("commit-refused")
			s.wantWhole(x, fresh) // in force, and about to be rolled back
			if done, err := s.restore(x); err != nil || !done.Changed {
				t.Fatalf("the retry changed %t, %v", done.Changed, err)
			}
			s.cloud.Step(time.Hour)
			s.wantWhole(x, fresh)
		})
	}
}

func TestNobodyWithAnotherHostKeyIsToldThePassword(t *testing.T) {
	s, x := erased(t)
	s.committed() // the first contact has learned the key of the reload
	s.inject(sim.Fault{Name: "host-key-changed"})
	before := len(s.cloud.Calls())
	_, err := s.restore(x)
	wantKind(t, err, upgrade.Untrusted, "key")
	for _, call := range s.cloud.Calls()[before:] {
		if call.Face == "vsrx" {
			t.Errorf("it was asked for %+v", call)
		}
	}
}

// wantKind demands an error of a kind with words in it, and without the world's secrets.
func wantKind(t *testing.T, err error, kind upgrade.Kind, says string) {
	t.Helper()
	var failure *temporal.ApplicationError
	if !errors.As(err, &failure) || failure.Type() != string(kind) || !strings.Contains(err.Error(), says) {
		t.Fatalf("got %v, want %q of kind %s", err, says, kind)
	}
	for _, secret := range []string{"$9$fake", "$6$fake", "fake-vsrx", "fake-host"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a secret is visible in %v", err)
		}
	}
}
