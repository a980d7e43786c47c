package workflows_test

import (
	"context"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// What the world answers besides the runbook of an upgrade that goes straight on: own checks that find nothing, a
// configuration in which nothing has changed, and the steps of a rollback and of a
// restoration, which succeed.

func (w *world) Check(_ context.Context, in activities.CheckInput) ([]upgrade.CheckResult, error) {
	return answer(w, "Check", &w.check, in, func() []upgrade.CheckResult {
		return []upgrade.CheckResult{{Name: "gateway-status", Subject: "gateway", Verdict: upgrade.CheckPass, Evidence: "active"}}
	})
}

func (w *world) Differ(_ context.Context, in activities.DifferInput) (upgrade.ConfigChanges, error) {
	return answer(w, "Differ", &w.differ, in, func() upgrade.ConfigChanges { return upgrade.ConfigChanges{Commit: w.mark.Commit} })
}

func (w *world) LookBack(_ context.Context, in activities.BackInput) (activities.BackView, error) {
	return answer(w, "LookBack", &w.back, in, func() activities.BackView {
		return activities.BackView{Picture: w.picture(), Backup: upgrade.Backup{Host: "edge-a", Domain: "vsrx-a", Exists: true, Bytes: 1 << 30}}
	})
}

func (w *world) PowerOff(_ context.Context, in activities.PowerInput) (activities.Powered, error) {
	return answer(w, "PowerOff", &w.off, in, func() activities.Powered { return activities.Powered{Domain: "vsrx-b", At: w.now()} })
}

func (w *world) BringBack(_ context.Context, in activities.BringBackInput) (activities.Powered, error) {
	return answer(w, "BringBack", &w.on, in, func() activities.Powered { return activities.Powered{Domain: "vsrx-a", At: w.now()} })
}

func (w *world) Restore(_ context.Context, in activities.RestoreInput) (activities.Restored, error) {
	return answer(w, "Restore", &w.restore, in, func() activities.Restored {
		return activities.Restored{Changed: true, Fresh: upgrade.Blob{Key: in.Folder + "/fresh.set", Digest: "f2e5", Size: 812}}
	})
}
