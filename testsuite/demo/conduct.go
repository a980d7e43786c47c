package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// patience ends a demo that does not get anywhere.
const patience = 10 * time.Minute

// Exit codes of the starter that a scenario may end with.
const (
	exitDone    = 0
	exitAborted = 4 // by a person; a rollback is one too
)

// conduct runs the starter as a user would, while part is played by the person on call, and gives the report. The
// starter must end with the exit code.
func (d *demo) conduct(ctx context.Context, gateway sim.Gateway, exit int, part func(context.Context) error) (report upgrade.Report, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the demo got nowhere for too long"))
	defer cancel()
	input, err := d.write(request(gateway, d.speed))
	if err != nil {
		return report, err
	}
	id := fmt.Sprint(gateway.ID)
	fmt.Printf("\n$ starter upgrade %s --wait --input %s\n", id, input)
	start := d.stage.Starter(ctx, "upgrade", id, "--wait", "--input", input)
	start.Stdout, start.Stderr = os.Stdout, os.Stdout
	if err := start.Start(); err != nil {
		return report, fmt.Errorf("running the starter: %w", err)
	}
	played := make(chan error, 1)
	go func() { played <- part(ctx) }()
	if err := ended(start.Wait(), exit); err != nil {
		cancel()
		return report, errors.Join(fmt.Errorf("starter upgrade: %w", err), <-played)
	}
	if err := <-played; err != nil {
		return report, err
	}
	return report, d.client.GetWorkflow(ctx, workflows.UpgradeID(gateway.ID), "").Get(ctx, &report)
}

// ended refuses an end with another exit code.
func ended(err error, exit int) error {
	var with *exec.ExitError
	switch {
	case errors.As(err, &with) && with.ExitCode() == exit:
		return nil
	case err == nil && exit != exitDone:
		return fmt.Errorf("it ended with exit code 0, not %d", exit)
	}
	return err
}

// write puts a request into a file.
func (d *demo) write(req upgrade.Request) (string, error) {
	text, err := json.MarshalIndent(req, "", "  ")
	if err != nil {
		return "", err
	}
	path := filepath.Join(d.stage.Dir, fmt.Sprintf("request-%d.json", req.GatewayID))
	return path, os.WriteFile(path, text, 0o600)
}

// request is what the demo asks for: everything scaled to the speed of its cloud. The device's own minutes are scaled
// too, so the confirmed commit gets many of them.
func request(gateway sim.Gateway, speed float64) upgrade.Request {
	timing := upgrade.DefaultTiming().Faster(speed)
	timing.ConfirmMinutes = 240
	return upgrade.Request{GatewayID: gateway.ID, TargetVersion: gateway.Offered[0], Preempt: upgrade.PreemptDeactivate,
		Change: "CHG-DEMO", By: "demo", Timing: timing}
}

// answer waits for the upgrade's question and answers it by the starter, as the person on call would.
func (d *demo) answer(ctx context.Context, gateway int, word, reason string) error {
	if _, err := d.await(ctx, gateway, func(r upgrade.Report) bool { return r.Ask != nil }); err != nil {
		return fmt.Errorf("waiting for the upgrade's question: %w", err)
	}
	fmt.Printf("$ starter %s %d --by demo --reason %q\n", word, gateway, reason)
	out, err := d.stage.Starter(ctx, word, fmt.Sprint(gateway), "--by", "demo", "--reason", reason).CombinedOutput()
	if err != nil {
		return fmt.Errorf("starter %s: %w\n%s", word, err, out)
	}
	return nil
}

// await asks an upgrade for its status until it is as wanted.
func (d *demo) await(ctx context.Context, gateway int, wanted func(upgrade.Report) bool) (upgrade.Report, error) {
	for {
		var report upgrade.Report
		// Without an answer there is nothing to judge yet: a killed worker answers no query, the next one will.
		if value, err := d.client.QueryWorkflow(ctx, workflows.UpgradeID(gateway), "", workflows.QueryStatus); err == nil {
			if err := value.Get(&report); err != nil {
				return report, fmt.Errorf("reading the status: %w", err)
			}
		}
		switch {
		case wanted(report):
			return report, nil
		case report.Outcome != "":
			return report, fmt.Errorf("the upgrade has ended as %q", report.Outcome)
		}
		select {
		case <-ctx.Done():
			return report, context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}
