package kvmhost_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/upgrade"
)

const (
	domstate  = "LC_ALL=C timeout 10 virsh domstate vSRX-a.1"
	dominfo   = "LC_ALL=C timeout 10 virsh dominfo vSRX-a.1"
	shutdown  = "LC_ALL=C timeout 10 virsh shutdown vSRX-a.1"
	start     = "LC_ALL=C timeout 10 virsh start vSRX-a.1"
	autostart = "LC_ALL=C timeout 10 virsh autostart vSRX-a.1"
	noStart   = autostart + " --disable"
	folder    = "LC_ALL=C timeout 5 ls -1 /var/lib/libvirt/images/vSRX-a.1"
	backupOf  = "LC_ALL=C timeout 5 stat -c %s /var/lib/libvirt/images/vSRX-a.1/vSRX_Image.qcow2.backup"
)

// act is one of the commands of a rollback.
type act func(context.Context, *kvmhost.Host, string) error

func acts() map[string]act {
	return map[string]act{
		"Shutdown":         func(ctx context.Context, h *kvmhost.Host, d string) error { return h.Shutdown(ctx, d) },
		"Start":            func(ctx context.Context, h *kvmhost.Host, d string) error { return h.Start(ctx, d) },
		"SetAutostart on":  func(ctx context.Context, h *kvmhost.Host, d string) error { return h.SetAutostart(ctx, d, true) },
		"SetAutostart off": func(ctx context.Context, h *kvmhost.Host, d string) error { return h.SetAutostart(ctx, d, false) },
		"RestoreImage":     func(ctx context.Context, h *kvmhost.Host, d string) error { return h.RestoreImage(ctx, d) },
		"Backup": func(ctx context.Context, h *kvmhost.Host, d string) error {
			_, _, err := h.Backup(ctx, d)
			return err
		},
	}
}

func TestOnlyTheNameOfAVSRXReachesAShell(t *testing.T) {
	for name, do := range acts() {
		for _, domain := range []string{"", "probe", "vSRX;reboot", "vSRX $(reboot)", "../vSRX", "vSRX/../..", "-vSRX", "vSRX\nreboot", "--all"} {
			t.Run(name+" of "+domain, func(t *testing.T) {
				h := (&host{}).start(t)
				wantKind(t, do(t.Context(), h.dial(t), domain), upgrade.Invalid)
				if ran := h.commands(); len(ran) > 0 {
					t.Errorf("ran %q", ran)
				}
			})
		}
	}
}

func TestAnActLooksFirst(t *testing.T) {
	off, on := output{stdout: "shut off\n\n"}, output{stdout: "running\n\n"}
	enabled, disabled := output{stdout: "Autostart:      enable\n"}, output{stdout: "Autostart:  disable\r\n"}
	refused := output{stderr: "error: Failed to do it\n", status: 1}
	for name, c := range map[string]struct {
		act     string
		outputs map[string]output
		ran     []string
		want    upgrade.Kind
	}{
		"a running machine is shut down":            {"Shutdown", map[string]output{domstate: on, shutdown: {}}, []string{domstate, shutdown}, ""},
		"a machine that is off stays so":            {"Shutdown", map[string]output{domstate: off}, []string{domstate}, ""},
		"a machine on its way is not hurried":       {"Shutdown", map[string]output{domstate: {stdout: "in shutdown\n"}}, []string{domstate}, ""},
		"a paused machine is asked too":             {"Shutdown", map[string]output{domstate: {stdout: "paused\n"}, shutdown: {}}, []string{domstate, shutdown}, ""},
		"a shutdown is refused":                     {"Shutdown", map[string]output{domstate: on, shutdown: refused}, []string{domstate, shutdown, domstate}, upgrade.Refused},
		"a state is refused before a shutdown":      {"Shutdown", map[string]output{domstate: refused}, []string{domstate}, upgrade.Refused},
		"a state is empty before a shutdown":        {"Shutdown", map[string]output{domstate: {stdout: "\n"}}, []string{domstate}, upgrade.Malformed},
		"a connection is cut in a shutdown":         {"Shutdown", map[string]output{domstate: on, shutdown: {hangUp: true}}, []string{domstate, shutdown}, upgrade.Unreachable},
		"a machine that is off is started":          {"Start", map[string]output{domstate: off, start: {}}, []string{domstate, start}, ""},
		"a running machine is not started again":    {"Start", map[string]output{domstate: on}, []string{domstate}, ""},
		"a paused machine is left to a person":      {"Start", map[string]output{domstate: {stdout: "paused\n"}}, []string{domstate}, upgrade.Unhealthy},
		"a start is refused":                        {"Start", map[string]output{domstate: off, start: refused}, []string{domstate, start, domstate}, upgrade.Refused},
		"a state is refused before a start":         {"Start", map[string]output{domstate: refused}, []string{domstate}, upgrade.Refused},
		"autostart that is on stays so":             {"SetAutostart on", map[string]output{dominfo: enabled}, []string{dominfo}, ""},
		"autostart that is off stays so":            {"SetAutostart off", map[string]output{dominfo: disabled}, []string{dominfo}, ""},
		"autostart is switched and does not stay":   {"SetAutostart on", map[string]output{dominfo: disabled, autostart: {}}, []string{dominfo, autostart, dominfo}, upgrade.Refused},
		"autostart is disabled and does not stay":   {"SetAutostart off", map[string]output{dominfo: enabled, noStart: {}}, []string{dominfo, noStart, dominfo}, upgrade.Refused},
		"autostart is refused":                      {"SetAutostart off", map[string]output{dominfo: enabled, noStart: refused}, []string{dominfo, noStart}, upgrade.Refused},
		"the info is refused":                       {"SetAutostart on", map[string]output{dominfo: refused}, []string{dominfo}, upgrade.Refused},
		"the info lacks autostart":                  {"SetAutostart on", map[string]output{dominfo: {stdout: "Name: vSRX-a.1\n"}}, []string{dominfo}, upgrade.Malformed},
		"the autostart is a riddle":                 {"SetAutostart on", map[string]output{dominfo: {stdout: "Autostart: perhaps\n"}}, []string{dominfo}, upgrade.Malformed},
		"a backup's folder is gone":                 {"Backup", map[string]output{folder: {stderr: "ls: cannot access\n", status: 2}}, []string{folder}, upgrade.Refused},
		"a backup cannot be measured":               {"Backup", map[string]output{folder: {stdout: "vSRX_Image.qcow2.backup\n"}, backupOf: refused}, []string{folder, backupOf}, upgrade.Refused},
		"a backup's size is a riddle":               {"Backup", map[string]output{folder: {stdout: "vSRX_Image.qcow2.backup\n"}, backupOf: {stdout: "-1\n"}}, []string{folder, backupOf}, upgrade.Malformed},
		"a connection is cut in a look for backups": {"Backup", map[string]output{folder: {hangUp: true}}, []string{folder}, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			h := (&host{outputs: c.outputs}).start(t)
			err := acts()[c.act](t.Context(), h.dial(t), "vSRX-a.1")
			wantKind(t, err, c.want)
			if err != nil && !strings.Contains(err.Error(), "vSRX-a.1") {
				t.Errorf("the error does not name the machine: %v", err)
			}
			if ran := h.commands(); !slices.Equal(ran, c.ran) {
				t.Errorf("ran %q, want %q", ran, c.ran)
			}
		})
	}
}

func TestTheBackupIsFoundWithItsSize(t *testing.T) {
	for name, c := range map[string]struct {
		files string
		size  int64
		there bool
	}{
		"beside the image":          {"vSRX_Image.qcow2\nvSRX_Image.qcow2.backup\n", 5368709120, true},
		"not where it is missing":   {"vSRX_Image.qcow2\n", 0, false},
		"not in an empty folder":    {"", 0, false},
		"not under a similar name ": {"vSRX_Image.qcow2.backup.old\n", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := (&host{outputs: map[string]output{folder: {stdout: c.files}, backupOf: {stdout: "5368709120\n"}}}).start(t)
			size, there, err := h.dial(t).Backup(t.Context(), "vSRX-a.1")
			if size != c.size || there != c.there || err != nil {
				t.Errorf("found %d, %t, %v, want %d, %t", size, there, err, c.size, c.there)
			}
		})
	}
}

func TestWorkOnAnImageEndsWithItsContext(t *testing.T) {
	const compare = "cmp -s /var/lib/libvirt/images/vSRX-a.1/vSRX_Image.qcow2.backup /var/lib/libvirt/images/vSRX-a.1/vSRX_Image.qcow2"
	outputs := map[string]output{domstate: {stdout: "shut off\n"}, folder: {stdout: "vSRX_Image.qcow2\nvSRX_Image.qcow2.backup\n"}, compare: {silent: true}}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the attempt is over")
	h := (&host{outputs: outputs, onCommand: func(command string) {
		if command == compare {
			cancel(gone)
		}
	}}).start(t)
	err := h.dial(t).RestoreImage(ctx, "vSRX-a.1")
	wantKind(t, err, upgrade.Unreachable)
	if !errors.Is(err, gone) {
		t.Errorf("the error %v hides why it ended", err)
	}
}
