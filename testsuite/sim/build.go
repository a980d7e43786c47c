package sim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// build makes the world of the options: account, catalogue and gateways.
func (c *Cloud) build(opts Options) error {
	number := 300000 + c.random.IntN(90000)
	c.account = account{
		id: number, userID: c.id(), apiKey: c.password("apikey"),
		username: fmt.Sprintf("%d_upgrade@operator.example", number),
	}
	taken, members := map[int]bool{}, map[int]bool{}
	for _, spec := range opts.Gateways {
		if spec.ID <= 0 || taken[spec.ID] {
			return fmt.Errorf("gateway id %d is missing or used twice", spec.ID)
		}
		taken[spec.ID] = true
		g, err := c.newAppliance(spec, opts.Seed)
		if err != nil {
			return fmt.Errorf("building gateway %d: %w", spec.ID, err)
		}
		c.gateways = append(c.gateways, g)
		for _, m := range g.members {
			if m.id == m.hardwareID || members[m.id] || members[m.hardwareID] {
				return fmt.Errorf("building gateway %d: an id of node%d is used twice", spec.ID, m.node)
			}
			members[m.id], members[m.hardwareID] = true, true
		}
		for _, v := range append(slices.Clone(spec.Offered), spec.Version) {
			c.addPrice(v)
		}
	}
	return nil
}

func (c *Cloud) addPrice(version string) {
	if slices.ContainsFunc(c.prices, func(p price) bool { return p.version == version }) {
		return
	}
	c.prices = append(c.prices, price{id: c.id(), item: c.id(), software: c.id(), version: version})
}

func (c *Cloud) newAppliance(spec Gateway, seed uint64) (*appliance, error) {
	if spec.Version == "" || spec.Name == "" || spec.Pod == "" {
		return nil, fmt.Errorf("name, pod and version are needed")
	}
	if spec.Primary < 0 || spec.Primary > 1 || spec.Standalone && spec.Primary != 0 {
		return nil, fmt.Errorf("node %d cannot be primary", spec.Primary)
	}
	if spec.Manufacturer == "" {
		spec.Manufacturer = "Juniper"
	}
	if spec.Processor == "" {
		spec.Processor = "Intel Xeon Gold 6250"
	}
	g := &appliance{
		cloud: c, spec: spec, address: c.block.address(), status: statusActive, published: statusActive,
		checks: map[string]*check{}, sessions: map[int]*netconfSession{}, primary: [2]int{spec.Primary, spec.Primary}, failovers: [2]int{1, 1},
		rootPassword: c.password("vsrx-root"), adminPassword: c.password("vsrx-admin"),
		traffic: traffic{seconds: map[cause]float64{}},
	}
	text := spec.Config
	if text == "" {
		text = defaultConfiguration(spec, g.address)
	}
	nodes := 2
	if spec.Standalone {
		nodes = 1
	}
	if len(spec.Members) > nodes {
		return nil, fmt.Errorf("%d members are too many", len(spec.Members))
	}
	config, err := parseConfiguration(c.grammar, text)
	if err != nil {
		return nil, fmt.Errorf("reading its configuration: %w", err)
	}
	g.config = config
	g.commits = []commit{{user: "root", client: "cli", at: c.clock.now.AddDate(0, -2, 0), config: config.clone()}}
	for n := range nodes {
		g.members = append(g.members, c.newMember(g, n, seed))
	}
	return g, nil
}

func (c *Cloud) newMember(g *appliance, node int, seed uint64) *member {
	installed := c.clock.now.AddDate(-1, -node, 0)
	m := &member{
		gateway: g, id: c.id(), hardwareID: c.id(), node: node, priority: 100 - 99*node, version: g.spec.Version,
		passwords: []credential{
			{id: c.id(), username: "root", password: g.rootPassword, modified: installed},
			{id: c.id(), username: "admin", password: g.adminPassword, modified: installed},
		},
	}
	m.random = rand.New(rand.NewPCG(seed, uint64(m.id)))
	password := fakePassword(m.random, "host-root")
	m.host = host{
		name: fmt.Sprintf("%s-h%d", g.spec.Name, node), address: c.block.address(), up: true, password: password,
		record: credential{id: c.id(), username: "root", password: password, modified: installed},
		key:    c.hostKey(), provisioned: installed, booted: installed, backup: !g.spec.Standalone,
		machine: newMachine(), backupImage: diskImage{version: g.spec.Version, written: installed, digest: fmt.Sprint("backup of ", m.id)},
	}
	m.vm.domain = fmt.Sprintf("vSRXvM%d", 3+c.random.IntN(2))
	if node < len(g.spec.Members) {
		m.christen(g.spec.Members[node])
	}
	m.create(g.spec.Version)
	m.vm.power, m.vm.standing, m.vm.booted = running, joined, installed
	return m
}

// christen gives a member the ids and names that the options choose.
func (m *member) christen(spec Member) {
	m.id, m.hardwareID = cmp.Or(spec.ID, m.id), cmp.Or(spec.HardwareID, m.hardwareID)
	m.host.name, m.vm.domain = cmp.Or(spec.Host, m.host.name), cmp.Or(spec.Domain, m.vm.domain)
}

// gatewayByID is nil if the account has no such gateway.
func (c *Cloud) gatewayByID(id int) *appliance {
	for _, g := range c.gateways {
		if g.spec.ID == id {
			return g
		}
	}
	return nil
}

// findMember is the first member a test accepts; nil if there is none.
func (c *Cloud) findMember(accept func(*member) bool) *member {
	for _, g := range c.gateways {
		for _, m := range g.members {
			if accept(m) {
				return m
			}
		}
	}
	return nil
}
