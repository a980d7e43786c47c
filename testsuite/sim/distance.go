package sim

import (
	"bytes"
	"net"
	"sync"
	"time"
)

// distant is a connection over a long way: its client hears everything later by the way there and back. What is on the
// way does not wait for each other.
type distant struct {
	net.Conn
	cloud *Cloud
	delay time.Duration // virtual

	mu      sync.Mutex // of parcels' end
	closed  bool
	parcels chan parcel
	arrived chan struct{} // closed when nothing is on the way any more
}

// parcel is what was written at once.
type parcel struct {
	text []byte
	due  <-chan struct{}
}

// onTheWay is how many parcels a connection holds; SSH's own windows are smaller.
const onTheWay = 4096

// distance lets a new connection to a member's host or vSRX cross the way that a fault has put between.
func (c *Cloud) distance(conn net.Conn, m *member) net.Conn {
	defer c.enter()()
	f, far := c.armed("ssh-latency", m)
	if !far {
		return conn
	}
	d := &distant{Conn: conn, cloud: c, delay: c.duration(f.Arg), parcels: make(chan parcel, onTheWay), arrived: make(chan struct{})}
	c.sessions.Go(d.carry)
	return d
}

// Write sends without waiting for the arrival.
func (d *distant) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return 0, net.ErrClosed
	}
	d.parcels <- parcel{bytes.Clone(p), d.cloud.later(d.delay)}
	return len(p), nil
}

// Close lets arrive what is on the way, as TCP does.
func (d *distant) Close() error {
	d.mu.Lock()
	if !d.closed {
		d.closed = true
		close(d.parcels)
	}
	d.mu.Unlock()
	<-d.arrived
	return d.Conn.Close()
}

// carry hands the parcels over, each in its time. A client that is gone gets none of the rest.
func (d *distant) carry() {
	defer close(d.arrived)
	gone := false
	for p := range d.parcels {
		select {
		case <-p.due:
		case <-d.cloud.done:
			gone = true
		}
		if !gone {
			_, err := d.Conn.Write(p.text)
			gone = err != nil
		}
	}
}

// later is closed after a virtual time.
func (c *Cloud) later(d time.Duration) <-chan struct{} {
	defer c.enter()()
	over := make(chan struct{})
	c.clock.after(d, func() { close(over) })
	return over
}
