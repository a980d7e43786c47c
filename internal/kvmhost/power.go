package kvmhost

import (
	"context"
	"fmt"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// The states of a domain that decide what may be done to it (virsh(1), list).
const (
	running = "running"
	closing = "in shutdown"
	shutOff = "shut off"
)

// Shutdown asks a vSRX to power itself off and does not wait for it: that takes a minute or never comes, and Domains
// shows it. A machine that is off, or on its way, is left alone. Errors are of kind Invalid (the name), Refused,
// Malformed or Unreachable.
func (h *Host) Shutdown(ctx context.Context, domain string) error {
	state, err := h.state(ctx, domain)
	if err != nil || state == shutOff || state == closing {
		return doing(err, "shutting %s down", domain)
	}
	_, err = h.one(ctx, virsh+"shutdown "+domain)
	if err != nil {
		// It may have gone off between the look and the act.
		if state, again := h.state(ctx, domain); again == nil && state == shutOff {
			return nil
		}
	}
	return doing(err, "shutting %s down", domain)
}

// Start powers a vSRX on; one that runs is left alone. One that is neither off nor running is an error of kind
// Unhealthy; others are of kind Invalid (the name), Refused, Malformed or Unreachable.
func (h *Host) Start(ctx context.Context, domain string) error {
	state, err := h.state(ctx, domain)
	switch {
	case err != nil || state == running:
		return doing(err, "starting %s", domain)
	case state != shutOff:
		return doing(upgrade.Errorf(upgrade.Unhealthy, "it is %s", state), "starting %s", domain)
	}
	_, err = h.one(ctx, virsh+"start "+domain)
	if err != nil {
		if state, again := h.state(ctx, domain); again == nil && state == running {
			return nil
		}
	}
	return doing(err, "starting %s", domain)
}

// SetAutostart decides whether a vSRX starts with its host, and reads back that it is so. Errors are of kind Invalid
// (the name), Refused, Malformed or Unreachable.
func (h *Host) SetAutostart(ctx context.Context, domain string, on bool) error {
	const what = "setting the autostart of %s"
	now, err := h.autostart(ctx, domain)
	if err != nil || now == on {
		return doing(err, what, domain)
	}
	command := virsh + "autostart " + domain
	if !on {
		command += " --disable"
	}
	if _, err := h.one(ctx, command); err != nil {
		return doing(err, what, domain)
	}
	if now, err = h.autostart(ctx, domain); err == nil && now != on {
		err = upgrade.Errorf(upgrade.Refused, "virsh took the change and it has no effect")
	}
	return doing(err, what, domain)
}

// state is what "virsh domstate" says of a vSRX.
func (h *Host) state(ctx context.Context, domain string) (string, error) {
	if err := checkName(domain); err != nil {
		return "", err
	}
	said, err := h.one(ctx, virsh+"domstate "+domain)
	if err != nil {
		return "", err
	}
	state := strings.TrimSpace(said)
	if state == "" {
		return "", upgrade.Errorf(upgrade.Malformed, "virsh gives no state of %s", domain)
	}
	return state, nil
}

func (h *Host) autostart(ctx context.Context, domain string) (bool, error) {
	if err := checkName(domain); err != nil {
		return false, err
	}
	info, err := h.one(ctx, virsh+"dominfo "+domain)
	if err != nil {
		return false, err
	}
	return parseAutostart(info)
}

func parseAutostart(info string) (bool, error) {
	for line := range strings.Lines(info) {
		value, found := strings.CutPrefix(strings.TrimSpace(line), "Autostart:")
		if !found {
			continue
		}
		switch value := strings.TrimSpace(value); value {
		case "enable", "enabled":
			return true, nil
		case "disable", "disabled":
			return false, nil
		default:
			return false, upgrade.Errorf(upgrade.Malformed, "virsh dominfo gives the autostart %q", value)
		}
	}
	return false, upgrade.Errorf(upgrade.Malformed, "virsh dominfo gives no autostart")
}

// checkName keeps from the shell what is not the name of a vSRX.
func checkName(domain string) error {
	if !safeName.MatchString(domain) {
		return upgrade.Errorf(upgrade.Invalid, "%q is not the name of a vSRX", domain)
	}
	return nil
}

// doing puts what was done in front of an error, and keeps its kind; nil stays nil.
func doing(err error, format, domain string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", domain, err)
}
