package activities

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// RestoreInput names the saved configuration that a rebuilt gateway gets back.
type RestoreInput struct {
	Gateway        upgrade.Gateway `json:"gateway"`
	Permit         upgrade.Permit  `json:"permit"`
	DeviceEpoch    string          `json:"deviceEpoch,omitempty"`
	Saved          upgrade.Blob    `json:"saved"`              // set form
	Sections       [][]string      `json:"sections,omitempty"` // paths of the parts to replace; none means all
	ConfirmMinutes int             `json:"confirmMinutes"`
	Log            string          `json:"log"`    // for the device's commit log
	Folder         string          `json:"folder"` // of the archive, for what the rebuilt gateway came with
}

// Restored is what was brought back.
type Restored struct {
	Changed bool         `json:"changed"`
	Plan    []string     `json:"plan"`
	Fresh   upgrade.Blob `json:"fresh"` // the configuration that the rebuilt gateway came with
}

// Restore brings a saved configuration back to a rebuilt gateway, by a confirmed commit that a new connection proves: the
// interfaces stay those of the new version. What the gateway came with is stored first. Repeating it changes nothing more.
func (a *Activities) Restore(ctx context.Context, in RestoreInput) (Restored, error) {
	r, err := a.restore(ctx, in)
	return r, classified(ctx, err)
}

func (a *Activities) restore(ctx context.Context, in RestoreInput) (r Restored, err error) {
	pulse := startPulse(ctx, "reading both configurations")
	defer pulse.stop()
	if err := a.fence(ctx, in.Permit); err != nil {
		return r, err
	}
	saved, err := a.storedTree(ctx, in.Saved)
	if err != nil {
		return r, err
	}
	endpoint, err := a.deviceEndpoint(ctx, in.Gateway, in.DeviceEpoch)
	if err != nil {
		return r, err
	}
	text, err := a.running(ctx, endpoint)
	if err != nil {
		return r, err
	}
	if r.Fresh, err = a.Archive.Put(ctx, fmt.Sprintf("%s/%d/configuration.set", in.Folder, activity.GetInfo(ctx).Attempt), bytes.NewReader(text)); err != nil {
		return r, err
	}
	fresh, err := configuration.Parse(bytes.NewReader(text), "configuration of the rebuilt gateway")
	if err != nil {
		return r, err
	}
	plan, err := configuration.PlanTakeOver(saved, fresh, in.Sections...)
	if err != nil {
		return r, err
	}
	r.Plan = plan.Plan
	pulse.beat(fmt.Sprintf("committing %d commands", len(plan.Commands)))
	r.Changed, err = a.Devices.Replace(ctx, endpoint, Replacement{Commands: plan.Commands, ConfirmMinutes: in.ConfirmMinutes, Log: in.Log,
		InForce: func(now []byte) (bool, error) {
			if len(bytes.TrimSpace(now)) == 0 {
				return false, nil
			}
			tree, err := configuration.Parse(bytes.NewReader(now), "running configuration")
			if err != nil {
				return false, err
			}
			return len(configuration.Compare(plan.Wanted.Without("version"), tree.Without("version"))) == 0, nil
		}})
	if err != nil {
		return r, fmt.Errorf("bringing the configuration back (%s): %w", strings.Join(plan.Plan, "; "), withoutSecrets(plan, err))
	}
	return r, nil
}

// withoutSecrets gives an error of the same kind and advice that shows none of the import's secrets: a device quotes the
// line that it refuses, and what an activity returns stays in the workflow's history.
func withoutSecrets(plan configuration.TakeOver, err error) error {
	said := err.Error()
	if hidden := plan.Hide(said); hidden != said {
		return upgrade.Errorf(upgrade.KindOf(err), "%s", hidden).Advise("%s", upgrade.AdviceOf(err))
	}
	return err
}

// running reads the committed configuration in set form.
func (a *Activities) running(ctx context.Context, e upgrade.Endpoint) ([]byte, error) {
	device, err := a.Devices.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	defer device.Close()
	var text bytes.Buffer
	if err := device.Configuration(ctx, "set", &text); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}
