package upgrade_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func kinds() []upgrade.Kind {
	return []upgrade.Kind{upgrade.Invalid, upgrade.NotFound, upgrade.Denied, upgrade.Unsupported, upgrade.Unhealthy, upgrade.NotReady, upgrade.Drifted, upgrade.Refused,
		upgrade.Undecided, upgrade.TooLate, upgrade.LockLost, upgrade.Untrusted, upgrade.Unreachable, upgrade.Overdue, upgrade.Malformed, upgrade.Internal}
}

func TestOnlyWhatTryingAgainCanCureIsPassing(t *testing.T) {
	passing := map[upgrade.Kind]bool{upgrade.Unreachable: true, upgrade.Malformed: true, upgrade.Internal: true}
	seen := map[upgrade.Kind]bool{}
	for _, k := range kinds() {
		if k == "" || seen[k] {
			t.Errorf("kind %q is empty or there twice", k)
		}
		seen[k] = true
		if got := k.Passing(); got != passing[k] {
			t.Errorf("%s.Passing() = %v", k, got)
		}
	}
}

func TestTheKindIsThatOfTheOutermostError(t *testing.T) {
	inner := upgrade.Errorf(upgrade.Denied, "refused")
	for name, c := range map[string]struct {
		err  error
		want upgrade.Kind
	}{
		"nil":                      {nil, ""},
		"a plain error":            {io.EOF, upgrade.Internal},
		"a cancelled context":      {context.Canceled, upgrade.Internal},
		"an error of ours":         {inner, upgrade.Denied},
		"wrapped by a plain one":   {fmt.Errorf("opening the session: %w", inner), upgrade.Denied},
		"wrapped by another":       {upgrade.Errorf(upgrade.Unreachable, "asking: %w", inner), upgrade.Unreachable},
		"advised":                  {inner.Advise("look"), upgrade.Denied},
		"joined":                   {errors.Join(io.EOF, inner), upgrade.Denied},
		"only quoted, not wrapped": {fmt.Errorf("opening: %v", inner), upgrade.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			if got := upgrade.KindOf(c.err); got != c.want {
				t.Errorf("KindOf = %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheFirstAdviceOfTheChainIsGiven(t *testing.T) {
	inner := upgrade.Errorf(upgrade.Denied, "refused").Advise("correct the %s", "password")
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"nil":                        {nil, ""},
		"a plain error":              {io.EOF, ""},
		"none given":                 {upgrade.Errorf(upgrade.Denied, "refused"), ""},
		"its own":                    {inner, "correct the password"},
		"through a plain error":      {fmt.Errorf("opening: %w", inner), "correct the password"},
		"through one without advice": {upgrade.Errorf(upgrade.Unreachable, "asking: %w", inner), "correct the password"},
		"through several":            {fmt.Errorf("a: %w", upgrade.Errorf(upgrade.Internal, "b: %w", fmt.Errorf("c: %w", upgrade.Errorf(upgrade.Invalid, "d: %w", inner)))), "correct the password"},
		"the outer one wins":         {upgrade.Errorf(upgrade.Unreachable, "asking: %w", inner).Advise("wait"), "wait"},
		"through a join":             {upgrade.Errorf(upgrade.Internal, "both: %w", errors.Join(io.EOF, inner)), "correct the password"},
		"a plain cause":              {upgrade.Errorf(upgrade.Internal, "reading: %w", io.EOF), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := upgrade.AdviceOf(c.err); got != c.want {
				t.Errorf("AdviceOf = %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnErrorKeepsItsTextAndItsCause(t *testing.T) {
	err := upgrade.Errorf(upgrade.Unreachable, "reading from %s: %w", "quokka-a", io.ErrUnexpectedEOF)
	for _, e := range []error{err, err.Advise("wait"), fmt.Errorf("outer: %w", err.Advise("wait"))} {
		if !errors.Is(e, io.ErrUnexpectedEOF) {
			t.Errorf("%v lost its cause", e)
		}
	}
	if got, want := err.Advise("wait").Error(), "reading from quokka-a: unexpected EOF"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

func TestAdviseLeavesTheErrorItWasAskedOnAlone(t *testing.T) {
	err := upgrade.Errorf(upgrade.Refused, "no")
	if advised := err.Advise("ask"); err.Advice != "" || advised.Advice != "ask" || advised.Kind != upgrade.Refused {
		t.Errorf("%+v became %+v", err, advised)
	}
}
