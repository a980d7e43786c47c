package activities

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/lint"
	"vsrx-upgrade/internal/upgrade"
)

// CheckInput says which gateway to check, and for what.
type CheckInput struct {
	Look    Look                 `json:"look"`
	Request upgrade.CheckRequest `json:"request"`
	// Folder of the archive for the facts that were judged, as evidence; "" keeps none.
	Folder string `json:"folder,omitempty"`
}

// Check asks IBM's records, the hosts and the device everything that the readiness checks are judged by, side by side,
// and judges. It takes seconds and changes nothing.
func (a *Activities) Check(ctx context.Context, in CheckInput) ([]upgrade.CheckResult, error) {
	f, err := a.facts(ctx, in)
	if err != nil {
		return nil, classified(ctx, err)
	}
	in.Request.Now = a.Now()
	if in.Request.Request.TargetVersion == "" {
		in.Request.Request.TargetVersion = upgrade.Newest(f.Offers)
	}
	results := upgrade.Checks(f, in.Request)
	return results, classified(ctx, a.keepResults(ctx, in, f, results))
}

// keepResults stores what was found and how it was judged, where a folder is named.
func (a *Activities) keepResults(ctx context.Context, in CheckInput, f upgrade.Facts, results []upgrade.CheckResult) error {
	if in.Folder == "" {
		return nil
	}
	folder := fmt.Sprintf("%s/%d", in.Folder, activity.GetInfo(ctx).Attempt)
	if _, err := a.storeJSON(ctx, folder+"/facts.json", f); err != nil {
		return fmt.Errorf("storing what was found: %w", err)
	}
	if _, err := a.storeJSON(ctx, folder+"/results.json", results); err != nil {
		return fmt.Errorf("storing the results: %w", err)
	}
	return nil
}

// facts asks everything at once: the slowest answer is the time it takes. What cannot be asked is named in its place;
// without the gateway's own record there is nothing to ask for.
func (a *Activities) facts(ctx context.Context, in CheckInput) (f upgrade.Facts, err error) {
	p := &f.Picture
	if p.Gateway, err = a.Cloud.Gateway(ctx, in.Look.GatewayID); err != nil {
		return f, err
	}
	members := p.Gateway.Members
	servers, offers := make([]*upgrade.Server, len(members)), make([]upgrade.Offer, len(members))
	p.Hosts, f.Hosts = make([]upgrade.Host, len(members)), make([]upgrade.HostFacts, len(members))
	var config bytes.Buffer
	var asking sync.WaitGroup
	for i, m := range members {
		asking.Go(func() {
			if s, err := a.Cloud.Server(ctx, m.HardwareID); err == nil {
				servers[i] = &s // one that is missing from the picture is unknown
			}
		})
		asking.Go(func() {
			if prices, err := a.Cloud.Prices(ctx, p.Gateway.ID, m.ID); err == nil {
				offers[i] = upgrade.Offer{MemberID: m.ID, Prices: prices}
			}
		})
		asking.Go(func() { p.Hosts[i], f.Hosts[i] = a.surveyHost(ctx, p.Gateway, m, in.Look) })
	}
	asking.Go(func() { p.Readiness, _ = a.Cloud.Readiness(ctx, p.Gateway.ID) }) // no rows are unknown too
	asking.Go(func() {
		neighbours, err := a.Cloud.Neighbours(ctx, p.Gateway)
		if p.Neighbours = neighbours; err != nil {
			p.NeighboursError = err.Error()
		}
	})
	asking.Go(func() { f.Records = a.records(ctx, p.Gateway) })
	asking.Go(func() { p.Device, f.Device = a.surveyDevice(ctx, p.Gateway, in.Look.DeviceEpoch, &config) })
	asking.Wait()
	for _, s := range servers {
		if s != nil {
			p.Servers = append(p.Servers, *s)
		}
	}
	f.Offers = slices.DeleteFunc(offers, func(o upgrade.Offer) bool { return o.MemberID == 0 })
	p.At = a.Now()
	f.Lint, f.LintErr = linted(p.Device, config.Bytes(), in.Request.Request.TargetVersion, f.Device.Licences)
	return f, ctx.Err()
}

// records asks for all members at once; where that fails each member's record says why.
func (a *Activities) records(ctx context.Context, g upgrade.Gateway) []upgrade.Record {
	records, err := a.Cloud.Records(ctx, g)
	if err == nil {
		return records
	}
	records = make([]upgrade.Record, len(g.Members))
	for i, m := range g.Members {
		records[i] = upgrade.Record{MemberID: m.ID, HardwareID: m.HardwareID, HostRoot: upgrade.RecordUnread, DeviceRoot: upgrade.RecordUnread, Error: err.Error()}
	}
	return records
}

// surveyHost asks a host for its machines and for what IBM's checks look at, over one login.
func (a *Activities) surveyHost(ctx context.Context, g upgrade.Gateway, m upgrade.Member, look Look) (upgrade.Host, upgrade.HostFacts) {
	seen, facts := upgrade.Host{HardwareID: m.HardwareID}, upgrade.HostFacts{}
	password, err := a.Cloud.HostPassword(ctx, m.HardwareID)
	var host Host
	if err == nil {
		host, err = a.Hosts.Dial(ctx, upgrade.Endpoint{Address: m.Address, User: "root", Password: password, PasswordOnly: true,
			Trust: upgrade.Trust{Epoch: look.HostEpochs[m.HardwareID]}})
	}
	if err == nil {
		defer host.Close()
		seen.Domains, err = host.Domains(ctx)
	}
	if host != nil {
		domain, peer := "", ""
		if len(seen.Domains) == 1 {
			domain = seen.Domains[0].Name
		}
		for _, other := range g.Members {
			if other.ID != m.ID {
				peer = other.Address
			}
		}
		facts = host.Facts(ctx, peer, g.Address, domain)
	} else if err != nil {
		facts.Error = err.Error()
	}
	if err != nil {
		seen.Error, seen.Denied = err.Error(), upgrade.KindOf(err) == upgrade.Denied
		facts.Denied = seen.Denied
	}
	facts.HardwareID = m.HardwareID
	return seen, facts
}

// surveyDevice asks the vSRX everything at once, over one connection, and takes its configuration along.
func (a *Activities) surveyDevice(ctx context.Context, g upgrade.Gateway, epoch string, config *bytes.Buffer) (upgrade.Device, upgrade.DeviceFacts) {
	endpoint, err := a.deviceEndpoint(ctx, g, epoch)
	endpoint.PasswordOnly = true // IBM's automation logs in with it
	var device Device
	if err == nil {
		device, err = a.Devices.Dial(ctx, endpoint)
	}
	if err != nil {
		denied := upgrade.KindOf(err) == upgrade.Denied
		return upgrade.Device{Error: err.Error(), Denied: denied}, upgrade.DeviceFacts{Error: err.Error(), Denied: denied}
	}
	defer device.Close()
	seen, facts, err := device.Survey(ctx, config)
	if err != nil {
		return upgrade.Device{Error: err.Error()}, facts
	}
	return seen, facts
}

// linted judges the configuration, or says why it cannot.
func linted(d upgrade.Device, config []byte, target string, licences []upgrade.Licence) ([]upgrade.Statement, string) {
	if d.Error != "" {
		return nil, "the configuration was not read: " + d.Error
	}
	tree, err := configuration.Parse(bytes.NewReader(config), "running configuration")
	if err != nil {
		return nil, err.Error()
	}
	return lint.Run(tree, lint.Options{Target: target, Licences: licences}), ""
}
