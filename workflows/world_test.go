package workflows_test

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// world answers the activities in place of IBM Cloud, hosts and device. It starts as a whole pair on the old version
// where everything succeeds; a test spoils one answer. Its exported methods are exactly those of activities.Activities.
type world struct {
	mu      sync.Mutex
	working sync.WaitGroup // calls that have begun
	now     func() time.Time
	calls   []string // activities, and the pod taken and given back, in order
	preempt upgrade.Preempt
	mark    upgrade.Mark
	ended   int // reloads that have ended
	stored  *upgrade.Report
	view    func(*upgrade.Picture) // what the looks show otherwise than of a pair on its way

	ahead   int                    // requests of others that come before ours in the pod's queue
	grant   func(upgrade.PodGrant) // tells the upgrade that it is its turn
	granted string                 // the request that was told so last

	discover  step[activities.Look, upgrade.Discovery]
	observe   step[activities.Look, upgrade.Picture]
	setting   step[activities.PreemptInput, bool]
	export    step[activities.ExportInput, upgrade.Export]
	readiness step[activities.ReadinessInput, upgrade.Readiness]
	request   step[activities.RequestInput, upgrade.Submission]
	confirm   step[activities.ConfirmInput, activities.Confirmation]
	await     step[activities.AwaitInput, activities.ReloadEnd]
	verify    step[activities.VerifyInput, activities.Verification]
	compare   step[activities.CompareInput, activities.Comparison]
	ask       step[activities.PlaceInput, upgrade.Ticket]
	place     step[activities.PlaceInput, upgrade.Ticket]
	serve     step[activities.ServeInput, upgrade.PodEnd]
	fit       step[activities.FitInput, string]
	check     step[activities.CheckInput, []upgrade.CheckResult]
	differ    step[activities.DifferInput, upgrade.ConfigChanges]
	back      step[activities.BackInput, activities.BackView]
	off       step[activities.PowerInput, activities.Powered]
	on        step[activities.BringBackInput, activities.Powered]
	restore   step[activities.RestoreInput, activities.Restored]
	store     step[activities.StoreInput, upgrade.Blob]
}

func newWorld() *world {
	return &world{preempt: upgrade.PreemptAbsent, mark: upgrade.Mark{Digest: "d1", Commit: "2026-02-27 mkeller"}}
}

// step is one activity: the inputs it was given, and what a test makes of its answers.
type step[In, Out any] struct {
	asked []In
	spoil map[int]func(*Out) error
}

// changes lets a test change the answer of a call, counting from 1; call 0 is every call without a change of its own.
func (s *step[In, Out]) changes(call int, change func(*Out)) {
	s.on(call, func(out *Out) error { change(out); return nil })
}

// fails makes a call end with an error; what it did to the world stays done, as with an answer that got lost.
func (s *step[In, Out]) fails(call int, err error) { s.on(call, func(*Out) error { return err }) }

func (s *step[In, Out]) on(call int, spoil func(*Out) error) {
	if s.spoil == nil {
		s.spoil = map[int]func(*Out) error{}
	}
	s.spoil[call] = spoil
}

// answer records a call, lets the valid world answer it and the test spoil the answer.
func answer[In, Out any](w *world, name string, s *step[In, Out], in In, good func() Out) (Out, error) {
	defer w.working.Done()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, name)
	s.asked = append(s.asked, in)
	out := good()
	spoil, ok := s.spoil[len(s.asked)]
	if !ok {
		spoil = s.spoil[0]
	}
	if spoil != nil {
		if err := spoil(&out); err != nil {
			var none Out
			return none, err
		}
	}
	return out, nil
}

// says is an error as activities give it: the kind as its type, the advice as its detail. It is final, so that a test
// sees each call once.
func says(kind upgrade.Kind, text string) error {
	return temporal.NewApplicationErrorWithOptions(text, string(kind), temporal.ApplicationErrorOptions{
		NonRetryable: true, Details: []any{"advice on: " + text}})
}

func (w *world) happened(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, what)
}

// seen is what a look shows now.
func (w *world) seen() upgrade.Picture {
	p := w.picture()
	if w.view != nil {
		w.view(&p)
	}
	return p
}

func (w *world) Discover(_ context.Context, in activities.Look) (upgrade.Discovery, error) {
	return answer(w, "Discover", &w.discover, in, func() upgrade.Discovery {
		prices := []upgrade.Price{{ID: 91001, Version: "22.4R3-S2"}, {ID: 91002, Version: target}}
		return upgrade.Discovery{Picture: w.seen(), Offers: []upgrade.Offer{{MemberID: memberA, Prices: prices}, {MemberID: memberB, Prices: prices}}}
	})
}

func (w *world) Observe(_ context.Context, in activities.Look) (upgrade.Picture, error) {
	return answer(w, "Observe", &w.observe, in, w.seen)
}

func (w *world) SetPreempt(_ context.Context, in activities.PreemptInput) (bool, error) {
	return answer(w, fmt.Sprintf("SetPreempt %t", in.On), &w.setting, in, func() bool {
		wanted := map[bool]upgrade.Preempt{true: upgrade.PreemptActive, false: upgrade.PreemptInactive}[in.On]
		changed := w.preempt != wanted
		w.preempt = wanted
		if changed {
			w.mark = upgrade.Mark{Digest: "preempt " + string(wanted), Commit: in.Log}
		}
		return changed
	})
}

func (w *world) Export(_ context.Context, in activities.ExportInput) (upgrade.Export, error) {
	return answer(w, "Export", &w.export, in, func() upgrade.Export {
		blob := func(name string) upgrade.Blob {
			return upgrade.Blob{Key: in.Folder + "/" + name, Digest: "f00d", Size: 4711}
		}
		return upgrade.Export{Curly: blob("configuration.conf"), Set: blob("configuration.set"), Snapshot: blob("snapshot.json"), Mark: w.mark}
	})
}

func (w *world) CheckReadiness(_ context.Context, in activities.ReadinessInput) (upgrade.Readiness, error) {
	return answer(w, "CheckReadiness", &w.readiness, in, func() upgrade.Readiness {
		return upgrade.Readiness{Rows: w.rows(), SeenRunning: map[upgrade.Category]time.Time{upgrade.UpgradeCheck: w.now(), upgrade.ReloadCheck: w.now()}}
	})
}

func (w *world) RequestReload(_ context.Context, in activities.RequestInput) (upgrade.Submission, error) {
	return answer(w, "RequestReload", &w.request, in, func() upgrade.Submission {
		return upgrade.Submission{Answer: upgrade.Accepted, Text: "1", At: w.now()}
	})
}

func (w *world) ConfirmReload(_ context.Context, in activities.ConfirmInput) (activities.Confirmation, error) {
	return answer(w, "ConfirmReload", &w.confirm, in, func() activities.Confirmation {
		return activities.Confirmation{Verdict: upgrade.Adopted, ReloadID: reloadID(w.ended), Looks: 1}
	})
}

func (w *world) AwaitReload(_ context.Context, in activities.AwaitInput) (activities.ReloadEnd, error) {
	return answer(w, "AwaitReload", &w.await, in, func() activities.ReloadEnd {
		w.ended = map[int]int{serverB: 1, serverA: 2}[in.Expected.Step.HardwareID]
		return activities.ReloadEnd{At: w.now()}
	})
}

func (w *world) Verify(_ context.Context, in activities.VerifyInput) (activities.Verification, error) {
	return answer(w, "Verify", &w.verify, in, func() activities.Verification { return activities.Verification{Picture: w.seen(), Looks: 1} })
}

func (w *world) Compare(_ context.Context, in activities.CompareInput) (activities.Comparison, error) {
	return answer(w, "Compare", &w.compare, in, func() activities.Comparison {
		return activities.Comparison{Differences: []upgrade.Difference{{Item: "version of node0", Before: old, After: landed, Expected: true}}}
	})
}

func (w *world) AskForPod(_ context.Context, in activities.PlaceInput) (upgrade.Ticket, error) {
	return answer(w, "AskForPod", &w.ask, in, func() upgrade.Ticket { return w.stands(in.Request) })
}

// KeepPlace moves up by one. A wait that a grant cuts may still begin or not; it is not told.
func (w *world) KeepPlace(_ context.Context, in activities.PlaceInput) (upgrade.Ticket, error) {
	w.mu.Lock()
	over := w.granted == in.Request.ID
	w.mu.Unlock()
	if over {
		w.working.Done()
		return in.Known, nil
	}
	return answer(w, "KeepPlace", &w.place, in, func() upgrade.Ticket {
		w.ahead--
		return w.stands(in.Request)
	})
}

// stands tells the place of a request, and grants the pod to the first.
func (w *world) stands(r upgrade.PodRequest) upgrade.Ticket {
	if w.ahead > 0 {
		return upgrade.Ticket{Position: w.ahead + 1, Waiting: w.ahead + 1, Holder: "edge-old (upgrade/31)"}
	}
	w.granted = r.ID
	w.grant(upgrade.PodGrant{Request: r.ID})
	return upgrade.Ticket{Position: 1, Waiting: 1}
}

func (w *world) ServePod(_ context.Context, in activities.ServeInput) (upgrade.PodEnd, error) {
	return answer(w, "ServePod "+in.Request.ID, &w.serve, in, func() upgrade.PodEnd { return upgrade.PodEnd{How: upgrade.PodReleased} })
}

func (w *world) AwaitFit(_ context.Context, in activities.FitInput) (string, error) {
	return answer(w, "AwaitFit "+in.For.ID, &w.fit, in, func() string { return "" })
}

func (w *world) StoreReport(_ context.Context, in activities.StoreInput) (upgrade.Blob, error) {
	return answer(w, "StoreReport", &w.store, in, func() upgrade.Blob {
		w.stored = &in.Report
		return upgrade.Blob{Key: in.Key, Digest: "beef", Size: 12}
	})
}

func TestTheWorldAnswersEveryActivityAndNoOther(t *testing.T) {
	product, fake := reflect.TypeFor[*activities.Activities](), reflect.TypeFor[*world]()
	if product.NumMethod() != fake.NumMethod() {
		t.Errorf("activities has %d methods, the world %d", product.NumMethod(), fake.NumMethod())
	}
	for m := range product.Methods() {
		f, ok := fake.MethodByName(m.Name)
		if !ok {
			t.Errorf("the world has no %s", m.Name)
			continue
		}
		for i := 1; i < max(m.Type.NumIn(), f.Type.NumIn()); i++ {
			if i >= m.Type.NumIn() || i >= f.Type.NumIn() || m.Type.In(i) != f.Type.In(i) {
				t.Errorf("%s is %s in activities and %s in the world", m.Name, m.Type, f.Type)
				break
			}
		}
		if m.Type.NumOut() != 2 || f.Type.NumOut() != 2 || m.Type.Out(0) != f.Type.Out(0) {
			t.Errorf("%s is %s in activities and %s in the world", m.Name, m.Type, f.Type)
		}
	}
}
