package kvmhost

import (
	"context"
	"crypto/rand"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// backupName is the image of the old version that a version-changing reload leaves on the other host, until that host is
// reloaded too (IBM: vsrx-rollback-reload).
const backupName = imageName + ".backup"

// unfinished is a copy that an attempt has left behind; each attempt has a name of its own.
var unfinished = regexp.MustCompile(`^vSRX_Image\.qcow2\.restore-[A-Z2-7]{26}$`)

// Backup finds the backup of a vSRX's disk image: its size in bytes, and whether it exists. A host that cannot show the
// folder is an error, not a missing backup. Errors are of kind Invalid (the name), Refused, Malformed or Unreachable.
func (h *Host) Backup(ctx context.Context, domain string) (size int64, exists bool, err error) {
	const what = "looking for the backup image of %s"
	files, err := h.imageFiles(ctx, domain)
	if err != nil || !slices.Contains(files, backupName) {
		return 0, false, doing(err, what, domain)
	}
	said, err := h.one(ctx, "LC_ALL=C timeout 5 stat -c %s "+imageFolder(domain)+"/"+backupName)
	if err != nil {
		return 0, false, doing(err, what, domain)
	}
	if size, err = strconv.ParseInt(strings.TrimSpace(said), 10, 64); err != nil || size < 0 {
		return 0, false, doing(upgrade.Errorf(upgrade.Malformed, "stat gives the size %q", strings.TrimSpace(said)), what, domain)
	}
	return size, true, nil
}

// RestoreImage puts the backup in the place of a vSRX's disk image, byte for byte (IBM: vsrx-rollback-reload). It
// refuses (Unhealthy) while the machine is not shut off. The copy is made beside the image, compared, and renamed over
// it in one step, so that neither a dead worker nor a full disk leaves half an image; an image that equals the backup
// is left alone. It takes minutes and has no limit but ctx; a copy that ctx has left running on the host fills a name
// that nothing uses, and the next attempt removes it. Other errors are of kind Invalid (the name), NotFound (no backup),
// Refused, Malformed or Unreachable.
func (h *Host) RestoreImage(ctx context.Context, domain string) error {
	return doing(h.restore(ctx, domain), "restoring the disk image of %s", domain)
}

func (h *Host) restore(ctx context.Context, domain string) error {
	state, err := h.state(ctx, domain)
	if err != nil {
		return err
	}
	if state != shutOff {
		return notOff(state)
	}
	files, err := h.imageFiles(ctx, domain)
	if err != nil {
		return err
	}
	if !slices.Contains(files, backupName) {
		return upgrade.Errorf(upgrade.NotFound, "there is no %s on %s", backupName, h.address).
			Advise("without the backup there is no way back to the old version: open a case with IBM Support")
	}
	if err := h.removeCopies(ctx, domain, files); err != nil {
		return err
	}
	present := slices.Contains(files, imageName)
	if present {
		same, err := h.sameImage(ctx, domain)
		if err != nil || same {
			return err
		}
	}
	temporary := imageName + ".restore-" + rand.Text()
	err = h.copyBackup(ctx, domain, temporary, present)
	if err == nil {
		err = h.replaceImage(ctx, domain, temporary)
	}
	if err != nil {
		// What cannot be removed now, the next attempt removes; the first error is the one to tell.
		_ = h.removeCopies(ctx, domain, []string{temporary})
	}
	return err
}

func notOff(state string) error {
	return upgrade.Errorf(upgrade.Unhealthy, "it is %s; a disk image in use must not be replaced", state).
		Advise("power the vSRX off first")
}

// imageFiles lists the folder of a vSRX's disk image.
func (h *Host) imageFiles(ctx context.Context, domain string) ([]string, error) {
	if err := checkName(domain); err != nil {
		return nil, err
	}
	said, err := h.one(ctx, "LC_ALL=C timeout 5 ls -1 "+imageFolder(domain))
	if err != nil {
		return nil, err
	}
	return strings.Split(said, "\n"), nil
}

// removeCopies removes what earlier attempts have left behind.
func (h *Host) removeCopies(ctx context.Context, domain string, files []string) error {
	var paths []string
	for _, file := range files {
		if unfinished.MatchString(file) {
			paths = append(paths, imageFolder(domain)+"/"+file)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	_, err := h.one(ctx, "rm -f "+strings.Join(paths, " "))
	return err
}

// sameImage compares image and backup; cmp(1) ends with 1 when they differ, at once when their sizes do.
func (h *Host) sameImage(ctx context.Context, domain string) (bool, error) {
	folder := imageFolder(domain)
	command := "cmp -s " + folder + "/" + backupName + " " + folder + "/" + imageName
	replies, err := h.exchange(ctx, []string{command})
	if err != nil {
		return false, err
	}
	if r := replies[0]; r.status > 1 {
		return false, upgrade.Errorf(upgrade.Refused, "running %q on %s: %w", command, h.address, r.failed())
	}
	return replies[0].status == 0, nil
}

// copyBackup copies the backup to another name beside it, with the owner and the rights of the image, and sees to it
// that all of it is on the disk.
func (h *Host) copyBackup(ctx context.Context, domain, temporary string, like bool) error {
	folder := imageFolder(domain)
	from, to := folder+"/"+backupName, folder+"/"+temporary
	commands := []string{"LC_ALL=C cp --preserve=mode,ownership " + from + " " + to}
	if like {
		commands = append(commands, "LC_ALL=C cp --attributes-only --preserve=mode,ownership "+folder+"/"+imageName+" "+to)
	}
	command := strings.Join(append(commands, "cmp -s "+from+" "+to, "sync "+to), " && ")
	replies, err := h.exchange(ctx, []string{command})
	if err != nil {
		return err
	}
	if err := replies[0].failed(); err != nil {
		return upgrade.Errorf(upgrade.Refused, "copying %s on %s: %w", from, h.address, err)
	}
	return nil
}

// replaceImage renames the copy over the image, unless somebody has started the machine meanwhile: the look and the act
// are one command, because this one may reach the host late.
func (h *Host) replaceImage(ctx context.Context, domain, temporary string) error {
	folder := imageFolder(domain)
	command := virsh + "domstate " + domain + " | grep -q '^" + shutOff + "$' && LC_ALL=C mv -fT " +
		folder + "/" + temporary + " " + folder + "/" + imageName + " && sync " + folder
	replies, err := h.ask(ctx, command)
	if err != nil {
		return err
	}
	r := replies[0]
	if r.status == 1 && strings.TrimSpace(r.errs) == "" {
		return notOff("not shut off any more")
	}
	if err := r.failed(); err != nil {
		return upgrade.Errorf(upgrade.Refused, "renaming %s on %s: %w", temporary, h.address, err)
	}
	return nil
}
