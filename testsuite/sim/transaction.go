package sim

import "time"

// transaction is an automatic series of steps on a server (SoftLayer_Provisioning_Version1_Transaction).
type transaction struct {
	id      int
	group   string
	average int // minutes
	steps   []string
	start   time.Time
	end     time.Time
	reload  bool // it is the lastOperatingSystemReload
	server  *member
}

func (t *transaction) active(now time.Time) bool { return !now.Before(t.start) && now.Before(t.end) }

// step is the present step and when it began; the steps share the transaction's time evenly.
func (t *transaction) step(now time.Time) (string, time.Time) {
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
