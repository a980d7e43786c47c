package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"sync"
)

// endpoint is one address and port that can answer, refuse, and cut its connections, as a machine does that goes and
// comes back.
type endpoint struct {
	address string
	serve   func(net.Conn)
	tasks   *sync.WaitGroup

	mu       sync.Mutex
	held     net.Listener // from the choice of the port until the first opening
	listener net.Listener
	conns    map[net.Conn]bool
}

func newEndpoint(tasks *sync.WaitGroup, held net.Listener, serve func(net.Conn)) *endpoint {
	return &endpoint{address: held.Addr().String(), held: held, serve: serve, tasks: tasks, conns: map[net.Conn]bool{}}
}

// open makes the endpoint answer; an open one stays as it is.
func (e *endpoint) open() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listener != nil {
		return nil
	}
	l := e.held
	if e.held = nil; l == nil {
		var err error
		if l, err = net.Listen("tcp4", e.address); err != nil {
			return fmt.Errorf("listening on %s: %w", e.address, err)
		}
	}
	e.listener = l
	e.tasks.Go(func() { e.accept(l) })
	return nil
}

func (e *endpoint) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		e.mu.Lock()
		if e.listener != l {
			e.mu.Unlock()
			conn.Close()
			return
		}
		e.conns[conn] = true
		e.tasks.Go(func() {
			defer e.forget(conn)
			e.serve(conn)
		})
		e.mu.Unlock()
	}
}

func (e *endpoint) forget(conn net.Conn) {
	conn.Close()
	e.mu.Lock()
	delete(e.conns, conn)
	e.mu.Unlock()
}

// cut drops every open connection and goes on listening.
func (e *endpoint) cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for conn := range e.conns {
		conn.Close()
	}
}

// close stops listening and drops every connection.
func (e *endpoint) close() {
	e.mu.Lock()
	held, l := e.held, e.listener
	e.held, e.listener = nil, nil
	e.mu.Unlock()
	for _, l := range []net.Listener{held, l} {
		if l != nil {
			l.Close()
		}
	}
	e.cut()
}

// block is a part of 127.0.0.0/8 that belongs to one world. The reservation socket keeps other worlds, of this
// process or another, out of it.
type block struct {
	second      int
	next        int
	reservation net.Listener
}

// blockPort is the port whose bound state on 127.x.0.1 marks 127.x.0.0/16 as taken.
const blockPort = 26999

func reserveBlock() (*block, error) {
	first := rand.IntN(220)
	for i := range 220 {
		second := 20 + (first+i)%220
		l, err := net.Listen("tcp4", fmt.Sprintf("127.%d.0.1:%d", second, blockPort))
		if err == nil {
			return &block{second: second, next: 10, reservation: l}, nil
		}
	}
	return nil, errors.New("no free part of 127.0.0.0/8: 220 simulated worlds are running")
}

// address hands out the next address of the block.
func (b *block) address() string {
	n := b.next
	b.next++
	return fmt.Sprintf("127.%d.%d.%d", b.second, n/250, 2+n%250)
}

// listen picks an unprivileged port below the ephemeral range, so that no outgoing connection of this machine can take
// it while a simulated host is away, and listens on it at every given address. The listeners are kept, not probed and
// opened again: a child that this process forks in between would hold the probe for a moment.
func (b *block) listen(addresses []string, taken ...int) (int, map[string]net.Listener, error) {
	for range 500 {
		p := 12000 + rand.IntN(14000)
		if p == blockPort || slices.Contains(taken, p) {
			continue
		}
		if listeners, err := listenAll(addresses, p); err == nil {
			return p, listeners, nil
		}
	}
	return 0, nil, fmt.Errorf("no free port on 127.%d.0.0/16", b.second)
}

func listenAll(addresses []string, port int) (map[string]net.Listener, error) {
	listeners := map[string]net.Listener{}
	for _, a := range addresses {
		l, err := net.Listen("tcp4", net.JoinHostPort(a, strconv.Itoa(port)))
		if err != nil {
			for _, l := range listeners {
				l.Close()
			}
			return nil, err
		}
		listeners[a] = l
	}
	return listeners, nil
}
