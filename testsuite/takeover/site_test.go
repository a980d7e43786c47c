package takeover

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/sdk/log"
	sdktest "go.temporal.io/sdk/testsuite"
	_ "gocloud.dev/blob/fileblob" // the archive's file:// driver
	"pgregory.net/rapid"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
)

// tester is what tests and properties have in common.
type tester interface {
	rapid.TB
	Cleanup(func())
	Context() context.Context
}

// target is the version that gateways are reloaded to.
const target = "23.4R2-S5.5"

// site is one simulated standalone gateway and the real activities that reach it as a worker's do.
type site struct {
	tester
	cloud   *sim.Cloud
	acts    *activities.Activities
	store   *archive.Archive
	gateway upgrade.Gateway
	permit  bool   // the pod permit is open
	epoch   string // the reload after which a new host key is due, "" before it
	tries   int    // imports so far
	// during is what happens when the running import looks at the committed configuration: 1 is before it changes
	// anything, 2 is the proof over a new connection.
	during map[int]func()
	looks  int
}

// open starts a world whose gateway runs a version and holds a configuration in set form.
func open(t tester, version, config string) *site {
	t.Helper()
	spec := sim.Gateway{ID: 4823, Name: "gw-heron", Pod: "fra04.pod02", Standalone: true, Version: version, Offered: []string{target, version}, Config: config}
	cloud, err := sim.Start(sim.Options{Gateways: []sim.Gateway{spec}})
	if err != nil {
		t.Fatalf("starting the world: %v", err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Errorf("the simulated cloud: %v", err)
		}
	})
	dir, err := os.MkdirTemp("", "vsrx-takeover-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s := &site{tester: t, cloud: cloud, permit: true}
	s.wire(dir)
	if s.gateway, err = s.acts.Cloud.Gateway(t.Context(), spec.ID); err != nil {
		t.Fatal(err)
	}
	return s
}

// wire builds the activities over the real adapters.
func (s *site) wire(dir string) {
	s.Helper()
	a := s.cloud.Access()
	_, gateway, err := stage.Reach(a, dir, patience)
	if err != nil {
		s.Fatal(err)
	}
	if s.acts, err = stage.Activities(a, dir, patience); err != nil {
		s.Fatal(err)
	}
	s.store, err = archive.Open(s.Context(), archive.Config{URL: "file://" + filepath.Join(dir, "archive") + "?create_dir=true&no_tmp_dir=true&metadata=skip", Plaintext: true})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			s.Error(err)
		}
	})
	s.acts.Archive, s.acts.Pods, s.acts.Devices = s.store, pods{site: s}, devices{s.acts.Devices, s, gateway}
}

// patience is for one answer of the device. A test that waits for an answer that never comes waits as long.
const patience = 20 * time.Second

// pods holds the pod for the gateway as long as the site says so.
type pods struct {
	activities.Pods // nil: an import asks for nothing else
	site            *site
}

func (p pods) Open(context.Context, upgrade.Permit) (bool, error) { return p.site.permit, nil }

func (p pods) Attempt(context.Context, upgrade.Permit, string, int32) (bool, error) { return true, nil }

// devices are a worker's, and let happen what is due when an import looks.
type devices struct {
	activities.Devices
	site *site
	over junos.Config
}

func (d devices) Replace(ctx context.Context, e upgrade.Endpoint, r activities.Replacement) (bool, error) {
	change := app.Replacing(r)
	done := change.Done
	change.Done = func(ctx context.Context, s *junos.Session) (bool, error) {
		d.site.look()
		return done(ctx, s)
	}
	return d.over.Apply(ctx, e, change)
}

// look lets happen what is due now.
func (s *site) look() {
	s.looks++
	if act, due := s.during[s.looks]; due {
		act()
	}
}

// execute runs one attempt of an activity.
func execute[In, Out any](s *site, act func(context.Context, In) (Out, error), in In) (out Out, err error) {
	var suite sdktest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(5 * time.Minute)
	env.RegisterActivity(s.acts)
	value, err := env.ExecuteActivity(act, in)
	if err != nil {
		return out, err
	}
	return out, value.Get(&out)
}

// export stores the configuration off the gateway.
func (s *site) export() upgrade.Export {
	s.Helper()
	x, err := execute(s, s.acts.Export, activities.ExportInput{Gateway: s.gateway, DeviceEpoch: s.epoch, Folder: "upgrades/4823/run/before-1"})
	if err != nil {
		s.Fatalf("exporting the configuration: %v", err)
	}
	return x
}

// reload has the gateway's server reloaded to the target, which erases the configuration.
func (s *site) reload() {
	s.Helper()
	s.inject(sim.Fault{Name: "foreign-reload", Arg: target})
	s.cloud.Step(8 * time.Hour) // far longer than any reload
	hardware := s.gateway.Members[0].HardwareID
	server, err := s.acts.Cloud.Server(s.Context(), hardware)
	if err != nil {
		s.Fatal(err)
	}
	if m := s.cloud.State(s.gateway.ID).Members[0]; m.Version != target || m.Reloading || m.VM != "running" {
		s.Fatalf("the gateway is not rebuilt: %+v", m)
	}
	s.epoch = upgrade.KeyEpoch(server.LastReload, hardware)
}

// restore imports an exported configuration, once.
func (s *site) restore(x upgrade.Export, sections ...[]string) (activities.Restored, error) {
	s.tries++
	s.looks = 0
	return execute(s, s.acts.Restore, activities.RestoreInput{Gateway: s.gateway, DeviceEpoch: s.epoch, Saved: x.Set, Sections: sections,
		ConfirmMinutes: 10, Log: "vsrx-upgrade gw-heron run: import", Folder: fmt.Sprintf("upgrades/4823/run/fresh-%d", s.tries)})
}

// save puts a configuration into the archive as if it had been exported.
func (s *site) save(text string) upgrade.Export {
	s.Helper()
	b, err := s.store.Put(s.Context(), "upgrades/4823/run/before-2/configuration.set", strings.NewReader(text))
	if err != nil {
		s.Fatal(err)
	}
	return upgrade.Export{Set: b}
}

// inject arms a fault of the world.
func (s *site) inject(f sim.Fault) {
	s.Helper()
	if err := s.cloud.Inject(f); err != nil {
		s.Fatal(err)
	}
}

// committed reads the gateway's configuration.
func (s *site) committed() *configuration.Tree {
	s.Helper()
	password, err := s.acts.Cloud.DevicePassword(s.Context(), s.gateway.Members[0].ID)
	if err != nil {
		s.Fatal(err)
	}
	d, err := s.acts.Devices.Dial(s.Context(), upgrade.Endpoint{Address: s.gateway.Address, User: "root", Password: password, Trust: upgrade.Trust{Epoch: s.epoch, Floating: true}})
	if err != nil {
		s.Fatal(err)
	}
	defer d.Close()
	var text bytes.Buffer
	if err := d.Configuration(s.Context(), string(junos.Set), &text); err != nil {
		s.Fatal(err)
	}
	return parse(s, text.String(), "committed.set")
}

// stored reads a configuration from the archive.
func (s *site) stored(b upgrade.Blob) *configuration.Tree {
	s.Helper()
	r, err := s.store.Get(s.Context(), b)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		s.Fatal(err)
	}
	return parse(s, string(text), b.Key)
}

func parse(t tester, text, name string) *configuration.Tree {
	t.Helper()
	tree, err := configuration.Parse(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
