package kvmhost_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

const (
	list     = "LC_ALL=C virsh list --all"
	domstate = "LC_ALL=C virsh domstate vSRX-a.1"
	dominfo  = "LC_ALL=C virsh dominfo vSRX-a.1"
	dumpxml  = "LC_ALL=C virsh dumpxml vSRX-a.1"
)

// healthy is what a host with one running vSRX and one other machine says.
func healthy() map[string]output {
	return map[string]output{
		list:     {stdout: " Id   Name       State\n----------------------------\n 3    vSRX-a.1   running\n -    probe      shut off\n\n"},
		domstate: {stdout: "running\n\n"},
		dominfo:  {stdout: "Id:             3\nName:           vSRX-a.1\nState:          running\nAutostart:      enable\nPersistent:     yes\n"},
		dumpxml: {stdout: "<domain type='kvm' id='3'>\n<name>vSRX-a.1</name><devices>" +
			"<interface type='bridge'><mac address='02:00:5E:20:00:01'/></interface>" +
			"<interface type='hostdev'><mac address=' 02:00:5e:20:00:02 '/></interface>" +
			"<interface type='user'/><serial type='tcp'/></devices></domain>\n"},
	}
}

func TestDomainsReadsTheVSRXMachines(t *testing.T) {
	want := upgrade.Domain{Name: "vSRX-a.1", State: "running", Autostart: true, MACs: []string{"02:00:5e:20:00:01", "02:00:5e:20:00:02"}}
	for name, c := range map[string]struct {
		change func(map[string]output)
		want   func(*upgrade.Domain)
	}{
		"that run": {func(map[string]output) {}, func(*upgrade.Domain) {}},
		"that are off": {func(o map[string]output) {
			o[list] = output{stdout: "Id Name State\n---\n- vSRX-a.1 shut off\n"}
			o[domstate] = output{stdout: "shut off"}
		}, func(d *upgrade.Domain) { d.State = "shut off" }},
		"that do not start by themselves": {func(o map[string]output) {
			o[dominfo] = output{stdout: "Autostart:   disable\r\n"}
		}, func(d *upgrade.Domain) { d.Autostart = false }},
		"that have no ports": {func(o map[string]output) {
			o[dumpxml] = output{stdout: "<domain><devices/></domain>"}
		}, func(d *upgrade.Domain) { d.MACs = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			h, wanted := (&host{outputs: healthy()}), want
			c.change(h.outputs)
			c.want(&wanted)
			got, err := h.start(t).dial(t).Domains(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]upgrade.Domain{wanted}, got); diff != "" {
				t.Errorf("Domains (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("in any case of their name, and none is no error", func(t *testing.T) {
		h := &host{outputs: map[string]output{list: {stdout: " Id   Name   State\n---------\n\n"}}}
		if got, err := h.start(t).dial(t).Domains(t.Context()); err != nil || len(got) != 0 {
			t.Errorf("got %v, %v", got, err)
		}
		h = &host{outputs: map[string]output{}}
		for command, o := range healthy() {
			o.stdout = strings.ReplaceAll(o.stdout, "vSRX-a.1", "VSRXvM9")
			h.outputs[strings.ReplaceAll(command, "vSRX-a.1", "VSRXvM9")] = o
		}
		if got, err := h.start(t).dial(t).Domains(t.Context()); err != nil || len(got) != 1 || got[0].Name != "VSRXvM9" {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestDomainsFailsWhere(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		output  output
		want    upgrade.Kind
	}{
		"the list is refused":        {list, output{stderr: "error: failed to connect to the hypervisor\n", status: 1}, upgrade.Refused},
		"the list is no table":       {list, output{stdout: "hello\n"}, upgrade.Malformed},
		"a name could be a command":  {list, output{stdout: "Id Name State\n---\n1 vSRX$(reboot) running\n"}, upgrade.Malformed},
		"the state is refused":       {domstate, output{stderr: "error: failed to get domain", status: 1}, upgrade.Refused},
		"the state is empty":         {domstate, output{stdout: "\n"}, upgrade.Malformed},
		"the info is refused":        {dominfo, output{status: 1}, upgrade.Refused},
		"the info lacks autostart":   {dominfo, output{stdout: "Name: vSRX-a.1\n"}, upgrade.Malformed},
		"the autostart is a riddle":  {dominfo, output{stdout: "Autostart: perhaps\n"}, upgrade.Malformed},
		"the description is refused": {dumpxml, output{status: 1}, upgrade.Refused},
		"the description is cut":     {dumpxml, output{stdout: "<domain><devices>"}, upgrade.Malformed},
		"the output has no end":      {dumpxml, output{stdout: strings.Repeat("x", 5<<20)}, upgrade.Malformed},
		"the connection is cut":      {domstate, output{hangUp: true}, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			h := &host{outputs: maps.Clone(healthy())}
			h.outputs[c.command] = c.output
			_, err := h.start(t).dial(t).Domains(t.Context())
			wantKind(t, err, c.want)
			if said := strings.TrimSpace(c.output.stderr); err != nil && !strings.Contains(err.Error(), said) {
				t.Errorf("the error %q hides what the host said", err)
			}
			for _, command := range h.commands() {
				if strings.Contains(command, "reboot") {
					t.Errorf("ran %q", command)
				}
			}
		})
	}
}

func TestWaitingForAHostEndsWith(t *testing.T) {
	silent := healthy()
	silent[domstate] = output{silent: true}
	t.Run("the limit of a command", func(t *testing.T) {
		h := (&host{outputs: silent}).start(t)
		config := h.config(t)
		config.Timeout = 300 * time.Millisecond
		connection, err := config.Dial(t.Context(), endpoint())
		if err != nil {
			t.Fatal(err)
		}
		_, err = connection.Domains(t.Context())
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		connection := (&host{outputs: silent}).start(t).dial(t)
		cancel()
		_, err := connection.Domains(ctx)
		wantKind(t, err, upgrade.Unreachable)
	})
	t.Run("its end", func(t *testing.T) {
		connection := (&host{outputs: silent}).start(t).dial(t)
		if err := connection.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := connection.Domains(t.Context())
		wantKind(t, err, upgrade.Unreachable)
	})
}

func TestARefusedPasswordIsDenied(t *testing.T) {
	e := endpoint()
	e.Password = "fake-other-password"
	_, err := (&host{}).start(t).config(t).Dial(t.Context(), e)
	wantKind(t, err, upgrade.Denied)
}

func wantKind(t *testing.T, err error, kind upgrade.Kind) {
	t.Helper()
	if upgrade.KindOf(err) != kind {
		t.Errorf("the error is %v of kind %q, want %q", err, upgrade.KindOf(err), kind)
	}
}
