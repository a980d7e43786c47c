package upgrade

import (
	"errors"
	"fmt"
)

// Kind says what sort of thing went wrong. Retry policies, exit codes and the advice to the operator follow from the
// kind, never from the text.
type Kind string

// The kinds. Those that a retry can cure are listed by Passing.
const (
	Invalid     Kind = "invalid"     // the request or the settings make no sense
	NotFound    Kind = "not-found"   // no such object, or no right to see it: the API answers both with 404
	Denied      Kind = "denied"      // credentials or rights are refused
	Unsupported Kind = "unsupported" // IBM does not support this upgrade
	Unhealthy   Kind = "unhealthy"   // the gateway does not look as it must at this moment
	NotReady    Kind = "not-ready"   // IBM's readiness check does not say Ready
	Drifted     Kind = "drifted"     // the configuration changed since it was exported
	Refused     Kind = "refused"     // the other side understood the request and declined
	Undecided   Kind = "undecided"   // a write may or may not have taken effect; only a person may repeat it
	TooLate     Kind = "too-late"    // the maintenance window leaves too little time
	LockLost    Kind = "lock-lost"   // the pod permit is not open any more
	Untrusted   Kind = "untrusted"   // an SSH host key is not the known one
	Unreachable Kind = "unreachable" // no answer; trying again may help
	Overdue     Kind = "overdue"     // the end of a long wait was reached without a result
	Malformed   Kind = "malformed"   // an answer that cannot be read as what was asked for
	Internal    Kind = "internal"    // none of the above: a fault of this program
)

// Passing reports whether trying the same again can help.
func (k Kind) Passing() bool { return k == Unreachable || k == Malformed || k == Internal }

// Error is a failure with its kind and what the operator can do about it.
type Error struct {
	Kind   Kind
	Advice string // one sentence for the operator, empty when there is nothing to add
	err    error
}

// Errorf returns an Error of the kind; the format may wrap a cause with %w.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, err: fmt.Errorf(format, args...)}
}

// Advise returns the error with one sentence that says what to do about it.
func (e *Error) Advise(format string, args ...any) *Error {
	return &Error{Kind: e.Kind, Advice: fmt.Sprintf(format, args...), err: e.err}
}

func (e *Error) Error() string { return e.err.Error() }

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.err }

// KindOf returns the kind of the outermost Error in err's chain, Internal when there is none and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// AdviceOf returns the first advice in err's chain.
func AdviceOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Advice != "" {
			return e.Advice
		}
		err = e.err
	}
	return ""
}
