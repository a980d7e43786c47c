package activities

import (
	"bytes"
	"context"
	"fmt"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// DifferInput names the stored configuration that the gateway's own is compared with.
type DifferInput struct {
	Gateway     upgrade.Gateway `json:"gateway"`
	DeviceEpoch string          `json:"deviceEpoch,omitempty"`
	Stored      upgrade.Blob    `json:"stored"` // set form
	// Fresh is the configuration that a rebuilt gateway came with: what is compared with is then the plan of the import.
	Fresh *upgrade.Blob `json:"fresh,omitempty"`
}

// shownChanges is how many statements travel into the history; all of them can be had from archive and device.
const shownChanges = 40

// Differ compares the gateway's configuration with a stored one, statement by statement, secrets masked. It changes
// nothing.
func (a *Activities) Differ(ctx context.Context, in DifferInput) (upgrade.ConfigChanges, error) {
	c, err := a.differ(ctx, in)
	return c, classified(ctx, err)
}

func (a *Activities) differ(ctx context.Context, in DifferInput) (found upgrade.ConfigChanges, err error) {
	before, err := a.storedTree(ctx, in.Stored)
	if err != nil {
		return found, err
	}
	if in.Fresh != nil {
		fresh, err := a.storedTree(ctx, *in.Fresh)
		if err != nil {
			return found, err
		}
		plan, err := configuration.PlanTakeOver(before, fresh)
		if err != nil {
			return found, err
		}
		before = plan.Wanted
	}
	device, err := a.dialDevice(ctx, in.Gateway, in.DeviceEpoch)
	if err != nil {
		return found, err
	}
	defer device.Close()
	var text bytes.Buffer
	if err := device.Configuration(ctx, "set", &text); err != nil {
		return found, err
	}
	now, err := configuration.Parse(&text, "running configuration")
	if err != nil {
		return found, err
	}
	view, err := device.View(ctx)
	if err != nil {
		return found, err
	}
	found.Commit = view.Mark.Commit
	for _, c := range configuration.Compare(before.Without("version"), now.Without("version")) {
		if found.Count++; found.Count <= shownChanges {
			found.Lines = append(found.Lines, c.String())
		}
	}
	return found, nil
}

// storedTree reads a stored configuration.
func (a *Activities) storedTree(ctx context.Context, b upgrade.Blob) (*configuration.Tree, error) {
	r, err := a.Archive.Get(ctx, b)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	tree, err := configuration.Parse(r, b.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the stored configuration: %w", err)
	}
	return tree, nil
}
