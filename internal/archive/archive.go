package archive

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"time"

	"filippo.io/age"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/upgrade"
)

// Config says where the archive is and who may read it.
type Config struct {
	// URL names the bucket, such as file:///var/lib/vsrx-upgrade?no_tmp_dir=true&metadata=skip: files appear by renaming,
	// which works only within one file system, and need no second file of the driver's beside each.
	URL string
	// Recipients are age recipients (age1…); what is put is encrypted to each of them. Without any, Put refuses.
	Recipients []string
	// Identity is the path of a file with age identities, "" where encrypted content need not be read.
	Identity string
	// Plaintext lets Put store what is not encrypted; it goes with no recipients only.
	Plaintext bool
	// Now is the clock of the entries; nil is time.Now.
	Now func() time.Time
}

// Archive stores blobs in one bucket. It is safe for concurrent use, also by several processes.
type Archive struct {
	bucket     *blob.Bucket
	disk       *disk // nil where the bucket is no folder
	recipients []age.Recipient
	identities []age.Identity
	plaintext  bool
	now        func() time.Time
}

// Open opens the bucket and reads the keys. With both, it proves that the identities open what is encrypted to the
// recipients. Errors are of kind Invalid.
func Open(ctx context.Context, c Config) (*Archive, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.User != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "opening the archive: its bucket URL is none, or holds a login").
			Advise("set a bucket URL such as file:///var/lib/vsrx-upgrade; credentials come from the driver's own settings")
	}
	a := &Archive{plaintext: c.Plaintext, now: c.Now}
	if a.now == nil {
		a.now = time.Now
	}
	if err := a.readKeys(c); err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		if a.disk, err = newDisk(u); err != nil {
			return nil, err
		}
	}
	if a.bucket, err = blob.OpenBucket(ctx, c.URL); err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "opening the archive: %w", err).
			Advise("set a bucket URL of a scheme this program knows; a folder must exist and be writable")
	}
	return a, nil
}

// Close gives the bucket back.
func (a *Archive) Close() error {
	if err := a.bucket.Close(); err != nil {
		return upgrade.Errorf(upgrade.Unreachable, "closing the archive: %w", err)
	}
	return nil
}

// reach tells a bucket that is gone from one that merely lacks an object.
func (a *Archive) reach(ctx context.Context) error {
	if a.disk != nil {
		return a.disk.reach()
	}
	switch there, err := a.bucket.IsAccessible(ctx); {
	case err != nil:
		return failure(err, "looking at the archive's bucket")
	case !there:
		return upgrade.Errorf(upgrade.Unreachable, "the archive's bucket is not there").
			Advise("check VSRX_ARCHIVE; create the bucket, or bring it back")
	}
	return nil
}

// failure gives a bucket's error its kind. Storage that declines for want of rights does so again; the rest may pass.
func failure(err error, doing string, args ...any) error {
	kind, advice := upgrade.Unreachable, "check the storage behind the archive: space, network, mount; then retry"
	if gcerrors.Code(err) == gcerrors.PermissionDenied || errors.Is(err, fs.ErrPermission) {
		kind, advice = upgrade.Denied, "check the rights of this program on the storage behind the archive"
	}
	return upgrade.Errorf(kind, doing+": %w", append(args, err)...).Advise("%s", advice)
}
