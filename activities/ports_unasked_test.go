package activities_test

import (
	"context"
	"errors"
	"io"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// What no test of this package asks of the ports has no answer: an activity that asks it fails.
func unasked() error { return errors.New("the world has no answer to this") }

func (c cloud) Records(context.Context, upgrade.Gateway) ([]upgrade.Record, error) {
	return nil, unasked()
}

func (d devices) Replace(context.Context, upgrade.Endpoint, activities.Replacement) (bool, error) {
	return false, unasked()
}

func (s session) Survey(context.Context, io.Writer) (upgrade.Device, upgrade.DeviceFacts, error) {
	return upgrade.Device{}, upgrade.DeviceFacts{}, unasked()
}

func (m machines) Facts(context.Context, string, string, string) upgrade.HostFacts {
	return upgrade.HostFacts{}
}

func (m machines) Backup(context.Context, string) (int64, bool, error) { return 0, false, unasked() }
func (m machines) Shutdown(context.Context, string) error              { return unasked() }
func (m machines) SetAutostart(context.Context, string, bool) error    { return unasked() }
func (m machines) RestoreImage(context.Context, string) error          { return unasked() }
func (m machines) Start(context.Context, string) error                 { return unasked() }
