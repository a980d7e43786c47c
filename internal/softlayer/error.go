package softlayer

import (
	"errors"
	"fmt"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Class says how far a failed call came, which decides whether it may be made again.
type Class string

// The classes of failed calls.
const (
	NotSent          Class = "not-sent"            // no byte of the request left: not executed
	Ambiguous        Class = "ambiguous"           // sent, and what became of it is not known
	Malformed        Class = "malformed"           // answered, but not with what was asked for; as ambiguous for a write
	Auth             Class = "auth"                // credentials turned away
	NotFoundOrDenied Class = "not-found-or-denied" // the API answers a missing object and a missing right alike
	RateLimited      Class = "rate-limited"        // turned away before any work
	Refused          Class = "refused"             // understood and declined, with a text
)

// Error is a failed call of the API. It holds no secret and no part of a result.
type Error struct {
	Class  Class
	Method string // service and method
	Status int    // HTTP status, 0 = no answer
	Code   string // SoftLayer_Exception_…, often absent
	Text   string // the API's words, or ours when it said nothing
	reads  bool   // the call changes nothing
	cause  error  // the caller's cancelled or expired context, if that ended the call
}

func (e *Error) Error() string {
	parts := []string{e.Method}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	return strings.Join(append(parts, e.Text), ": ")
}

// Unwrap gives the end of the caller's context to errors.Is, if that ended the call.
func (e *Error) Unwrap() error { return e.cause }

// failed turns the error of a call into the program's own, with the doing in front.
func failed(err error, doing string, args ...any) error {
	doing = fmt.Sprintf(doing, args...)
	var e *Error
	if !errors.As(err, &e) {
		return upgrade.Errorf(upgrade.KindOf(err), "%s: %w", doing, err)
	}
	kind, advice := e.meaning()
	failure := upgrade.Errorf(kind, "%s: %w", doing, err)
	if advice == "" {
		return failure
	}
	return failure.Advise("%s", advice)
}

// meaning maps the class to the kind that retries and exit codes follow, and to advice.
func (e *Error) meaning() (upgrade.Kind, string) {
	switch e.Class {
	case Auth:
		return upgrade.Denied, "check the user name and the API key in the worker's settings, and that user's rights in IBM Cloud"
	case NotFoundOrDenied:
		return upgrade.NotFound, "either there is no such object, or the API user lacks the right or the device access to see it: check the number, then GATEWAY_MANAGE, HARDWARE_VIEW, SERVER_RELOAD and the user's device access"
	case Refused:
		if e.reads && e.Status >= 500 { // the API answers 500 to what it declines and to its own faults alike; asking again is harmless
			return upgrade.Unreachable, ""
		}
		return upgrade.Refused, "IBM Cloud declined the call; its text says why"
	case Malformed:
		return upgrade.Malformed, ""
	}
	return upgrade.Unreachable, ""
}
