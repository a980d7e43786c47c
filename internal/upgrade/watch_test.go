package upgrade_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// follower looks at the first reload, round after round, with the documented timing.
type follower struct {
	t        *testing.T
	watch    upgrade.Watch
	expected upgrade.Expected
	timing   upgrade.Timing
}

func follow(t *testing.T) *follower {
	t.Helper()
	return &follower{t: t, watch: upgrade.Watch{ReloadID: ourReload, Started: evening(2, 0)}, timing: upgrade.DefaultTiming(),
		expected: upgrade.Expected{Step: validPlan(t).Steps[0], Target: newRelease, Status: upgrade.StatusUpgradeActive}}
}

// look is one round at the time, in minutes after the submission, with the ended reload changed as said.
func (f *follower) look(minute int, changes ...func(*upgrade.Round)) (bool, []upgrade.Finding) {
	p := lonePicture()
	r := upgrade.Round{At: evening(2, minute), Gateway: p.Gateway, Servers: p.Servers}
	for _, change := range changes {
		change(&r)
	}
	next, over, found := f.watch.Look(r, f.expected, f.timing)
	f.watch = next
	return over, found
}

// waits looks at each minute and fails if the reload counts as over.
func (f *follower) waits(minutes []int, changes ...func(*upgrade.Round)) {
	f.t.Helper()
	for _, minute := range minutes {
		if over, found := f.look(minute, changes...); over || found != nil {
			f.t.Fatalf("minute %d: over %v, found %v", minute, over, found)
		}
	}
}

// ends looks once more and fails unless the reload is over with findings of exactly these checks.
func (f *follower) ends(minute int, checks []string, changes ...func(*upgrade.Round)) {
	f.t.Helper()
	over, found := f.look(minute, changes...)
	if !over {
		f.t.Fatalf("minute %d: not over; problem %q, quiet %d", minute, f.watch.Problem, f.watch.Quiet)
	}
	if names := checksOf(f.t, found); !slices.Equal(names, checks) {
		f.t.Errorf("minute %d: checks %v, want %v", minute, names, checks)
	}
}

func reloading(r *upgrade.Round)   { r.Servers[1] = serverWith(ourReload, ourReload) }
func configuring(r *upgrade.Round) { r.Servers[1] = serverWith(ourReload, ourReload+5) }
func peerBusy(r *upgrade.Round)    { r.Servers[0].ActiveCount = 1 }
func staleStatus(r *upgrade.Round) {
	r.Gateway.Status, r.Gateway.StatusText = upgrade.StatusActive, "Active"
}

func none() []string { return []string{} }

func TestAReloadIsOverAfterThreeQuietLooksThatSpanTenMinutes(t *testing.T) {
	for name, c := range map[string]struct {
		waits []int
		ends  int
	}{
		"every five minutes":          {[]int{200, 205}, 210},
		"a third look at ten minutes": {[]int{200, 201}, 210},
		"many quick looks first":      {[]int{200, 201, 202, 203, 204, 205, 206, 207, 208, 209}, 210},
		"two looks far apart":         {[]int{200, 260}, 261},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(t)
			f.waits([]int{60, 120, 199}, reloading)
			f.waits(c.waits)
			f.ends(c.ends, none())
			if !f.watch.QuietSince.Equal(evening(2, 200)) {
				t.Errorf("quiet since %s, want %s", f.watch.QuietSince, evening(2, 200))
			}
		})
	}
}

func TestARunningReloadIsNeverOver(t *testing.T) {
	f := follow(t)
	for minute := 0; minute < 24*60; minute += 10 {
		f.waits([]int{minute}, reloading)
	}
}

// CHAIN-GAP: the configuration of the gateway follows the reload after a gap.
func TestAGapBetweenTwoTransactionsIsNotTheEnd(t *testing.T) {
	f := follow(t)
	f.waits([]int{199}, reloading)
	f.waits([]int{200, 205})
	f.waits([]int{209, 230}, configuring)
	f.waits([]int{231, 236})
	f.ends(241, none())
	if !f.watch.QuietSince.Equal(evening(2, 231)) {
		t.Errorf("quiet since %s, want the end of the second transaction", f.watch.QuietSince)
	}
}

// STALE-READ: an answer older than the ones before says that nothing runs.
func TestOneStaleAnswerIsNotTheEnd(t *testing.T) {
	f := follow(t)
	f.waits([]int{100}, reloading)
	f.waits([]int{101})
	f.waits([]int{102}, reloading)
	if f.watch.Quiet != 0 || !f.watch.QuietSince.IsZero() {
		t.Errorf("the stale look still counts: %+v", f.watch)
	}
}

func TestFlappingNeverEnds(t *testing.T) {
	f := follow(t)
	for minute := 0; minute < 24*60; minute += 30 {
		f.waits([]int{minute}, reloading)
		f.waits([]int{minute + 9, minute + 19})
	}
}

func TestABusyPeerKeepsTheReloadFromBeingOver(t *testing.T) {
	for name, busy := range map[string]func(*upgrade.Round){
		"by count":       peerBusy,
		"by transaction": func(r *upgrade.Round) { r.Servers[0].Active = &upgrade.Transaction{ID: 31500, Step: "x"} },
		"by id":          func(r *upgrade.Round) { r.Servers[0].ActiveIDs = []int{31500} },
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(t)
			f.waits([]int{200, 205, 210, 215, 300}, busy)
			f.waits([]int{301, 306})
			f.ends(311, none())
		})
	}
}

// STATUS-LAG and VERSION-SKEW: records may lag behind the end of the work for the grace, and no longer.
func TestRecordsMayLagForTheGraceAndNoLonger(t *testing.T) {
	for name, c := range map[string]struct {
		lag   func(*upgrade.Round)
		check string
	}{
		"the gateway's status":      {staleStatus, "gateway-status"},
		"an unknown status":         {func(r *upgrade.Round) { r.Gateway.Status, r.Gateway.StatusText = upgrade.StatusOther, "Recovering" }, "gateway-status"},
		"the version on record":     {func(r *upgrade.Round) { r.Gateway.Members[1].Version = oldRelease }, "version"},
		"no version on record":      {func(r *upgrade.Round) { r.Gateway.Members[1].Version = "" }, "version"},
		"S30 for S3":                {func(r *upgrade.Round) { r.Gateway.Members[1].Version = "23.4R2-S30" }, "version"},
		"the member is gone":        {func(r *upgrade.Round) { r.Gateway.Members = r.Gateway.Members[:1] }, "version"},
		"the last reload, stale":    {func(r *upgrade.Round) { r.Servers[1].LastReload = formerReload }, "foreign-reload"},
		"the last reload, foreign":  {func(r *upgrade.Round) { r.Servers[1].LastReload = ourReload + 9 }, "foreign-reload"},
		"the server's status":       {func(r *upgrade.Round) { r.Servers[1].Status = "DEPLOY" }, "server"},
		"the server's provisioning": {func(r *upgrade.Round) { r.Servers[1].Provisioned = false }, "server"},
	} {
		t.Run(name+" in time", func(t *testing.T) {
			f := follow(t)
			f.waits([]int{200, 205, 210, 239}, c.lag)
			if f.watch.Problem == "" {
				t.Error("the watch does not say what lags")
			}
			f.ends(240, none())
			if f.watch.Problem != "" {
				t.Errorf("the problem %q outlived its end", f.watch.Problem)
			}
		})
		t.Run(name+" for ever", func(t *testing.T) {
			f := follow(t)
			f.waits([]int{200, 205, 210, 239}, c.lag)
			f.ends(240, []string{c.check}, c.lag) // ten minutes of quiet and thirty of grace
		})
	}
}

func TestAWorkThatStartsInTheGraceStartsTheQuietTimeAgain(t *testing.T) {
	f := follow(t)
	f.waits([]int{200, 205, 210, 230}, staleStatus)
	f.waits([]int{235}, configuring)
	f.waits([]int{236, 241, 246, 270}, staleStatus)
	f.ends(276, []string{"gateway-status"}, staleStatus)
}

func TestEverythingThatIsWrongAfterTheGraceIsNamed(t *testing.T) {
	f := follow(t)
	wrong := func(r *upgrade.Round) {
		staleStatus(r)
		r.Servers[1].LastReload, r.Servers[1].Status, r.Gateway.Members[1].Version = 1, "DEPLOY2", oldRelease
	}
	f.waits([]int{200, 220}, wrong)
	f.ends(240, []string{"foreign-reload", "server", "version", "gateway-status"}, wrong)
}

func TestTheSecondReloadEndsInAnActiveGateway(t *testing.T) {
	f := follow(t)
	f.expected.Status = upgrade.StatusActive
	f.waits([]int{200, 205, 210, 239}) // still Upgrade Active
	f.ends(240, none(), staleStatus)
}

func TestTheRecordMayNameTheReleaseInShort(t *testing.T) {
	f := follow(t)
	short := func(r *upgrade.Round) { r.Gateway.Members[1].Version = "Junos 23.4R2-S3" }
	f.waits([]int{200, 205}, short)
	f.ends(210, none(), short)
}

func TestTheWatchKeepsTheStepAndWhenItChanged(t *testing.T) {
	f := follow(t)
	f.waits([]int{5, 10}, reloading)
	first := serverWith(ourReload, ourReload).Active
	if diff := cmp.Diff(first, f.watch.Step); diff != "" || !f.watch.Changed.Equal(evening(2, 5)) {
		t.Errorf("changed at %s, step (-want +got):\n%s", f.watch.Changed, diff)
	}
	f.waits([]int{15}, reloading, func(r *upgrade.Round) { r.Servers[1].Active.Step = "another" })
	if f.watch.Step.Step != "another" || !f.watch.Changed.Equal(evening(2, 15)) {
		t.Errorf("step %+v changed at %s", f.watch.Step, f.watch.Changed)
	}
	f.waits([]int{20}, configuring, func(r *upgrade.Round) { r.Servers[1].Active.Step = "another" })
	if f.watch.Step.ID != ourReload+5 || !f.watch.Changed.Equal(evening(2, 20)) {
		t.Errorf("step %+v changed at %s", f.watch.Step, f.watch.Changed)
	}
	f.waits([]int{25}, peerBusy) // a count alone names no step
	if f.watch.Step == nil || f.watch.Step.ID != ourReload+5 {
		t.Errorf("step %+v", f.watch.Step)
	}
}

func TestAValidLookForgetsTheUnreadableOnesBeforeIt(t *testing.T) {
	f := follow(t)
	f.watch.Invalid, f.watch.Problem = 7, "502"
	f.waits([]int{5}, reloading)
	if f.watch.Invalid != 0 || f.watch.Problem != "" {
		t.Errorf("watch %+v", f.watch)
	}
}

func TestLookLeavesTheWatchItWasAskedOnAlone(t *testing.T) {
	f := follow(t)
	before := f.watch
	p := lonePicture()
	before.Look(upgrade.Round{At: evening(2, 200), Gateway: p.Gateway, Servers: p.Servers}, f.expected, f.timing)
	if diff := cmp.Diff(f.watch, before); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
}

// An observer that dies is replaced by one that has seen nothing: it only takes longer.
func TestAnObserverThatStartsFromNothingComesToTheSameEnd(t *testing.T) {
	f := follow(t)
	f.waits([]int{200, 205})
	f.watch = upgrade.Watch{ReloadID: ourReload, Started: evening(2, 0)}
	f.waits([]int{209, 214})
	f.ends(219, none())
	if f.watch.Step != nil || !f.watch.Changed.Equal(time.Time{}) {
		t.Errorf("watch %+v", f.watch)
	}
}
