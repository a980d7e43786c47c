package upgrade

import (
	"fmt"
	"slices"
	"time"
)

// PodLock is the queue for one pod of one account: who works, who waits and why nobody may. It orders and it shows; that
// two never work at once is proven by the permit alone, whose workflow id can be open only once.
type PodLock struct {
	Account int          `json:"account"`
	Pod     string       `json:"pod"`
	Current *PodHold     `json:"current,omitempty"`
	Queue   []PodRequest `json:"queue,omitempty"`   // first come, first served
	Taint   *Taint       `json:"taint,omitempty"`   // the pod is not known to be well
	Blocked string       `json:"blocked,omitempty"` // why nothing is granted now, for people
	By      []int        `json:"by,omitempty"`      // gateways that are in the way, where it is gateways
	Seen    string       `json:"seen,omitempty"`    // the request whose permit was the last to end, as far as the lock knows
	Last    []PodHold    `json:"last,omitempty"`    // newest first
	Acts    []Decision   `json:"acts,omitempty"`    // of operators, newest first
	Garbled int          `json:"garbled,omitempty"` // signals that could not be read
	// Over are the last requests that are over, newest first: one that arrives late or again is not queued any more.
	Over []string `json:"over,omitempty"`
}

// PodRequest asks for a pod. Its ID is made by the one who asks and makes repeating it harmless.
type PodRequest struct {
	ID        string    `json:"id"`
	Holder    string    `json:"holder"` // workflow id
	Run       string    `json:"run"`    // run id of the holder
	GatewayID int       `json:"gatewayId"`
	Gateway   string    `json:"gateway"`
	Reason    string    `json:"reason,omitempty"`
	Poll      Duration  `json:"poll"`             // between two looks where nothing tells of a change
	Lag       Duration  `json:"lag,omitempty"`    // how long a reload that was asked for may stay invisible
	Since     time.Time `json:"since,omitzero"`   // set by the lock
	Urgent    bool      `json:"urgent,omitempty"` // set by the lock: its gateway is at work already, so it goes first
}

// Validate refuses a request that nobody could serve.
func (r PodRequest) Validate() error {
	if r.ID == "" || r.Holder == "" || r.Run == "" || r.GatewayID <= 0 || r.Poll <= 0 {
		return Errorf(Invalid, "a request for a pod needs id, holder, run, gatewayId and poll").Advise("pods are asked for by upgrades; see docs/pod-lock.md")
	}
	return nil
}

// PodHold is a request that was served.
type PodHold struct {
	Request PodRequest `json:"request"`
	Granted time.Time  `json:"granted"`
	Ended   time.Time  `json:"ended,omitzero"`
	End     string     `json:"end,omitempty"` // how
}

// Taint says that a hold ended in a way that proves nothing about the pod's health. Nothing is granted until every
// gateway of the pod has been seen whole or an operator takes the blame.
type Taint struct {
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
}

// Ticket is a place in the queue.
type Ticket struct {
	Position int    `json:"position"`          // 0 means served now, 1 next; below 0 the lock does not know the request
	Waiting  int    `json:"waiting,omitempty"` // requests in the queue
	Holder   string `json:"holder,omitempty"`  // gateway and workflow that are served now
	Blocked  string `json:"blocked,omitempty"`
}

// String says for whom a request waits.
func (t Ticket) String() string {
	switch {
	case t.Position < 0:
		return "not in the queue"
	case t.Blocked != "":
		return fmt.Sprintf("place %d of %d, and nothing is granted: %s", t.Position, t.Waiting, t.Blocked)
	case t.Holder != "":
		return fmt.Sprintf("place %d of %d, held for gateway %s", t.Position, t.Waiting, t.Holder)
	case t.Position > 0:
		return fmt.Sprintf("place %d of %d", t.Position, t.Waiting)
	}
	return "the turn is ours"
}

// Ask queues a request, unless the lock knows it already or it is over, and tells its place.
func (l *PodLock) Ask(r PodRequest, now time.Time) Ticket {
	if l.Place(r.ID).Position < 0 && !slices.Contains(l.Over, r.ID) {
		r.Since = now
		l.Queue = append(l.Queue, r)
	}
	return l.Place(r.ID)
}

// Place tells where a request stands.
func (l *PodLock) Place(id string) Ticket {
	t := Ticket{Position: -1, Waiting: len(l.Queue), Blocked: l.Blocked}
	if i := l.index(id); i >= 0 {
		t.Position = i + 1
	}
	if l.Current != nil {
		t.Holder = fmt.Sprintf("%s (%s)", l.Current.Request.Gateway, l.Current.Request.Holder)
		if l.Current.Request.ID == id {
			t.Position, t.Holder, t.Blocked = 0, "", ""
		}
	}
	return t
}

// Hasten puts the request of the one gateway that is in the way first. It lost its permit in the middle of its work, and
// whoever stands before it could never be served.
func (l *PodLock) Hasten() bool {
	if len(l.By) != 1 || len(l.Queue) == 0 || l.Queue[0].Urgent {
		return false
	}
	i := slices.IndexFunc(l.Queue, func(r PodRequest) bool { return r.GatewayID == l.By[0] })
	if i < 0 {
		return false
	}
	r := l.Queue[i]
	r.Urgent = true
	l.Queue = slices.Insert(slices.Delete(l.Queue, i, i+1), 0, r)
	return true
}

// Leave takes a waiting request out of the queue and reports whether it was there.
func (l *PodLock) Leave(id string) bool {
	i := l.index(id)
	if i >= 0 {
		l.Queue = slices.Delete(l.Queue, i, i+1)
	}
	return i >= 0
}

// Serve makes the first in the queue the current one.
func (l *PodLock) Serve(now time.Time) {
	l.Current = &PodHold{Request: l.Queue[0], Granted: now}
	l.Queue = slices.Delete(l.Queue, 0, 1)
}

// PutBack makes the current one the first in the queue again: it could not be served yet.
func (l *PodLock) PutBack() {
	l.Queue = slices.Insert(l.Queue, 0, l.Current.Request)
	l.Current = nil
}

// End closes the current hold. One that did not end by its release taints the pod.
func (l *PodLock) End(end PodEnd, now time.Time) {
	hold := *l.Current
	hold.Ended, hold.End = now, string(end.How)
	if end.Text != "" {
		hold.End += ": " + end.Text
	}
	l.Current = nil
	l.Last = latest(l.Last, hold, remembered)
	if end.How != PodWithdrawn {
		l.Forget(hold.Request.ID)
	}
	if end.How == PodReleased || end.How == PodLost {
		l.Seen = hold.Request.ID
	}
	if end.How == PodLost {
		l.Taint = &Taint{Reason: fmt.Sprintf("the hold of gateway %s ended by %s", hold.Request.Gateway, end.Text), Since: now}
	}
}

// Fit says that nothing is in the way any more: the pod was seen well, or an operator takes the blame.
func (l *PodLock) Fit() { l.Taint, l.Blocked, l.By = nil, "", nil }

// Acted records what an operator did.
func (l *PodLock) Acted(d Decision) { l.Acts = latest(l.Acts, d, remembered) }

// Forget marks a request as over. Its holder will not ask by this id again, but what it sent may still be on its way.
func (l *PodLock) Forget(id string) { l.Over = latest(l.Over, id, late) }

func (l *PodLock) index(id string) int {
	return slices.IndexFunc(l.Queue, func(r PodRequest) bool { return r.ID == id })
}

// remembered is how many holds and acts the state shows: the rest is in Temporal's history. late is how many requests that
// are over it knows: far more than can be on their way.
const (
	remembered = 10
	late       = 50
)

func latest[T any](list []T, newest T, most int) []T {
	list = slices.Insert(list, 0, newest)
	return list[:min(len(list), most)]
}

// PodEnd is how the service of a request ended.
type PodEnd struct {
	How PodHow `json:"how"`
	// Text names who ended it, or what is in the way.
	Text string `json:"text,omitempty"`
	// By are the gateways that are in the way.
	By []int `json:"by,omitempty"`
	// Other is the holder whose permit is open, or was open without the lock's knowledge, in place of the one that was to
	// be served.
	Other *PodRequest `json:"other,omitempty"`
}

// PodHow is a way in which the service of a request ends.
type PodHow string

// The ways.
const (
	PodReleased  PodHow = "released"
	PodLost      PodHow = "lost"      // terminated, failed, forced, or given back as unhealthy: the pod is tainted
	PodGone      PodHow = "gone"      // the holder ended before it took the permit
	PodBlocked   PodHow = "blocked"   // somebody else is at work in the pod, outside of this lock
	PodOther     PodHow = "other"     // another holder's permit is, or was, open
	PodWithdrawn PodHow = "withdrawn" // by the holder or an operator, before the permit was taken
)

// PodInstruction is an operator's update of a lock. Request names what it is about, where it is about one.
type PodInstruction struct {
	Instruction
	Request string `json:"request,omitempty"`
}

// PodGrant tells a holder that it may take the permit.
type PodGrant struct {
	Request string `json:"request"`
}

// PermitRelease asks a permit to close. It names the request that the permit belongs to, so that a late one frees
// nothing else.
type PermitRelease struct {
	Request   string `json:"request"`
	Unhealthy string `json:"unhealthy,omitempty"` // why the pod is not known to be well
	Forced    string `json:"forced,omitempty"`    // by whom and why, when it is not the holder who releases
}

// PodPermit is a permit with the request that its holder opened it for.
type PodPermit struct {
	Permit  Permit     `json:"permit"`
	Request PodRequest `json:"request"`
	Open    bool       `json:"open"`
}
