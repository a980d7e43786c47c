package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

func TestAPairIsUpgradedSecondaryFirstWithOneMoveOfTheTraffic(t *testing.T) {
	in := install(t)
	req := request()
	secrets := in.secrets()
	in.upgrade(req)
	asked := in.await(req.GatewayID, "the question before the second reload", func(r upgrade.Report) bool { return r.Ask != nil })
	if s := in.Cloud.State(req.GatewayID); s.Members[0].Reloads != 0 || s.Members[1].Reloads != 1 {
		t.Errorf("reloads before the approval: %d of node0 (primary) and %d of node1, want the secondary only", s.Members[0].Reloads, s.Members[1].Reloads)
	}
	secrets = append(secrets, in.secrets()...)
	if code, _, text := in.run(in.Temporal(t.Context(), "workflow", "update", "execute", "--workflow-id", workflows.UpgradeID(req.GatewayID),
		"--name", workflows.UpdateApprove, "--input", `{"by":"tester","reason":"traffic flows"}`)); code != 0 {
		t.Fatalf("temporal workflow update execute: %s", text)
	}
	report := in.result(req.GatewayID)
	if report.Outcome != upgrade.OutcomeCompleted || report.From != "22.2R2-S2.3" || report.Target != req.TargetVersion {
		t.Errorf("the report says %q from %s to %s", report.Outcome, report.From, report.Target)
	}
	if len(asked.Nodes) != 1 || report.Nodes[0].Step.Node != "node1" || report.Nodes[1].Step.Node != "node0" {
		t.Errorf("the order was %+v", report.Nodes)
	}
	for _, d := range report.Differences {
		if !d.Expected {
			t.Errorf("after the upgrade %s is %q, was %q", d.Item, d.After, d.Before)
		}
	}
	in.wantWholeAndSafe(req)
	history := in.history(workflows.UpgradeID(req.GatewayID))
	if n := strings.Count(history, `"eventId"`); n == 0 || n >= 200 {
		t.Errorf("the history has %d events, want some and under 200", n)
	}
	in.wantStored(report)
	in.wantListed(`VsrxGateway="gw-a" AND VsrxPod="dal09.pod01" AND VsrxTarget="23.4R2-S5.5" AND VsrxPhase="report"`)
	in.wantNoSecret(append(secrets, in.secrets()...), map[string]string{"history": history, "permit": in.history(workflows.PermitID(report.Plan.Gateway.Account, report.Pod))})
	record(t, "completed", history)
}

func TestAWorkerKilledInAReloadAndOneStoppedInTheNextAreFollowedByOthersThatGoOn(t *testing.T) {
	in := prepare(t)
	worker, err := in.StartWorker()
	if err != nil {
		t.Fatal(err)
	}
	req := request()
	req.Approval = upgrade.ApprovalNone
	in.startByTemporalCLI(req)
	in.await(req.GatewayID, "the first reload", func(r upgrade.Report) bool { return len(r.Nodes) == 1 && r.Nodes[0].ReloadID != 0 })
	if err := worker.Kill(); err != nil {
		t.Fatal(err)
	}
	if s := in.Cloud.State(req.GatewayID); !s.Members[1].Reloading {
		t.Fatalf("the worker was killed too late: %+v", s)
	}
	second, err := in.StartWorker()
	if err != nil {
		t.Fatal(err)
	}
	in.await(req.GatewayID, "the second reload", func(r upgrade.Report) bool { return len(r.Nodes) == 2 && r.Nodes[1].ReloadID != 0 })
	if err := second.Stop(); err != nil { // SIGTERM: it hands over and ends by itself
		t.Errorf("stopping the worker in the second reload: %v", err)
	}
	in.startWorker()
	report := in.result(req.GatewayID)
	if report.Outcome != upgrade.OutcomeCompleted {
		t.Errorf("the upgrade ended as %q", report.Outcome)
	}
	in.wantWholeAndSafe(req)
}

func TestPreemptComesBackWhenAskedFor(t *testing.T) {
	in := install(t)
	req := request()
	req.Approval, req.Preempt = upgrade.ApprovalNone, upgrade.PreemptRestore
	in.upgrade(req)
	report := in.result(req.GatewayID)
	if report.Outcome != upgrade.OutcomeCompleted || !report.Preempt.Restored || !in.Cloud.State(req.GatewayID).PreemptActive {
		t.Errorf("outcome %q, preempt %+v, on the device active: %t", report.Outcome, report.Preempt, in.Cloud.State(req.GatewayID).PreemptActive)
	}
	for _, d := range report.Differences {
		if !d.Expected && d.Item != "redundancy group 0 primary" { // preempt takes the traffic back and leaves the control plane: a person's task
			t.Errorf("after the upgrade %s is %q, was %q", d.Item, d.After, d.Before)
		}
	}
	if v := in.Cloud.Verdict(); len(v.Violations) > 0 || v.Outages != 2 {
		t.Errorf("violations %+v, %d outages; want none, and two: the move of the upgrade and that of preempt", v.Violations, v.Outages)
	}
}

// wantListed demands that one upgrade is found by its search attributes.
func (in *installation) wantListed(query string) {
	in.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) { // visibility lags a little
		found, err := in.client.CountWorkflow(context.Background(), &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		if err != nil {
			in.t.Fatal(err)
		}
		if found.GetCount() == 1 {
			return
		}
		if time.Now().After(end) {
			in.t.Fatalf("%d workflows are found by %s, want one", found.GetCount(), query)
		}
	}
}

// startByTemporalCLI starts an upgrade from plain JSON, as a user without the starter does.
func (in *installation) startByTemporalCLI(req upgrade.Request) {
	in.t.Helper()
	text, err := json.Marshal(req)
	if err != nil {
		in.t.Fatal(err)
	}
	code, _, stderr := in.run(in.Temporal(context.Background(), "workflow", "start", "--type", workflows.TypeUpgradeGateway,
		"--task-queue", workflows.TaskQueue, "--workflow-id", workflows.UpgradeID(req.GatewayID), "--input", string(text)))
	if code != 0 {
		in.t.Fatalf("temporal workflow start: %s", stderr)
	}
}

// secrets are all passwords of the moment and the API key.
func (in *installation) secrets() []string {
	a := in.Cloud.Access()
	list := []string{a.APIKey}
	for _, g := range a.Gateways {
		list = append(list, g.RootPassword)
		for _, m := range g.Members {
			list = append(list, m.HostPassword)
		}
	}
	return list
}

// wantNoSecret looks for the secrets in texts, in the worker's log and in the report.
func (in *installation) wantNoSecret(secrets []string, texts map[string]string) {
	in.t.Helper()
	for _, path := range []string{in.WorkerLog()} {
		text, err := os.ReadFile(path)
		if err != nil {
			in.t.Fatal(err)
		}
		texts[path] = string(text)
	}
	err := filepath.WalkDir(in.Archive(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		in.t.Fatal(err)
	}
	for where, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				in.t.Errorf("a secret stands in %s", where)
			}
		}
	}
}

// wantStored reads the report and the export back from the archive's folder.
func (in *installation) wantStored(report upgrade.Report) {
	in.t.Helper()
	if report.Stored == nil || report.Export == nil {
		in.t.Fatal("the report names no stored files")
	}
	for _, b := range []upgrade.Blob{*report.Stored, report.Export.Curly, report.Export.Set, report.Export.XML, report.Export.Snapshot} {
		info, err := os.Stat(filepath.Join(in.Archive(), filepath.FromSlash(b.Object)))
		if err != nil || info.Size() <= b.Size { // encryption adds to it
			in.t.Errorf("stored file %s: %v", b.Key, err)
		} else if info.Mode().Perm()&0o077 != 0 {
			in.t.Errorf("stored file %s is readable by others: %s", b.Key, info.Mode())
		}
		if code, out, text := in.starter("archive", "get", b.Key); code != 0 || int64(len(out)) != b.Size {
			in.t.Errorf("starter archive get %s exits with %d and %d bytes: %s", b.Key, code, len(out), text)
		}
	}
	_, listed, _ := in.starter("archive", "list", fmt.Sprint(report.Plan.Gateway.ID))
	for round, step := range report.Plan.Steps {
		for _, key := range []string{fmt.Sprintf("checks-%d/1/facts.json", round+1), fmt.Sprintf("checks-%d/1/results.json", round+1),
			fmt.Sprintf("readiness-%d/1/%d/precheck.log", round+1, step.HardwareID)} {
			if !strings.Contains(listed, key) {
				in.t.Errorf("%s is not in the archive:\n%s", key, listed)
			}
		}
	}
	if code, out, text := in.starter("archive", "verify"); code != 0 {
		in.t.Errorf("starter archive verify exits with %d: %s%s", code, out, text)
	}
}

// record keeps a history for the replay tests where the folder for it is given.
func record(t *testing.T, name, history string) {
	t.Helper()
	dir := os.Getenv("RECORD_HISTORIES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(history), 0o644); err != nil {
		t.Fatal(err)
	}
}
