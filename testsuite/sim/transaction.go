package sim

import (
	"slices"
	"time"
)

// transaction is an automatic series of steps on a server (SoftLayer_Provisioning_Version1_Transaction).
type transaction struct {
	id      int
	group   string
	average int // minutes
	steps   []string
	start   time.Time
	end     time.Time   // never while nobody can know it
	turns   []time.Time // when each step began; nil if the steps share the time evenly
	reload  bool        // it is the lastOperatingSystemReload
	server  *member
}

// never is the end of a transaction that still runs.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// turn begins a step; those before it that were skipped begin with it.
func (t *transaction) turn(step string) {
	for n := slices.Index(t.steps, step); len(t.turns) <= n; {
		t.turns = append(t.turns, t.server.gateway.cloud.clock.now)
	}
}

func (t *transaction) close() { t.end = t.server.gateway.cloud.clock.now }

func (t *transaction) closed() bool { return !t.end.Equal(never) }

func (t *transaction) active(now time.Time) bool { return !now.Before(t.start) && now.Before(t.end) }

// step is the present step and when it began.
func (t *transaction) step(now time.Time) (string, time.Time) {
	if len(t.turns) > 0 {
		last := len(t.turns) - 1
		return t.steps[last], t.turns[last]
	}
	length := t.end.Sub(t.start) / time.Duration(len(t.steps))
	n := min(max(int(now.Sub(t.start)/max(length, 1)), 0), len(t.steps)-1)
	return t.steps[n], t.start.Add(time.Duration(n) * length)
}

func (m *member) addTransaction(group string, average int, start, end time.Time, steps ...string) *transaction {
	t := &transaction{id: m.gateway.cloud.id(), group: group, average: average, steps: steps, start: start, end: end, server: m}
	m.transactions = append(m.transactions, t)
	return t
}

// activeTransactions are those that a client can see now.
func (m *member) activeTransactions() []*transaction {
	var list []*transaction
	for _, t := range m.transactions {
		if t.active(m.gateway.cloud.clock.now) {
			list = append(list, t)
		}
	}
	return list
}

// lastTransaction is the newest visible one; only reloads if reload is set. nil if there is none.
func (m *member) lastTransaction(reload bool) *transaction {
	var last *transaction
	for _, t := range m.transactions {
		if !t.start.After(m.gateway.cloud.clock.now) && (t.reload || !reload) {
			last = t
		}
	}
	return last
}

// busy is a member on which IBM's automation works, even where its transaction is not visible at this moment.
func (m *member) busy() bool { return m.reload != nil || len(m.activeTransactions()) > 0 }
