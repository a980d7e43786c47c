package sim

import (
	"errors"
	"slices"
)

// apiFaults are the faults of the SoftLayer face. Those of a reload hit once, the others stay until they are cleared.
func apiFaults() map[string]faultKind {
	return map[string]faultKind{
		"reload-200-error":         {calls: true},
		"reload-200-error-newline": {calls: true},
		"reload-timeout-done":      {calls: true, check: orNothing(needDuration)},
		"reload-timeout-lost":      {calls: true, check: orNothing(needDuration)},
		"reload-reset-after":       {calls: true},
		"reload-busy-500":          {calls: true},
		"reload-refused-500":       {calls: true},
		"reload-token":             {calls: true},

		"api-down":         {check: needDuration, apply: endLater},
		"html-502":         {calls: true},
		"empty-200":        {calls: true},
		"auth-401":         {calls: true},
		"iam-expired-500":  {calls: true},
		"iam-exchange-500": {calls: true},
		"rate-limit":       {calls: true, check: orNothing(needCount)},
		"slow-answer":      {calls: true, check: needDuration},

		"null-list":       {calls: true},
		"null-object":     {calls: true},
		"single-for-list": {calls: true},
		"shape-wrong":     {calls: true},
		"stale-read":      {calls: true, check: needDuration},

		"worker-kill-points": {apply: holdAnswers, clear: sendAnswers},
		"perm-404":           {check: orNothing(needRight)},
		"perm-404-midrun":    {check: orNothing(needRight)},
		"ipmi-disabled":      {apply: forgetManagement, clear: forgetManagement},
		"status-unknown":     {},
		"attr-lag":           {check: needDuration},
		"attr-early":         {},
		"clock-skew":         {check: needDuration},
	}
}

// lacks tells whether a fault took a right from the user, as far as a member is concerned. The right "" stands for
// access to the device.
func (c *Cloud) lacks(right string, m *member) bool {
	for _, f := range c.faults {
		if f.Arg != right || !f.hits(m) {
			continue
		}
		if f.Name == "perm-404" || f.Name == "perm-404-midrun" && m.gateway.reloaded() {
			return true
		}
	}
	return false
}

// reloaded tells whether a reload of the gateway was accepted ever since the world began.
func (g *appliance) reloaded() bool {
	for _, m := range g.members {
		if m.reloads > 0 {
			return true
		}
	}
	return false
}

// holdAnswers keeps the answers of writes back after their execution, so that a client can be stopped in between.
func holdAnswers(c *Cloud, _ Fault, _ *member) {
	if c.api.held == nil {
		c.api.held = make(chan struct{})
	}
}

func sendAnswers(c *Cloud, _ Fault, _ *member) {
	if c.api.held != nil {
		close(c.api.held)
		c.api.held = nil
	}
}

// forgetManagement lets the fault decide again about management interfaces that were toggled.
func forgetManagement(c *Cloud, f Fault, _ *member) {
	for _, g := range c.gateways {
		for _, m := range g.members {
			if f.hits(m) {
				m.management = managementAsBuilt
			}
		}
	}
}

// orNothing lets an argument be left out.
func orNothing(check func(string) error) func(string) error {
	return func(arg string) error {
		if arg == "" {
			return nil
		}
		return check(arg)
	}
}

func needCount(arg string) error {
	if number(arg) <= 0 {
		return errors.New("want a number of calls")
	}
	return nil
}

func needRight(arg string) error {
	if !slices.Contains([]string{rightGateway, rightHardware, rightReload, rightDevices, rightPasswords}, arg) {
		return errors.New("not the key name of a right")
	}
	return nil
}
