package sim

import "time"

// Options describe a simulated cloud; the zero value is one healthy HA pair at real-time speed.
type Options struct {
	Speed    float64   // virtual seconds per real second; 0 means 1
	Seed     uint64    // seeds durations, ids, MACs and passwords; SSH host keys are always random
	Start    time.Time // virtual time at start; zero means a fixed date
	Gateways []Gateway // empty means DefaultGateways()
	Physics  Physics   // zero fields mean the documented defaults
	Faults   []Strike  // what will go wrong, and when
	Settings Settings  // how the world behaves where nothing is documented
}

// Gateway describes one gateway appliance as it stands when the world starts.
type Gateway struct {
	ID           int      `yaml:"id"`
	Name         string   `yaml:"name"`
	Pod          string   `yaml:"pod"`
	Standalone   bool     `yaml:"standalone"`
	Version      string   `yaml:"version"`      // running version with spin, e.g. "22.2R2-S2.3"
	Offered      []string `yaml:"offered"`      // versions with spin whose OS prices are allowed
	Primary      int      `yaml:"primary"`      // node that is primary of all redundancy groups
	Preempt      bool     `yaml:"preempt"`      // RG1 preempt active; otherwise the statement is present but inactive
	Manufacturer string   `yaml:"manufacturer"` // "" means "Juniper"
	Processor    string   `yaml:"processor"`    // "" means "Intel Xeon Gold 6250"
	Members      []Member `yaml:"members"`      // by node; missing ones are chosen by the seed
	Config       string   `yaml:"-"`            // set-form configuration; "" means a realistic one
}

// Member describes one member of a gateway; zero fields are chosen by the seed.
type Member struct {
	ID         int    `yaml:"id"`
	HardwareID int    `yaml:"hardwareId"`
	Host       string `yaml:"host"`   // name of the server
	Domain     string `yaml:"domain"` // libvirt's name of the VM, e.g. "vSRXvM3"
}

// Physics holds the virtual durations of the world.
type Physics struct {
	Precheck       time.Duration `yaml:"precheck"`       // one readiness check; default 30 min
	PrecheckValid  time.Duration `yaml:"precheckValid"`  // validity after its completion; default 5 h
	ReloadMin      time.Duration `yaml:"reloadMin"`      // shortest OS reload; default 3 h 12 min
	ReloadMax      time.Duration `yaml:"reloadMax"`      // longest OS reload; default 3 h 36 min
	TransactionLag time.Duration `yaml:"transactionLag"` // reload accepted until its transaction is visible; default 75 s
	ChainGap       time.Duration `yaml:"chainGap"`       // idle time before the follow-up transaction; default 3 min
	SwitchOver     time.Duration `yaml:"switchOver"`     // traffic gap when IBM powers the peer off; default 48 s
	Failover       time.Duration `yaml:"failover"`       // traffic gap of a cluster failover; default 4 s
	Hold           time.Duration `yaml:"hold"`           // joining node in state hold; default 2 min
	Rejoin         time.Duration `yaml:"rejoin"`         // joined node secondary with CS until cold sync ends; default 9 min
	Boot           time.Duration `yaml:"boot"`           // power-on of a VM until Junos answers; default 6 min
	Shutdown       time.Duration `yaml:"shutdown"`       // virsh shutdown until the VM is off; default 40 s
}

func (p Physics) withDefaults() Physics {
	for _, f := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&p.Precheck, 30 * time.Minute}, {&p.PrecheckValid, 5 * time.Hour},
		{&p.ReloadMin, 192 * time.Minute}, {&p.ReloadMax, 216 * time.Minute},
		{&p.TransactionLag, 75 * time.Second}, {&p.ChainGap, 3 * time.Minute},
		{&p.SwitchOver, 48 * time.Second}, {&p.Failover, 4 * time.Second},
		{&p.Hold, 2 * time.Minute}, {&p.Rejoin, 9 * time.Minute},
		{&p.Boot, 6 * time.Minute}, {&p.Shutdown, 40 * time.Second},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	p.ReloadMax = max(p.ReloadMax, p.ReloadMin)
	return p
}

// DefaultGateways is one HA pair with an upgrade on offer.
func DefaultGateways() []Gateway {
	return []Gateway{{
		ID: 4711, Name: "gw-a", Pod: "dal09.pod01", Version: "22.2R2-S2.3",
		Offered: []string{"23.4R2-S5.5", "22.2R2-S2.3"}, Preempt: true,
	}}
}

func (o Options) withDefaults() Options {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 4, 11, 2, 0, 0, 0, time.UTC)
	}
	if len(o.Gateways) == 0 {
		o.Gateways = DefaultGateways()
	}
	o.Physics = o.Physics.withDefaults()
	return o
}
