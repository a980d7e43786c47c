package activities

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"vsrx-upgrade/internal/upgrade"
)

// Look says which gateway to look at, and after which of our reloads new SSH host keys are due.
type Look struct {
	GatewayID int `json:"gatewayId"`
	// HostEpochs names, by server id, the reload after which the host may show one new key.
	HostEpochs map[int]string `json:"hostEpochs,omitempty"`
	// DeviceEpoch names the reload after which the floating address may show one new key.
	DeviceEpoch string `json:"deviceEpoch,omitempty"`
	// ByRecord takes IBM's record of a server's last reload for such an event where none is named: for a gateway that was
	// reloaded by hand, or by an upgrade that nobody follows any more.
	ByRecord bool `json:"byRecord,omitempty"`
}

// epochs completes the look by what the records of the servers say.
func (l Look) epochs(servers []upgrade.Server) Look {
	if !l.ByRecord {
		return l
	}
	hosts, last := map[int]string{}, ""
	for _, s := range servers {
		if s.LastReload != 0 && !s.Reloading() { // while one is on the host may still show its old key
			hosts[s.ID] = upgrade.KeyEpoch(s.LastReload, s.ID)
			last += hosts[s.ID] + " "
		}
	}
	maps.Copy(hosts, l.HostEpochs)
	l.HostEpochs = hosts
	if l.DeviceEpoch == "" {
		l.DeviceEpoch = strings.TrimSpace(last)
	}
	return l
}

// Discover looks at everything a plan is made from. It changes nothing.
func (a *Activities) Discover(ctx context.Context, in Look) (upgrade.Discovery, error) {
	d, err := a.discover(ctx, in)
	return d, classified(ctx, err)
}

func (a *Activities) discover(ctx context.Context, in Look) (d upgrade.Discovery, err error) {
	if d.Picture, err = a.look(ctx, in); err != nil {
		return upgrade.Discovery{}, err
	}
	for _, m := range d.Picture.Gateway.Members {
		prices, err := a.Cloud.Prices(ctx, in.GatewayID, m.ID)
		if err != nil {
			return upgrade.Discovery{}, err
		}
		d.Offers = append(d.Offers, upgrade.Offer{MemberID: m.ID, Prices: prices})
	}
	return d, nil
}

// Observe takes one picture of a gateway. It changes nothing. Hosts and device that do not answer are part of the
// picture; records of IBM that cannot be read are an error, since nothing can be concluded without them.
func (a *Activities) Observe(ctx context.Context, in Look) (upgrade.Picture, error) {
	p, err := a.look(ctx, in)
	return p, classified(ctx, err)
}

func (a *Activities) look(ctx context.Context, in Look) (p upgrade.Picture, err error) {
	if p.Gateway, err = a.Cloud.Gateway(ctx, in.GatewayID); err != nil {
		return upgrade.Picture{}, err
	}
	for _, m := range p.Gateway.Members {
		s, err := a.Cloud.Server(ctx, m.HardwareID)
		if err != nil {
			return upgrade.Picture{}, err
		}
		p.Servers = append(p.Servers, s)
	}
	if p.Readiness, err = a.Cloud.Readiness(ctx, in.GatewayID); err != nil {
		return upgrade.Picture{}, err
	}
	if p.Neighbours, err = a.Cloud.Neighbours(ctx, p.Gateway); err != nil {
		p.NeighboursError = err.Error()
	}
	in = in.epochs(p.Servers)
	p.Hosts = make([]upgrade.Host, len(p.Gateway.Members))
	var wg sync.WaitGroup
	for i, m := range p.Gateway.Members {
		wg.Go(func() { p.Hosts[i] = a.askHost(ctx, m, upgrade.Trust{Epoch: in.HostEpochs[m.HardwareID]}) })
	}
	p.Device = a.askDevice(ctx, p.Gateway, in.DeviceEpoch)
	wg.Wait()
	p.At = a.Now()
	return p, ctx.Err()
}

// dialHost logs in to a host with the password on record at this moment.
func (a *Activities) dialHost(ctx context.Context, hardwareID int, address string, trust upgrade.Trust) (Host, error) {
	password, err := a.Cloud.HostPassword(ctx, hardwareID)
	if err != nil {
		return nil, err
	}
	return a.Hosts.Dial(ctx, upgrade.Endpoint{Address: address, User: "root", Password: password, Trust: trust})
}

// askHost asks a host for its machines.
func (a *Activities) askHost(ctx context.Context, m upgrade.Member, trust upgrade.Trust) upgrade.Host {
	seen := upgrade.Host{HardwareID: m.HardwareID}
	fail := func(err error) upgrade.Host {
		seen.Error, seen.Denied = err.Error(), upgrade.KindOf(err) == upgrade.Denied
		return seen
	}
	host, err := a.dialHost(ctx, m.HardwareID, m.Address, trust)
	if err != nil {
		return fail(err)
	}
	defer host.Close()
	if seen.Domains, err = host.Domains(ctx); err != nil {
		return fail(err)
	}
	return seen
}

// askDevice logs in to the vSRX that answers on the private address.
func (a *Activities) askDevice(ctx context.Context, g upgrade.Gateway, epoch string) upgrade.Device {
	fail := func(err error) upgrade.Device {
		return upgrade.Device{Error: err.Error(), Denied: upgrade.KindOf(err) == upgrade.Denied}
	}
	device, err := a.dialDevice(ctx, g, epoch)
	if err != nil {
		return fail(err)
	}
	defer device.Close()
	seen, err := device.View(ctx)
	if err != nil {
		return fail(err)
	}
	return seen
}

func (a *Activities) dialDevice(ctx context.Context, g upgrade.Gateway, epoch string) (Device, error) {
	endpoint, err := a.deviceEndpoint(ctx, g, epoch)
	if err != nil {
		return nil, err
	}
	return a.Devices.Dial(ctx, endpoint)
}

// deviceEndpoint finds the root password on record. IBM's automation logs in to each node with the record of that
// node's member, so records that differ cannot both be right.
func (a *Activities) deviceEndpoint(ctx context.Context, g upgrade.Gateway, epoch string) (upgrade.Endpoint, error) {
	passwords, errs := make([]upgrade.Secret, len(g.Members)), make([]error, len(g.Members))
	var asking sync.WaitGroup
	for i, m := range g.Members {
		asking.Go(func() { passwords[i], errs[i] = a.Cloud.DevicePassword(ctx, m.ID) })
	}
	asking.Wait()
	for _, err := range errs {
		if err != nil {
			return upgrade.Endpoint{}, err
		}
	}
	if len(slices.Compact(passwords)) != 1 {
		return upgrade.Endpoint{}, upgrade.Errorf(upgrade.Denied, "the members of gateway %s have different root passwords on record", g.Name).
			Advise("correct the record in the portal: both nodes share one root password")
	}
	return upgrade.Endpoint{Address: g.Address, User: "root", Password: passwords[0],
		Trust: upgrade.Trust{Epoch: epoch, Floating: true}}, nil
}

// Verification is what a gateway looked like when it was right, or when the time for it was up.
type Verification struct {
	Picture  upgrade.Picture   `json:"picture"`
	Findings []upgrade.Finding `json:"findings,omitempty"`
	Looks    int               `json:"looks"`
}

// VerifyInput says what a gateway must look like.
type VerifyInput struct {
	Look   Look           `json:"look"`
	Plan   upgrade.Plan   `json:"plan"`
	Moment upgrade.Moment `json:"moment"`
	Timing upgrade.Timing `json:"timing"`
}

// Verify looks at a gateway until it is as it must be at the moment, or the time to settle is up; a node that joins
// shows failures until its cold sync is done. What is still wrong then is in the findings. It changes nothing.
func (a *Activities) Verify(ctx context.Context, in VerifyInput) (Verification, error) {
	v, err := a.verify(ctx, in)
	return v, classified(ctx, err)
}

func (a *Activities) verify(ctx context.Context, in VerifyInput) (v Verification, err error) {
	end := a.Now().Add(in.Timing.Settle.D())
	refused := 0
	pulse := startPulse(ctx, "first look")
	defer pulse.stop()
	for {
		v.Looks++
		wait := in.Timing.SettlePoll.D()
		p, err := a.look(ctx, in.Look)
		if err != nil {
			if ctx.Err() != nil || !upgrade.KindOf(err).Passing() {
				return v, err
			}
			v.Findings = []upgrade.Finding{{Check: "api", Text: err.Error(), Unknown: true, Advice: upgrade.AdviceOf(err)}}
		} else {
			v.Picture, v.Findings = p, upgrade.Judge(p, in.Plan, in.Moment)
			if loginRefused(p) { // the record may lag behind the new password
				wait *= 4
				refused++
			}
		}
		if len(upgrade.Forbidding(v.Findings)) == 0 || !a.Now().Before(end) || refused == refusals {
			return v, nil
		}
		if err := pulse.wait(wait, fmt.Sprintf("look %d: %s", v.Looks, v.Findings[0].Text)); err != nil {
			return v, err
		}
	}
}

// refusals is how many refused logins a verification takes: few, so that no account is locked.
const refusals = 5

func loginRefused(p upgrade.Picture) bool {
	return p.Device.Denied || slices.ContainsFunc(p.Hosts, func(h upgrade.Host) bool { return h.Denied })
}
