package sim

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// Cloud is a running simulated world. Its methods may be called from any goroutine.
type Cloud struct {
	mu       sync.Mutex
	clock    clock
	start    time.Time // virtual
	random   *mathrand.Rand
	physics  Physics
	grammar  *rule
	schema   schema
	gateways []*appliance
	prices   []price
	account  account
	faults   []Fault
	planned  []Planned // in the order of Options
	settings Settings  // every setting's value
	api      disturbances
	monitor  monitor
	calls    []Call
	nextID   int
	logins   int   // NETCONF sessions so far
	failure  error // the first thing the simulator itself could not do

	block      *block
	ports      ports
	servers    []*http.Server // API and control face
	webAddress string
	wake       chan struct{}
	done       chan struct{}
	closing    sync.Once
	background sync.WaitGroup
	sessions   sync.WaitGroup

	controlAddress string
}

// account is the customer and the API user.
type account struct {
	id, userID       int
	username, apiKey string
}

// ports are common to the whole world.
type ports struct{ hostSSH, ssh, netconf int }

// price is an OS price of the catalogue and the version it stands for.
type price struct {
	id, item, software int
	version            string // with spin
}

// Start builds the world and opens its faces; it fails if the options are contradictory or no address is free.
func Start(opts Options) (*Cloud, error) {
	opts = opts.withDefaults()
	if err := checkSpeed(opts.Speed); err != nil {
		return nil, err
	}
	reserved, err := reserveBlock()
	if err != nil {
		return nil, err
	}
	c := &Cloud{
		clock:   newClock(opts.Start, opts.Speed, time.Now()),
		start:   opts.Start,
		random:  mathrand.New(mathrand.NewPCG(opts.Seed, 0x76737278)),
		physics: opts.Physics, grammar: newGrammar(), schema: newSchema(),
		block: reserved, nextID: 6_000_000,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		api: disturbances{seen: map[Fault]int{}, past: map[string]*pastAnswer{}},
	}
	if err := c.build(opts); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := errors.Join(c.choose(opts.Settings), c.plan(opts.Faults)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.open(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.clock.rebase(opts.Start, time.Now())
	c.background.Add(1)
	go c.live()
	return c, nil
}

// open chooses the ports, common to the whole world, and makes every face answer.
func (c *Cloud) open() (err error) {
	var hosts, devices []string
	for _, g := range c.gateways {
		devices = append(devices, g.address)
		for _, m := range g.members {
			hosts = append(hosts, m.host.address)
		}
	}
	var onHosts, onSSH, onNetconf map[string]net.Listener
	if c.ports.hostSSH, onHosts, err = c.block.listen(hosts); err != nil {
		return err
	}
	if c.ports.ssh, onSSH, err = c.block.listen(devices, c.ports.hostSSH); err != nil {
		return err
	}
	if c.ports.netconf, onNetconf, err = c.block.listen(devices, c.ports.hostSSH, c.ports.ssh); err != nil {
		return err
	}
	for _, g := range c.gateways {
		g.ssh = newEndpoint(&c.sessions, onSSH[g.address], c.serveDevice(g, deviceSSH))
		g.netconf = newEndpoint(&c.sessions, onNetconf[g.address], c.serveDevice(g, deviceNetconf))
		list := []*endpoint{g.ssh, g.netconf}
		for _, m := range g.members {
			m.host.endpoint = newEndpoint(&c.sessions, onHosts[m.host.address], c.serveHost(m))
			list = append(list, m.host.endpoint)
		}
		for _, e := range list {
			if err := e.open(); err != nil {
				return err
			}
		}
	}
	if c.webAddress, err = c.serveHTTP(c.apiHandler()); err != nil {
		return fmt.Errorf("listening for the API: %w", err)
	}
	if c.controlAddress, err = c.serveHTTP(c.controlHandler()); err != nil {
		return fmt.Errorf("listening for the control face: %w", err)
	}
	return nil
}

// serveHTTP answers on a free port of 127.0.0.1 until the world closes.
func (c *Cloud) serveHTTP(handler http.Handler) (address string, err error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler}
	c.servers = append(c.servers, server)
	c.sessions.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			c.mu.Lock()
			c.trouble(err)
			c.mu.Unlock()
		}
	})
	return l.Addr().String(), nil
}

// trouble remembers that the simulator itself failed; Close reports it.
func (c *Cloud) trouble(err error) {
	if err != nil && c.failure == nil {
		c.failure = err
	}
}

// Close frees every listener and goroutine and returns what went wrong inside the simulator, if anything did.
func (c *Cloud) Close() error {
	c.closing.Do(func() {
		close(c.done)
		c.background.Wait()
		c.mu.Lock()
		c.clock.queue = nil
		c.clock.paused, c.clock.base = true, c.clock.now
		c.mu.Unlock()
		for _, server := range c.servers {
			c.trouble(server.Close())
		}
		for _, g := range c.gateways {
			for _, e := range []*endpoint{g.ssh, g.netconf} {
				if e != nil {
					e.close()
				}
			}
			for _, m := range g.members {
				if m.host.endpoint != nil {
					m.host.endpoint.close()
				}
			}
		}
		c.sessions.Wait()
		c.trouble(c.block.reservation.Close())
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// id hands out the next SoftLayer id; gaps are seeded, as real ids do not run 1, 2, 3.
func (c *Cloud) id() int {
	c.nextID += 1 + c.random.IntN(90)
	return c.nextID
}

// password makes a random password that is marked as a fake.
func (c *Cloud) password(kind string) string { return fakePassword(c.random, kind) }

func fakePassword(random *mathrand.Rand, kind string) string {
	return fmt.Sprintf("fake-%s-%08x", kind, random.Uint32())
}

func (c *Cloud) hostKey() ssh.Signer {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	c.trouble(err)
	signer, err := ssh.NewSignerFromKey(private)
	c.trouble(err)
	return signer
}
