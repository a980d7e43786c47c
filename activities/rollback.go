package activities

import (
	"context"
	"fmt"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// BackInput says which gateway may have to go back to its old version.
type BackInput struct {
	Look Look         `json:"look"`
	Plan upgrade.Plan `json:"plan"`
}

// BackView is everything that a rollback stands on.
type BackView struct {
	Picture upgrade.Picture `json:"picture"`
	Backup  upgrade.Backup  `json:"backup"`
}

// LookBack takes a picture of the gateway and looks for the old machine's backup on the second host. It changes nothing.
func (a *Activities) LookBack(ctx context.Context, in BackInput) (BackView, error) {
	p, err := a.look(ctx, in.Look)
	if err != nil {
		return BackView{}, classified(ctx, err)
	}
	return BackView{Picture: p, Backup: a.backup(ctx, in.Plan.Steps[1], in.Look.HostEpochs)}, classified(ctx, ctx.Err())
}

func (a *Activities) backup(ctx context.Context, step upgrade.Step, epochs map[int]string) upgrade.Backup {
	b := upgrade.Backup{Host: step.Host}
	err := a.onHost(ctx, step, epochs[step.HardwareID], func(h Host, d upgrade.Domain) (err error) {
		b.Domain = d.Name
		b.Bytes, b.Exists, err = h.Backup(ctx, d.Name)
		return err
	})
	if err != nil {
		b.Bytes, b.Exists, b.Error = 0, false, err.Error()
	}
	return b
}

// onHost logs in to the host of a step and finds its one vSRX machine; its name may differ from before a reload.
func (a *Activities) onHost(ctx context.Context, step upgrade.Step, epoch string, do func(Host, upgrade.Domain) error) error {
	host, err := a.dialHost(ctx, step.HardwareID, step.Address, upgrade.Trust{Epoch: epoch})
	if err != nil {
		return fmt.Errorf("host %s: %w", step.Host, err)
	}
	defer host.Close()
	domains, err := host.Domains(ctx)
	if err != nil {
		return fmt.Errorf("host %s: %w", step.Host, err)
	}
	if len(domains) != 1 {
		return upgrade.Errorf(upgrade.Unhealthy, "host %s has %d vSRX machines, not one", step.Host, len(domains)).Advise("on the host: virsh list --all; ask IBM Support which one is the gateway")
	}
	if err := do(host, domains[0]); err != nil {
		return fmt.Errorf("host %s: %w", step.Host, err)
	}
	return nil
}

// PowerInput names the machine to shut down.
type PowerInput struct {
	Step      upgrade.Step   `json:"step"`
	Permit    upgrade.Permit `json:"permit"`
	HostEpoch string         `json:"hostEpoch,omitempty"`
	Timing    upgrade.Timing `json:"timing"`
}

// Powered says which machine was switched, and when it was seen so.
type Powered struct {
	Domain string    `json:"domain"`
	At     time.Time `json:"at"`
}

// PowerOff keeps the machine of a step from starting by itself, shuts it down and waits until it is off. It never pulls
// the plug: a machine that does not obey is a person's decision. Repeating it changes nothing more.
func (a *Activities) PowerOff(ctx context.Context, in PowerInput) (Powered, error) {
	p, err := a.powerOff(ctx, in)
	return p, classified(ctx, err)
}

func (a *Activities) powerOff(ctx context.Context, in PowerInput) (p Powered, err error) {
	if err := a.fence(ctx, in.Permit); err != nil {
		return p, err
	}
	end := a.Now().Add(in.Timing.Settle.D())
	pulse := startPulse(ctx, "logging in")
	defer pulse.stop()
	for {
		running := false
		err := a.onHost(ctx, in.Step, in.HostEpoch, func(h Host, d upgrade.Domain) error {
			p = Powered{Domain: d.Name, At: a.Now()}
			if d.Autostart {
				if err := h.SetAutostart(ctx, d.Name, false); err != nil {
					return err
				}
			}
			if running = d.Running(); running {
				return h.Shutdown(ctx, d.Name)
			}
			return nil
		})
		switch {
		case err != nil:
			return p, err
		case !running:
			return p, nil
		case !a.Now().Before(end):
			return p, upgrade.Errorf(upgrade.Overdue, "machine %s on host %s is still on %s after it was told to shut down", p.Domain, in.Step.Host, in.Timing.Settle).
				Advise("look at its console; on the host, virsh destroy %s pulls its plug: that is your decision. Then retry", p.Domain)
		}
		if err := pulse.wait(in.Timing.SettlePoll.D(), "machine "+p.Domain+" is shutting down"); err != nil {
			return p, err
		}
	}
}

// BringBackInput names the machine that stays off and the one that is restored.
type BringBackInput struct {
	Off        upgrade.Step   `json:"off"`
	On         upgrade.Step   `json:"on"`
	Permit     upgrade.Permit `json:"permit"`
	HostEpochs map[int]string `json:"hostEpochs,omitempty"`
	Timing     upgrade.Timing `json:"timing"`
}

// BringBack restores the old machine from its backup, starts it and lets it start by itself again (IBM: vSRX rollback
// page, second step). A machine that runs already was started by an earlier attempt. The other one must be off, and is
// looked at again right before the start: the copy takes minutes. Repeating it changes nothing more.
func (a *Activities) BringBack(ctx context.Context, in BringBackInput) (Powered, error) {
	p, err := a.bringBack(ctx, in)
	return p, classified(ctx, err)
}

func (a *Activities) bringBack(ctx context.Context, in BringBackInput) (p Powered, err error) {
	pulse := startPulse(ctx, "begins")
	defer pulse.stop()
	if err := a.mayStart(ctx, in); err != nil {
		return p, err
	}
	epoch := in.HostEpochs[in.On.HardwareID]
	err = a.onHost(ctx, in.On, epoch, func(h Host, d upgrade.Domain) error {
		if d.Running() {
			return nil
		}
		pulse.beat("restoring the image of " + d.Name)
		return h.RestoreImage(ctx, d.Name)
	})
	if err != nil {
		return p, err
	}
	if err := a.mayStart(ctx, in); err != nil {
		return p, err
	}
	err = a.onHost(ctx, in.On, epoch, func(h Host, d upgrade.Domain) error {
		p.Domain = d.Name
		if !d.Running() {
			pulse.beat("starting " + d.Name)
			if err := h.Start(ctx, d.Name); err != nil {
				return err
			}
		}
		return h.SetAutostart(ctx, d.Name, true)
	})
	p.At = a.Now()
	return p, err
}

// mayStart refuses to power a machine on beside one of the other version.
func (a *Activities) mayStart(ctx context.Context, in BringBackInput) error {
	if err := a.fence(ctx, in.Permit); err != nil {
		return err
	}
	return a.onHost(ctx, in.Off, in.HostEpochs[in.Off.HardwareID], func(_ Host, d upgrade.Domain) error {
		if d.Running() {
			return upgrade.Errorf(upgrade.Unhealthy, "machine %s on host %s is on: two versions must never run together", d.Name, in.Off.Host).Advise("shut it down, then retry")
		}
		return nil
	})
}
