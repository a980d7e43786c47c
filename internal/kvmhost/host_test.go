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
	list        = "LC_ALL=C timeout 10 virsh list --all"
	autostarted = "LC_ALL=C timeout 10 virsh list --all --autostart --name"
	describe    = "LC_ALL=C timeout 10 virsh list --all --name | grep -i '^vsrx' | LC_ALL=C timeout 10 xargs -r -n 1 virsh dumpxml --domain"
)

// healthy is what a host with one running vSRX and one other machine says of its machines.
func healthy() map[string]output {
	return map[string]output{
		list:        {stdout: " Id   Name       State\n----------------------------\n 3    vSRX-a.1   running\n -    probe      shut off\n\n"},
		autostarted: {stdout: "probe\nvSRX-a.1\n\n"},
		describe: {stdout: "<domain type='kvm' id='3'>\n<name>vSRX-a.1</name><devices>" +
			"<interface type='bridge'><mac address='02:00:5E:20:00:01'/></interface>" +
			"<interface type='hostdev'><mac address=' 02:00:5e:20:00:02 '/></interface><interface type='user'/>" +
			"<serial type='tcp'><source mode='bind' host='127.0.0.1' service='8623' tls='no'/><protocol type='telnet'/></serial>" +
			"<console type='tcp'><source mode='bind' host='127.0.0.1' service='8623' tls='no'/><protocol type='telnet'/></console>" +
			"</devices></domain>\n\n"},
	}
}

func TestDomainsReadsTheVSRXMachinesInOneExchange(t *testing.T) {
	want := upgrade.Domain{Name: "vSRX-a.1", State: "running", Autostart: true, MACs: []string{"02:00:5e:20:00:01", "02:00:5e:20:00:02"}}
	for name, c := range map[string]struct {
		change func(map[string]output)
		want   func(*upgrade.Domain)
	}{
		"that run": {func(map[string]output) {}, func(*upgrade.Domain) {}},
		"that are off": {func(o map[string]output) {
			o[list] = output{stdout: "Id Name State\n---\n- vSRX-a.1 shut off\n"}
		}, func(d *upgrade.Domain) { d.State = "shut off" }},
		"that do not start by themselves": {func(o map[string]output) {
			o[autostarted] = output{stdout: "probe\n\n"}
		}, func(d *upgrade.Domain) { d.Autostart = false }},
		"that have no ports": {func(o map[string]output) {
			o[describe] = output{stdout: "<domain><name>vSRX-a.1</name><devices/></domain>"}
		}, func(d *upgrade.Domain) { d.MACs = nil }},
		"beside others that are described too": {func(o map[string]output) {
			o[describe] = output{stdout: "<domain><name>vsrx-gone</name></domain>\n\n" + o[describe].stdout}
		}, func(*upgrade.Domain) {}},
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
			if h.exchanges() != 1 {
				t.Errorf("%d exchanges, want 1", h.exchanges())
			}
		})
	}
	t.Run("in any case of their name, and none is no error", func(t *testing.T) {
		h := &host{outputs: healthy()}
		h.outputs[list], h.outputs[describe] = output{stdout: " Id   Name   State\n---------\n\n"}, output{}
		if got, err := h.start(t).dial(t).Domains(t.Context()); err != nil || len(got) != 0 {
			t.Errorf("got %v, %v", got, err)
		}
		h = &host{outputs: map[string]output{}}
		for command, o := range healthy() {
			o.stdout = strings.ReplaceAll(o.stdout, "vSRX-a.1", "VSRXvM9")
			h.outputs[command] = o
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
		"the list is refused":          {list, output{stderr: "error: failed to connect to the hypervisor\n", status: 1}, upgrade.Refused},
		"the list does not end":        {list, output{status: 124}, upgrade.Refused},
		"the list is no table":         {list, output{stdout: "hello\n"}, upgrade.Malformed},
		"a name could be a command":    {list, output{stdout: "Id Name State\n---\n1 vSRX$(reboot) running\n"}, upgrade.Malformed},
		"a name could be a path":       {list, output{stdout: "Id Name State\n---\n1 vSRX/../x running\n"}, upgrade.Malformed},
		"there is no state":            {list, output{stdout: "Id Name State\n---\n1 vSRX-a.1\n"}, upgrade.Malformed},
		"the autostarts are refused":   {autostarted, output{stderr: "error: no", status: 1}, upgrade.Refused},
		"the description is refused":   {describe, output{stderr: "error: failed to get domain", status: 123}, upgrade.Refused},
		"the description is cut":       {describe, output{stdout: "<domain><name>vSRX-a.1</name><devices>"}, upgrade.Malformed},
		"the description is another's": {describe, output{stdout: "<domain><name>vSRX-b.1</name></domain>"}, upgrade.Malformed},
		"the description is missing":   {describe, output{}, upgrade.Malformed},
		"the output has no end":        {describe, output{stdout: strings.Repeat("x", 5<<20)}, upgrade.Malformed},
		"the connection is cut":        {autostarted, output{hangUp: true}, upgrade.Unreachable},
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
	silent[autostarted] = output{silent: true}
	t.Run("the limit of an exchange", func(t *testing.T) {
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
