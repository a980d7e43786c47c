package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/upgrade"
)

// PreemptInput asks for the preempt statement of redundancy group 1 to be active or inactive.
type PreemptInput struct {
	Gateway        upgrade.Gateway `json:"gateway"`
	Permit         upgrade.Permit  `json:"permit"`
	DeviceEpoch    string          `json:"deviceEpoch,omitempty"`
	On             bool            `json:"on"`
	ConfirmMinutes int             `json:"confirmMinutes"`
	Log            string          `json:"log"` // for the device's commit log
}

// SetPreempt makes preempt of redundancy group 1 active or inactive, by a confirmed commit that a second connection
// proves, and tells whether it had to change anything. It looks first, so repeating it is harmless.
func (a *Activities) SetPreempt(ctx context.Context, in PreemptInput) (changed bool, err error) {
	changed, err = a.setPreempt(ctx, in)
	return changed, classified(ctx, err)
}

func (a *Activities) setPreempt(ctx context.Context, in PreemptInput) (bool, error) {
	pulse := startPulse(ctx, in.Log)
	defer pulse.stop()
	if err := a.fence(ctx, in.Permit); err != nil {
		return false, err
	}
	endpoint, err := a.deviceEndpoint(ctx, in.Gateway, in.DeviceEpoch)
	if err != nil {
		return false, err
	}
	return a.Devices.SetPreempt(ctx, endpoint, in.On, in.ConfirmMinutes, in.Log)
}

// fence refuses an irrevocable step when the pod permit is not open any more: somebody else may hold the pod. It refuses
// an attempt too that Temporal has given up: one that was silent for long goes on beside its successor, or after the undo.
func (a *Activities) fence(ctx context.Context, p upgrade.Permit) error {
	open, err := a.Pods.Open(ctx, p)
	if err != nil {
		return fmt.Errorf("checking the pod permit: %w", err)
	}
	if !open {
		return upgrade.Errorf(upgrade.LockLost, "the pod permit %s is not open any more", p.WorkflowID).
			Advise("see in Temporal Web who ended it; retry takes the permit again and starts this step over")
	}
	info := activity.GetInfo(ctx)
	current, err := a.Pods.Attempt(ctx, upgrade.Permit{WorkflowID: info.WorkflowExecution.ID, RunID: info.WorkflowExecution.RunID}, info.ActivityID, info.Attempt)
	if err != nil {
		return fmt.Errorf("checking this attempt: %w", err)
	}
	if !current {
		return upgrade.Errorf(upgrade.Unreachable, "attempt %d was given up: another one goes on", info.Attempt)
	}
	return nil
}

func (a *Activities) storeJSON(ctx context.Context, key string, v any) (upgrade.Blob, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return upgrade.Blob{}, fmt.Errorf("writing %s: %w", key, err)
	}
	return a.Archive.Put(ctx, key, bytes.NewReader(append(text, '\n')))
}

// CompareInput names the snapshot to compare with.
type CompareInput struct {
	Gateway     upgrade.Gateway `json:"gateway"`
	DeviceEpoch string          `json:"deviceEpoch,omitempty"`
	Before      upgrade.Blob    `json:"before"`
	// Preempt is the digest of the configuration with preempt, where the upgrade has put preempt back after the snapshot
	// before was taken without it; "" where it has not.
	Preempt string         `json:"preempt,omitempty"`
	Folder  string         `json:"folder"`
	Timing  upgrade.Timing `json:"timing"`
}

// Comparison is what changed, with the second snapshot.
type Comparison struct {
	Differences []upgrade.Difference `json:"differences"`
	After       upgrade.Blob         `json:"after"`
}

// Compare takes a second snapshot once values have settled, two equal comparisons in a row or the time for it up,
// stores it and lists what is not as before. The device is only read.
func (a *Activities) Compare(ctx context.Context, in CompareInput) (Comparison, error) {
	c, err := a.compare(ctx, in)
	return c, classified(ctx, err)
}

func (a *Activities) compare(ctx context.Context, in CompareInput) (c Comparison, err error) {
	pulse := startPulse(ctx, "first look")
	defer pulse.stop()
	before, err := a.loadSnapshot(ctx, in.Before)
	if err != nil {
		return c, err
	}
	if in.Preempt != "" {
		before = before.WithPreempt(in.Preempt)
	}
	device, err := a.dialDevice(ctx, in.Gateway, in.DeviceEpoch)
	if err != nil {
		return c, err
	}
	defer device.Close()
	end := a.Now().Add(in.Timing.Settle.D())
	for look := 1; ; look++ {
		after, err := device.Snapshot(ctx)
		if err != nil {
			return c, err
		}
		last := c.Differences
		c.Differences = upgrade.Compare(before, after)
		if look > 1 && reflect.DeepEqual(last, c.Differences) || !a.Now().Before(end) {
			c.After, err = a.storeJSON(ctx, fmt.Sprintf("%s/%d/snapshot.json", in.Folder, activity.GetInfo(ctx).Attempt), after)
			return c, err
		}
		if err := pulse.wait(in.Timing.SettlePoll.D(), fmt.Sprintf("look %d: %d differences", look, len(c.Differences))); err != nil {
			return c, err
		}
	}
}

func (a *Activities) loadSnapshot(ctx context.Context, b upgrade.Blob) (s upgrade.Snapshot, err error) {
	r, err := a.Archive.Get(ctx, b)
	if err != nil {
		return s, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return s, fmt.Errorf("reading %s: %w", b.Key, err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, upgrade.Errorf(upgrade.Malformed, "reading %s: %w", b.Key, err)
	}
	return s, nil
}

// StoreInput is a report and where it goes.
type StoreInput struct {
	Key    string         `json:"key"`
	Report upgrade.Report `json:"report"`
}

// StoreReport puts a report into the archive. Repeating it stores the same bytes under the same key.
func (a *Activities) StoreReport(ctx context.Context, in StoreInput) (upgrade.Blob, error) {
	b, err := a.storeJSON(ctx, in.Key, in.Report)
	return b, classified(ctx, err)
}
