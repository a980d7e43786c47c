package stage

import (
	"path/filepath"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// API is the real client of IBM's API at the simulated cloud, without a limit of calls that counts. One call may take
// as long as the product allows it.
func API(a sim.Access) (*softlayer.Client, error) {
	return softlayer.New(softlayer.Config{Endpoint: a.API, User: a.Username, APIKey: upgrade.Secret(a.APIKey), Timeout: 2 * time.Minute, PerSecond: 10000})
}

// Reach is how the simulated hosts and gateways are logged in to. Known host keys are kept in dir; patience is for one
// login and for one answer of a host or device.
func Reach(a sim.Access, dir string, patience time.Duration) (host kvmhost.Config, gateway junos.Config, err error) {
	known, err := sshdial.OpenKnownHosts(filepath.Join(dir, "known_hosts"), true)
	if err != nil {
		return host, gateway, err
	}
	dialer := sshdial.Dialer{KnownHosts: known, Timeout: patience, KeepAlive: 15 * time.Second}
	return kvmhost.Config{Dialer: dialer, Port: a.HostSSHPort, Timeout: patience},
		junos.Config{Dialer: dialer, NETCONFPort: a.NetconfPort, SSHPort: a.SSHPort, Timeout: patience, Ways: &junos.Ways{}}, nil
}

// Activities are those of a worker in a test's own process, over the real adapters at the simulated cloud, see Reach.
// Archive and Pods are left to the caller.
func Activities(a sim.Access, dir string, patience time.Duration) (*activities.Activities, error) {
	api, err := API(a)
	if err != nil {
		return nil, err
	}
	host, gateway, err := Reach(a, dir, patience)
	if err != nil {
		return nil, err
	}
	const logins = 1000 // at a time: more than any test has
	hosts, devices := app.Ports(host, gateway, logins)
	return &activities.Activities{Cloud: api.Reader(), Writer: api.Writer(), Hosts: hosts, Devices: devices, Now: time.Now}, nil
}
