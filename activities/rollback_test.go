package activities_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// estate is the two hosts with machines that can be switched: each call changes them or fails.
type estate struct {
	hosts
	machines map[string][]upgrade.Domain // by address
	fails    map[string]error            // by call
	obeys    int                         // looks after the first order to shut down until the machine is off
	ordered  bool
	backup   int64 // size of the image beside the old machine, 0 for none
}

// newEstate is the moment of a rollback: the upgraded machine runs on the second host, the old one on the first is off.
func newEstate(t *testing.T) (*world, *estate) {
	w := newWorld(t)
	e := &estate{hosts: hosts{w}, fails: map[string]error{}, obeys: 3, backup: 17_000_000_000, machines: map[string][]upgrade.Domain{
		address1: {{Name: "vsrx-one", State: "shut off"}}, address2: {{Name: "vsrx-two", State: "running", Autostart: true}}}}
	w.ports = func(a *activities.Activities) { a.Hosts = e }
	return w, e
}

func (e *estate) Dial(ctx context.Context, at upgrade.Endpoint) (activities.Host, error) {
	h, err := e.hosts.Dial(ctx, at)
	if err != nil {
		return nil, err
	}
	return switchable{h.(machines), e}, nil
}

// switchable is an open host of an estate.
type switchable struct {
	machines
	estate *estate
}

// did notes a call and gives the machine that it is about, unless the call fails.
func (s switchable) did(call, domain string) (*upgrade.Domain, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(call + " " + domain)
	list := s.estate.machines[s.address]
	i := slices.IndexFunc(list, func(d upgrade.Domain) bool { return d.Name == domain })
	if err := s.estate.fails[call]; err != nil || i < 0 {
		return &upgrade.Domain{}, err
	}
	return &list[i], nil
}

func (s switchable) Domains(context.Context) ([]upgrade.Domain, error) {
	if _, err := s.did("list", s.address); err != nil {
		return nil, err
	}
	list := s.estate.machines[s.address]
	if s.estate.ordered && s.address == address2 {
		if s.estate.obeys--; s.estate.obeys == 0 {
			list[0].State = "shut off"
		}
	}
	return slices.Clone(list), nil
}

func (s switchable) Backup(_ context.Context, domain string) (int64, bool, error) {
	if _, err := s.did("look for the backup of", domain); err != nil {
		return 0, false, err
	}
	return s.estate.backup, s.estate.backup > 0, nil
}

func (s switchable) Shutdown(_ context.Context, domain string) error {
	_, err := s.did("shut down", domain)
	s.estate.ordered = s.estate.ordered || err == nil
	return err
}

func (s switchable) SetAutostart(_ context.Context, domain string, on bool) error {
	d, err := s.did(map[bool]string{true: "arm", false: "disarm"}[on], domain)
	if err == nil {
		d.Autostart = on
	}
	return err
}

func (s switchable) RestoreImage(_ context.Context, domain string) error {
	_, err := s.did("restore", domain)
	return err
}

func (s switchable) Start(_ context.Context, domain string) error {
	d, err := s.did("start", domain)
	if err == nil {
		d.State = "running"
	}
	return err
}

// changes are the calls that changed a host, each once where it was repeated right away.
func (w *world) changes() []string {
	list := []string{}
	for _, call := range w.calls {
		verb, _, _ := strings.Cut(call, " ")
		if slices.Contains([]string{"shut", "arm", "disarm", "restore", "start"}, verb) {
			list = append(list, call)
		}
	}
	return slices.Compact(list)
}

func powerOff() activities.PowerInput {
	return activities.PowerInput{Step: plan().Steps[0], Permit: permit(), HostEpoch: "reload 9 of server 83002", Timing: timing()}
}

func bringBack() activities.BringBackInput {
	return activities.BringBackInput{Off: plan().Steps[0], On: plan().Steps[1], Permit: permit(), HostEpochs: map[int]string{host2: "reload 9 of server 83002"}, Timing: timing()}
}

func TestPowerOffDisarmsShutsDownAndWaits(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*estate)
		want  []string
	}{
		"a machine that runs":             {func(*estate) {}, []string{"disarm vsrx-two", "shut down vsrx-two"}},
		"a machine that is off and armed": {func(e *estate) { e.machines[address2][0].State = "shut off" }, []string{"disarm vsrx-two"}},
		"a machine that is off":           {func(e *estate) { e.machines[address2][0] = upgrade.Domain{Name: "vsrx-two", State: "shut off"} }, []string{}},
		"a machine that is disarmed":      {func(e *estate) { e.machines[address2][0].Autostart = false }, []string{"shut down vsrx-two"}},
		"a machine that is paused":        {func(e *estate) { e.machines[address2][0].State = "paused" }, []string{"disarm vsrx-two", "shut down vsrx-two"}},
		"a machine with another name":     {func(e *estate) { e.machines[address2][0].Name = "renamed" }, []string{"disarm renamed", "shut down renamed"}},
		"a machine that obeys late":       {func(e *estate) { e.obeys = 20 }, []string{"disarm vsrx-two", "shut down vsrx-two"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := newEstate(t)
			c.spoil(e)
			got, err := run(w, w.activities().PowerOff, powerOff())
			if err != nil || got.Domain != e.machines[address2][0].Name || got.At.Before(start) {
				t.Fatalf("%+v, %v", got, err)
			}
			if diff := cmp.Diff(c.want, w.changes()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if d := e.machines[address2][0]; d.Running() || d.Autostart {
				t.Errorf("it is left as %+v", d)
			}
			want := upgrade.Endpoint{Address: address2, User: "root", Password: hostSecret2, Trust: upgrade.Trust{Epoch: "reload 9 of server 83002"}}
			if diff := cmp.Diff(want, w.dialled[0]); diff != "" {
				t.Errorf("login (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMachineThatNeverObeysIsAPersonsDecision(t *testing.T) {
	w, e := newEstate(t)
	e.obeys = -1
	_, err := run(w, w.activities().PowerOff, powerOff())
	wantKind(t, err, upgrade.Overdue)
	if !strings.Contains(adviceOf(err), "your decision") || !e.machines[address2][0].Running() || e.machines[address2][0].Autostart {
		t.Errorf("advice %q, machine %+v", adviceOf(err), e.machines[address2][0])
	}
	if diff := cmp.Diff([]string{"disarm vsrx-two", "shut down vsrx-two"}, w.changes()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestPowerOffFails(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world, *estate)
		kind  upgrade.Kind
		text  string
		want  []string
	}{
		"behind a closed permit":          {func(w *world, _ *estate) { w.permitOpen = says(false) }, upgrade.LockLost, "not open any more", []string{}},
		"while the permit is unknown":     {func(w *world, _ *estate) { w.permitOpen = fails[bool](unreachable()) }, upgrade.Unreachable, "pod permit", []string{}},
		"without the password on record":  {func(w *world, _ *estate) { w.hostPasswords[host2] = fails[upgrade.Secret](unreachable()) }, upgrade.Unreachable, "no answer", []string{}},
		"when the host refuses the login": {func(w *world, _ *estate) { w.hostLogins[address2] = fails[string](denied()) }, upgrade.Denied, "host north-h2", []string{}},
		"when machines cannot be listed":  {func(_ *world, e *estate) { e.fails["list"] = unreachable() }, upgrade.Unreachable, "host north-h2", []string{}},
		"when there is no machine":        {func(_ *world, e *estate) { e.machines[address2] = nil }, upgrade.Unhealthy, "0 vSRX machines", []string{}},
		"when there are two": {func(_ *world, e *estate) {
			e.machines[address2] = append(e.machines[address2], upgrade.Domain{Name: "stray"})
		}, upgrade.Unhealthy, "2 vSRX machines", []string{}},
		"when it cannot be disarmed": {func(_ *world, e *estate) { e.fails["disarm"] = unreachable() }, upgrade.Unreachable, "host north-h2", []string{"disarm vsrx-two"}},
		"when it refuses the order":  {func(_ *world, e *estate) { e.fails["shut down"] = unreachable() }, upgrade.Unreachable, "host north-h2", []string{"disarm vsrx-two", "shut down vsrx-two"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := newEstate(t)
			c.spoil(w, e)
			_, err := run(w, w.activities().PowerOff, powerOff())
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), c.text) {
				t.Errorf("it says %q, want %q in it", err, c.text)
			}
			if diff := cmp.Diff(c.want, w.changes()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAWaitForAMachineEndsWithItsWorkflowOrItsWorker(t *testing.T) {
	w, e := newEstate(t)
	e.obeys = -1
	w.at[2] = w.canceled
	_, err := run(w, w.activities().PowerOff, powerOff())
	wantCanceled(t, err)
	w, e = newEstate(t)
	e.obeys = -1
	w.at[2] = w.stopped
	_, err = run(w, w.activities().PowerOff, powerOff())
	wantHandOver(t, err)
}

func TestBringBackRestoresStartsAndArmsTheOldMachine(t *testing.T) {
	restore, boot, arm := "restore vsrx-one", "start vsrx-one", "arm vsrx-one"
	for name, c := range map[string]struct {
		state string
		want  []string
	}{
		"that is off":                           {"shut off", []string{restore, boot, arm}},
		"only arms one that an attempt started": {"running", []string{arm}},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := newEstate(t)
			e.machines[address1][0].State, e.machines[address2][0].State = c.state, "shut off"
			got, err := run(w, w.activities().BringBack, bringBack())
			if err != nil || got.Domain != "vsrx-one" || got.At.IsZero() {
				t.Fatalf("%+v, %v", got, err)
			}
			if diff := cmp.Diff(c.want, w.changes()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if d := e.machines[address1][0]; !d.Running() || !d.Autostart || e.machines[address2][0].Running() {
				t.Errorf("it is left as %+v", e.machines)
			}
			for _, d := range w.dialled {
				if want := map[string]string{address1: "", address2: "reload 9 of server 83002"}[d.Address]; d.Trust.Epoch != want {
					t.Errorf("%s was dialled in epoch %q, want %q", d.Address, d.Trust.Epoch, want)
				}
			}
		})
	}
}

func TestASecondAttemptAfterTheStartOnlyArms(t *testing.T) {
	w, e := newEstate(t)
	e.machines[address2][0].State, e.fails["arm"] = "shut off", unreachable()
	_, err := run(w, w.activities().BringBack, bringBack())
	wantKind(t, err, upgrade.Unreachable)
	w.again()
	delete(e.fails, "arm")
	if _, err := run(w, w.activities().BringBack, bringBack()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"arm vsrx-one"}, w.changes()); diff != "" {
		t.Errorf("changes of the second attempt (-want +got):\n%s", diff)
	}
}

func TestBringBackStartsNothing(t *testing.T) {
	restored := []string{"restore vsrx-one"}
	on := func(e *estate) { e.machines[address2][0].State = "running" }
	for name, c := range map[string]struct {
		spoil func(*world, *estate)
		kind  upgrade.Kind
		text  string
		want  []string
	}{
		"beside a machine that is on":        {func(_ *world, e *estate) { on(e) }, upgrade.Unhealthy, "two versions must never run together", []string{}},
		"beside one that is paused":          {func(_ *world, e *estate) { e.machines[address2][0].State = "paused" }, upgrade.Unhealthy, "two versions", []string{}},
		"beside one that comes on meanwhile": {func(w *world, e *estate) { w.when["restore vsrx-one"] = func() { on(e) } }, upgrade.Unhealthy, "two versions", restored},
		"behind a closed permit":             {func(w *world, _ *estate) { w.permitOpen = says(false) }, upgrade.LockLost, "not open any more", []string{}},
		"when the permit closes meanwhile":   {func(w *world, _ *estate) { w.permitOpen = says(true, false) }, upgrade.LockLost, "not open any more", restored},
		"when the other host is unknown":     {func(w *world, _ *estate) { w.hostLogins[address2] = fails[string](unreachable()) }, upgrade.Unreachable, "north-h2", []string{}},
		"when the old host is unknown":       {func(w *world, _ *estate) { w.hostLogins[address1] = fails[string](unreachable()) }, upgrade.Unreachable, "north-h1", []string{}},
		"when the image is not restored":     {func(_ *world, e *estate) { e.fails["restore"] = unreachable() }, upgrade.Unreachable, "north-h1", restored},
		"when the old machine is gone":       {func(_ *world, e *estate) { e.machines[address1] = nil }, upgrade.Unhealthy, "0 vSRX machines", []string{}},
		"when it does not start": {func(_ *world, e *estate) { e.fails["start"] = unreachable() }, upgrade.Unreachable, "north-h1",
			[]string{"restore vsrx-one", "start vsrx-one"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := newEstate(t)
			e.machines[address2][0].State = "shut off"
			c.spoil(w, e)
			_, err := run(w, w.activities().BringBack, bringBack())
			wantKind(t, err, c.kind)
			if !strings.Contains(err.Error(), c.text) {
				t.Errorf("it says %q, want %q in it", err, c.text)
			}
			if diff := cmp.Diff(c.want, w.changes()); diff != "" || e.machines[address1] != nil && e.machines[address1][0].Running() {
				t.Errorf("machines %+v, changes (-want +got):\n%s", e.machines, diff)
			}
		})
	}
}

func TestLookBackLooksForTheBackupOnTheSecondHostAndChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world, *estate)
		want  upgrade.Backup
	}{
		"and finds it":   {func(*world, *estate) {}, upgrade.Backup{Host: "north-h1", Domain: "vsrx-one", Exists: true, Bytes: 17_000_000_000}},
		"and finds none": {func(_ *world, e *estate) { e.backup = 0 }, upgrade.Backup{Host: "north-h1", Domain: "vsrx-one"}},
		"and cannot look": {func(_ *world, e *estate) { e.fails["look for the backup of"] = unreachable() },
			upgrade.Backup{Host: "north-h1", Domain: "vsrx-one", Error: "host north-h1: no answer within two minutes"}},
		"and has no password": {func(w *world, _ *estate) { w.hostPasswords[host1] = fails[upgrade.Secret](unreachable()) },
			upgrade.Backup{Host: "north-h1", Error: "host north-h1: no answer within two minutes"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := newEstate(t)
			c.spoil(w, e)
			got, err := run(w, w.activities().LookBack, activities.BackInput{Look: activities.Look{GatewayID: gatewayID}, Plan: plan()})
			if err != nil || got.Picture.Gateway.ID != gatewayID {
				t.Fatalf("%+v, %v", got.Picture.Gateway, err)
			}
			if diff := cmp.Diff(c.want, got.Backup); diff != "" {
				t.Errorf("backup (-want +got):\n%s", diff)
			}
			if len(w.changes()) > 0 {
				t.Errorf("it changed the hosts: %q", w.changes())
			}
		})
	}
}

func TestLookBackFailsWhereTheGatewayIsNotToBeSeen(t *testing.T) {
	w, _ := newEstate(t)
	w.gateways = fails[upgrade.Gateway](unreachable())
	_, err := run(w, w.activities().LookBack, activities.BackInput{Look: activities.Look{GatewayID: gatewayID}, Plan: plan()})
	wantKind(t, err, upgrade.Unreachable)
}
