package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// fleetMessage is one thing that people may say to a fleet.
type fleetMessage struct {
	name, description string
	may               func(upgrade.FleetInstruction) error // why it makes no sense now
	act               func(upgrade.FleetInstruction, upgrade.Decision) string
}

func (f *fleet) messages() []fleetMessage {
	return []fleetMessage{
		{UpdatePause, "Start nothing new; what runs goes on. Needs by and reason.", f.mayPause, f.pause},
		{UpdateResume, "Go on after a pause or a halt: what is in trouble now does not count against the budget any more. Needs by and reason.", f.mayResume, f.resume},
		{UpdateSkip, "Go on without gateways: those that wait are not started, those in trouble are not waited for, an upgraded one is not looked at. Needs gateways, by and reason.", f.maySkip, f.skip},
		{UpdateRetry, "Start the upgrades of gateways again that failed or were left, all of them where none is named. Needs by and reason.", f.mayRetry, f.retry},
	}
}

// listen registers what people may ask and say. A refused update leaves no trace in the history.
func (f *fleet) listen() error {
	if err := workflow.SetQueryHandlerWithOptions(f.ctx, QueryStatus, func() (upgrade.FleetReport, error) { return f.report, nil },
		workflow.QueryHandlerOptions{Description: "Where the fleet stands: waves, gateways, what it waits for."}); err != nil {
		return err
	}
	for _, m := range f.messages() {
		validate := func(in upgrade.FleetInstruction) error {
			if err := in.Validate(); err != nil {
				return refusal(err)
			}
			if f.report.State == upgrade.FleetEnded || f.order.DryRun {
				return refusal(no("the fleet has ended, or is a dry run", "see: starter fleet status %s", f.order.Name))
			}
			return refused(m.may(in))
		}
		handle := func(ctx workflow.Context, in upgrade.FleetInstruction) (upgrade.Receipt, error) {
			if err := validate(in); err != nil { // what the validator saw may have changed since
				return upgrade.Receipt{}, err
			}
			d := upgrade.Decision{Name: m.name, By: in.By, Reason: in.Reason, At: workflow.Now(ctx)}
			f.report.Decisions = append(f.report.Decisions, d)
			f.note("%s by %s: %s", d.Name, d.By, d.Reason)
			text := m.act(in, d)
			f.woken = true
			return upgrade.Receipt{Text: text}, nil
		}
		if err := workflow.SetUpdateHandlerWithOptions(f.ctx, m.name, handle, workflow.UpdateHandlerOptions{Validator: validate, Description: m.description}); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) mayPause(upgrade.FleetInstruction) error {
	if f.report.Paused != nil {
		return no("the fleet is paused already", "resume goes on")
	}
	return nil
}

func (f *fleet) pause(_ upgrade.FleetInstruction, d upgrade.Decision) string {
	f.report.Paused = &d
	return fmt.Sprintf("nothing new starts; %d upgrades run and go on", len(f.report.Open()))
}

func (f *fleet) mayResume(upgrade.FleetInstruction) error {
	if f.report.Paused == nil && f.report.Halt == "" {
		return no("the fleet is neither paused nor halted", "see its status")
	}
	return nil
}

// resume goes on. What is in trouble now is pardoned; a new trouble counts again, also of the same gateway.
func (f *fleet) resume(upgrade.FleetInstruction, upgrade.Decision) string {
	f.report.Paused, f.report.Halt = nil, ""
	pardoned := 0
	for _, g := range f.report.All() {
		if (g.State.Trouble() || g.State == upgrade.GatewayDeferred) && !g.Pardoned {
			g.Pardoned = true
			pardoned++
		}
	}
	return fmt.Sprintf("the fleet goes on; %d gateways in trouble do not count any more", pardoned)
}

// named finds the gateways of an instruction and refuses those that are not of this fleet.
func (f *fleet) named(in upgrade.FleetInstruction) (list []*upgrade.FleetGateway, err error) {
	for _, g := range f.report.All() {
		if slices.Contains(in.Gateways, g.ID) {
			list = append(list, g)
		}
	}
	if len(list) != len(in.Gateways) {
		return nil, no("%d of the %d named gateways are not of this fleet, or named twice", "see: starter fleet status", len(in.Gateways)-len(list), len(in.Gateways))
	}
	return list, nil
}

func (f *fleet) maySkip(in upgrade.FleetInstruction) error {
	list, err := f.named(in)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return no("no gateway is named", "name those to skip")
	}
	for _, g := range list {
		switch {
		case g.State == upgrade.GatewayRunning || g.State == upgrade.GatewayAsking || g.State == upgrade.GatewayPaused:
			return no("the upgrade of gateway %d is %s", "a fleet ends no upgrade; see: starter status", g.ID, g.State)
		case g.State == upgrade.GatewaySkipped || g.State == upgrade.GatewayDone || g.State == upgrade.GatewayCompleted && g.Pardoned:
			return no("gateway %d needs nothing more: it is %s", "see: starter fleet status", g.ID, g.State)
		}
	}
	return nil
}

// skip goes on without gateways. The pod of a held one stays taken until its upgrade has ended.
func (f *fleet) skip(in upgrade.FleetInstruction, d upgrade.Decision) string {
	list, _ := f.named(in) // maySkip has accepted them
	for _, g := range list {
		if g.State == upgrade.GatewayCompleted {
			g.Pardoned, g.Reason = true, upgrade.Brief("not looked at: "+d.Reason)
			continue
		}
		g.State, g.Reason = upgrade.GatewaySkipped, upgrade.Brief("by "+d.By+": "+d.Reason)
	}
	return fmt.Sprintf("the fleet goes on without %d gateways", len(list))
}

// again lists the gateways of an instruction whose upgrades may be started again; all there are where none is named.
func (f *fleet) again(in upgrade.FleetInstruction) (list []*upgrade.FleetGateway, err error) {
	candidates := f.report.All()
	if len(in.Gateways) > 0 {
		if candidates, err = f.named(in); err != nil {
			return nil, err
		}
	}
	now := workflow.Now(f.ctx)
	for _, g := range candidates {
		w := f.waveOf(g.ID)
		ended := !g.Open && (g.State.Trouble() || g.State == upgrade.GatewayDeferred || g.State == upgrade.GatewaySkipped)
		late := w.Window != nil && !now.Before(w.Window.Start) && w.Window.Fits(now, g.Needed) != nil
		switch {
		case ended && !late:
			list = append(list, g)
		case len(in.Gateways) == 0:
		case late:
			return nil, no("the window of %s is too short for gateway %d now", "start another fleet with it", w.Name, g.ID)
		case g.Open:
			return nil, no("the upgrade of gateway %d is open: it is %s", "tell the upgrade itself: starter retry, starter abort", g.ID, g.State)
		default:
			return nil, no("gateway %d is %s: there is nothing to start again", "see: starter fleet status", g.ID, g.State)
		}
	}
	if len(list) == 0 {
		return nil, no("no gateway has failed or was left", "see: starter fleet status")
	}
	return list, nil
}

func (f *fleet) waveOf(gateway int) *upgrade.WaveReport {
	for i := range f.report.Waves {
		w := &f.report.Waves[i]
		if slices.ContainsFunc(w.Gateways, func(g upgrade.FleetGateway) bool { return g.ID == gateway }) {
			return w
		}
	}
	return nil
}

func (f *fleet) mayRetry(in upgrade.FleetInstruction) error {
	_, err := f.again(in)
	return err
}

// retry puts gateways back to those that wait. Their waves are to pass anew, before any later one goes on.
func (f *fleet) retry(in upgrade.FleetInstruction, _ upgrade.Decision) string {
	list, _ := f.again(in) // mayRetry has accepted them
	for _, g := range list {
		f.waveOf(g.ID).Passed = false
		g.State, g.Reason, g.Run, g.Pardoned = upgrade.GatewayWaiting, "", "", false
	}
	if f.report.Halt != "" {
		return fmt.Sprintf("%d gateways wait for their upgrade again; resume lets the fleet go on", len(list))
	}
	return fmt.Sprintf("%d gateways wait for their upgrade again", len(list))
}

func (f *fleet) followInput(known []upgrade.Sighting) activities.FollowInput {
	return activities.FollowInput{Known: known, Look: f.order.Look}
}
