package upgrade_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"testing/quick"

	"vsrx-upgrade/internal/upgrade"
)

// deeds is what may happen to a lock, one after the other. A deed that the workflow would not do at the moment is left
// out when it is played.
type deeds []deed

// people is how many take part.
const people = 6

type deed struct {
	what string
	who  int
}

func (deeds) Generate(r *rand.Rand, size int) reflect.Value {
	what := []string{"ask", "ask", "ask", "serve", "serve", "put back", "leave", "withdraw", "end", "block", "hasten"}
	list := make(deeds, r.Intn(3*size+1))
	for i := range list {
		list[i] = deed{what[r.Intn(len(what))], r.Intn(people)}
	}
	return reflect.ValueOf(list)
}

// ledger is what must be true of a lock: who asked and has neither left nor been served to the end, in the order of
// asking, but for those who went first because they were in the way.
type ledger struct {
	open   []string
	served string // "" for nobody
	over   map[string]bool
	urgent map[string]bool
}

func newLedger() *ledger { return &ledger{over: map[string]bool{}, urgent: map[string]bool{}} }

// queue is where those who wait begin in open.
func (b *ledger) queue() int {
	if b.served != "" {
		return 1
	}
	return 0
}

// drop takes one out of the book.
func (b *ledger) drop(id string) {
	b.open = slices.DeleteFunc(b.open, func(other string) bool { return other == id })
	delete(b.urgent, id)
}

// play does a deed to the lock and writes it into the ledger.
func (b *ledger) play(l *upgrade.PodLock, d deed, minute int) {
	r := asking(d.who)
	switch {
	case d.what == "ask":
		l.Ask(r, evening(0, minute))
		if !slices.Contains(b.open, r.ID) && !b.over[r.ID] {
			b.open = append(b.open, r.ID)
		}
	case d.what == "serve" && b.served == "" && len(b.open) > 0:
		l.Serve(evening(0, minute))
		b.served = b.open[0]
	case d.what == "put back" && b.served != "":
		l.PutBack()
		b.served = ""
	case d.what == "leave" && r.ID != b.served:
		l.Leave(r.ID)
		b.drop(r.ID)
	case d.what == "withdraw" && r.ID != b.served:
		l.Leave(r.ID)
		l.Forget(r.ID)
		b.drop(r.ID)
		b.over[r.ID] = true
	case d.what == "end" && b.served != "":
		how := []upgrade.PodHow{upgrade.PodReleased, upgrade.PodLost, upgrade.PodGone, upgrade.PodWithdrawn}[d.who%4]
		l.End(upgrade.PodEnd{How: how}, evening(0, minute))
		b.over[b.served] = how != upgrade.PodWithdrawn
		b.drop(b.served)
		b.served = ""
	case d.what == "hasten":
		first := b.queue()
		may := first < len(b.open) && !b.urgent[b.open[first]] && r.ID != b.served && slices.Contains(b.open, r.ID)
		if l.By = []int{r.GatewayID}; l.Hasten() != may {
			b.open = append(b.open, "a gateway went first, or did not, against the rule")
		}
		if may {
			b.drop(r.ID)
			b.open, b.urgent[r.ID] = slices.Insert(b.open, first, r.ID), true
		}
	case d.what == "block":
		l.Blocked = fmt.Sprintf("edge-%d", d.who)
	}
}

// differs tells in what a lock is not as the ledger says, "" for nothing.
func (b *ledger) differs(l *upgrade.PodLock) string {
	var have []string
	if l.Current != nil {
		have = append(have, l.Current.Request.ID)
	}
	have = append(have, ids(l.Queue)...)
	switch {
	case !slices.Equal(have, b.open):
		return fmt.Sprintf("it holds %q, wanted %q", have, b.open)
	case (l.Current == nil) != (b.served == ""):
		return fmt.Sprintf("%q is served, wanted %q", have, b.served)
	}
	for n := range people {
		id, want := asking(n).ID, slices.Index(b.open, asking(n).ID)
		if want >= 0 && b.served == "" {
			want++
		}
		if got := l.Place(id).Position; got != want {
			return fmt.Sprintf("%s stands at %d, wanted %d", id, got, want)
		}
	}
	return ""
}

// everSo checks a property over sequences of deeds, always the same ones.
func everSo(t *testing.T, property func(deeds) bool) {
	t.Helper()
	if err := quick.Check(property, &quick.Config{MaxCount: 300, Rand: rand.New(rand.NewSource(41))}); err != nil {
		t.Error(err)
	}
}

func TestWhateverHappensNoRequestIsLostOrDoubledAndTheOrderStays(t *testing.T) {
	everSo(t, func(list deeds) bool {
		l, book := upgrade.PodLock{}, newLedger()
		for i, d := range list {
			book.play(&l, d, i)
			if text := book.differs(&l); text != "" {
				t.Errorf("after %+v: %s", list[:i+1], text)
				return false
			}
		}
		return true
	})
}

// Since when a request waits is what people see; nothing but a new asking may change it.
func TestWhateverHappensARequestKeepsItsTime(t *testing.T) {
	everSo(t, func(list deeds) bool {
		l, book, since := upgrade.PodLock{}, newLedger(), map[string]int{}
		for i, d := range list {
			if id := asking(d.who).ID; d.what == "ask" && !slices.Contains(book.open, id) && !book.over[id] {
				since[id] = i
			}
			book.play(&l, d, i)
			all := slices.Clone(l.Queue)
			if l.Current != nil {
				all = append(all, l.Current.Request)
			}
			for _, r := range all {
				if !r.Since.Equal(evening(0, since[r.ID])) {
					t.Errorf("after %+v: %s waits since %s", list[:i+1], r.ID, r.Since)
					return false
				}
			}
		}
		return true
	})
}
