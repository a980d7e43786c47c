package kvmhost_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// programs is a folder of shell scripts under the names of programs.
func programs(t *testing.T, texts map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestARealBashUnderstandsTheQuestions(t *testing.T) {
	folder := programs(t, map[string]string{
		"findmnt": "echo 'ext4 rw'", "telnet": "true", "ip": `case $1 in route) exit 2;; *) printf 'vnet0 UP\nlo UNKNOWN';; esac`,
		"ss":     "echo 'State x'; echo 'ESTAB 0 0 127.0.0.1:8623 127.0.0.1:4'; echo 'a warning' >&2",
		"virsh":  `case "$1 $2 $3 $4" in "list --all --name ") printf 'vSRX-a.1\nprobe\n\n';; "list --all  ") printf ' Id Name State\n--\n 3 vSRX-a.1 running\n 4 probe running\n\n';; "dumpxml --domain vSRX-a.1 ") cat <<XML` + "\n" + fit()[describe].stdout + "\nXML\n;; *) exit 9;; esac",
		"stat":   "echo 4096",
		"df":     "printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/x 4 1 3 25%% /\\n'",
		"getent": "exit 2",
	})
	h := &host{whole: bash(t, folder, "/etc/apt/sources.list ", filepath.Join(folder, "none")+" ", "/etc/apt/sources.list.d", folder)}
	if err := os.WriteFile(filepath.Join(folder, "ubuntu.sources"), []byte("URIs: http://127.0.0.1:1/ubuntu\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	q := asked()
	q.PeerAddress, q.DeviceAddress = "127.0.0.1", ""
	got := h.start(t).dial(t).Facts(t.Context(), q)
	if got.Error != "" || got.RootFS != "ext4" || !got.Telnet || got.ServiceRoute || got.ImageBytes != 4096 || got.FreeBytes != 3072 ||
		len(got.Consoles) != 1 || !got.ConsoleOpen || len(got.ControlLinks) != 1 || got.PeerSSH == nil || got.CheckLog != "" {
		t.Errorf("read %+v", got)
	}
	// What this machine is made of decides about the others; the address in place of a name is not asked for.
	for _, u := range got.Unread {
		if u.Item != "bonds" && u.Item != "memoryKb" && u.Item != "resolves" {
			t.Errorf("%s is unread: %s", u.Item, u.Reason)
		}
	}
}

// disk is a folder of images on which a real Bash works, with a virsh that says the state in a file.
type disk struct {
	t      *testing.T
	folder string
	host   *host
}

const (
	oldImage = "the image as the old version left it, longer"
	backup   = "the image of the old version"
)

func newDisk(t *testing.T, extra map[string]string) disk {
	t.Helper()
	images := t.TempDir()
	d := disk{t: t, folder: filepath.Join(images, "vSRX-a.1")}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	d.write("state", "shut off")
	d.write("vSRX_Image.qcow2", oldImage)
	d.write("vSRX_Image.qcow2.backup", backup)
	texts := map[string]string{"virsh": "cat " + d.folder + "/state; echo; echo"}
	for name, text := range extra {
		texts[name] = strings.ReplaceAll(text, "FOLDER", d.folder)
	}
	d.host = (&host{whole: bash(t, programs(t, texts), "/var/lib/libvirt/images", images)}).start(t)
	return d
}

func (d disk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.folder, name), []byte(text), 0o640); err != nil {
		d.t.Fatal(err)
	}
}

func (d disk) remove(name string) {
	d.t.Helper()
	if err := os.Remove(filepath.Join(d.folder, name)); err != nil {
		d.t.Fatal(err)
	}
}

// wants compares the folder's content; names that are not listed must not be there.
func (d disk) wants(files map[string]string) {
	d.t.Helper()
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		if _, wanted := files[e.Name()]; !wanted && e.Name() != "state" {
			d.t.Errorf("the folder holds %s", e.Name())
		}
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(d.folder, name)); err != nil || string(got) != want {
			d.t.Errorf("%s holds %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestTheBackupTakesTheImagesPlaceOnARealDisk(t *testing.T) {
	restored := map[string]string{"vSRX_Image.qcow2": backup, "vSRX_Image.qcow2.backup": backup}
	leftover := "vSRX_Image.qcow2.restore-" + strings.Repeat("A", 26)
	for name, change := range map[string]func(disk){
		"when all is as it should be":       func(disk) {},
		"when it has taken it already":      func(d disk) { d.write("vSRX_Image.qcow2", backup) },
		"when there is no image":            func(d disk) { d.remove("vSRX_Image.qcow2") },
		"when an attempt left half a copy":  func(d disk) { d.write(leftover, "the image") },
		"when both have one size":           func(d disk) { d.write("vSRX_Image.qcow2", strings.ToUpper(backup)) },
		"when it is the second call of two": func(d disk) { restoreOn(d) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t, nil)
			if change(d); t.Failed() {
				return
			}
			if err := restoreOn(d); err != nil {
				t.Fatal(err)
			}
			d.wants(restored)
			if info, err := os.Stat(filepath.Join(d.folder, "vSRX_Image.qcow2")); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("the image's rights are %v, %v", info.Mode(), err)
			}
		})
	}
	t.Run("and a file of another name stays", func(t *testing.T) {
		d := newDisk(t, nil)
		d.write("vSRX_Image.qcow2.restore-mine", "somebody's")
		if err := restoreOn(d); err != nil {
			t.Fatal(err)
		}
		d.wants(map[string]string{"vSRX_Image.qcow2": backup, "vSRX_Image.qcow2.backup": backup, "vSRX_Image.qcow2.restore-mine": "somebody's"})
	})
}

func restoreOn(d disk) error {
	d.t.Helper()
	return d.host.dial(d.t).RestoreImage(d.t.Context(), "vSRX-a.1")
}

func TestARealDiskKeepsItsImageWhere(t *testing.T) {
	untouched := map[string]string{"vSRX_Image.qcow2": oldImage, "vSRX_Image.qcow2.backup": backup}
	for name, c := range map[string]struct {
		extra  map[string]string
		change func(disk)
		want   upgrade.Kind
	}{
		"the machine runs":           {map[string]string{"cp": "echo ran > FOLDER/copied"}, func(d disk) { d.write("state", "running") }, upgrade.Unhealthy},
		"the machine is paused":      {map[string]string{"cp": "echo ran > FOLDER/copied"}, func(d disk) { d.write("state", "paused") }, upgrade.Unhealthy},
		"virsh fails":                {map[string]string{"virsh": "exit 1"}, nil, upgrade.Refused},
		"virsh says nothing":         {nil, func(d disk) { d.write("state", "") }, upgrade.Malformed},
		"the disk is full":           {map[string]string{"cp": `eval to=\${$#}; echo half > $to; echo 'No space left on device' >&2; exit 1`}, nil, upgrade.Refused},
		"the copy differs":           {map[string]string{"cp": `eval to=\${$#}; echo something else > $to`}, nil, upgrade.Refused},
		"the copy does not stay":     {map[string]string{"sync": "exit 1"}, nil, upgrade.Refused},
		"the comparison fails":       {map[string]string{"cmp": "exit 2"}, nil, upgrade.Refused},
		"the rename fails":           {map[string]string{"mv": "echo 'Read-only file system' >&2; exit 1"}, nil, upgrade.Refused},
		"somebody starts it halfway": {map[string]string{"sync": "echo running > FOLDER/state"}, nil, upgrade.Unhealthy},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t, c.extra)
			if c.change != nil {
				c.change(d)
			}
			wantKind(t, restoreOn(d), c.want)
			d.wants(untouched)
		})
	}
	t.Run("there is no backup", func(t *testing.T) {
		d := newDisk(t, nil)
		d.remove("vSRX_Image.qcow2.backup")
		err := restoreOn(d)
		wantKind(t, err, upgrade.NotFound)
		if !strings.Contains(upgrade.AdviceOf(err), "IBM Support") {
			t.Errorf("the advice is %q", upgrade.AdviceOf(err))
		}
		d.wants(map[string]string{"vSRX_Image.qcow2": oldImage})
	})
}
