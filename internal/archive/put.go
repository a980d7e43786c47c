package archive

import (
	"context"
	"io"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/upgrade"
)

// Put stores what r gives under the key, encrypted, reads it back and compares, and only then enters it. The same
// content again changes nothing and gives the same Blob; other content under a key in use is refused. After an error
// nothing stands under the key that did not before. Kinds of error: Invalid for the key and for an archive that must not
// store plaintext, Refused, Malformed when the blob does not read back, Unreachable and Denied for the bucket; r's own
// error keeps its kind.
func (a *Archive) Put(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error) {
	if err := checkKey(key); err != nil {
		return upgrade.Blob{}, err
	}
	if len(a.recipients) == 0 && !a.plaintext {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Invalid, "the archive has no recipient to encrypt %s to", key).
			Advise("set VSRX_ARCHIVE_RECIPIENTS to what starter keys new prints, or VSRX_ARCHIVE_PLAINTEXT=yes where the storage itself is encrypted and closed")
	}
	if err := a.reach(ctx); err != nil {
		return upgrade.Blob{}, err
	}
	stands, err := a.Entry(ctx, key)
	switch upgrade.KindOf(err) {
	case "":
		given, err := drain(key, r)
		if err != nil {
			return upgrade.Blob{}, err
		}
		return a.settle(ctx, stands, given)
	case upgrade.NotFound:
		return a.store(ctx, key, r)
	}
	return upgrade.Blob{}, err
}

// store puts a key that has no entry yet.
func (a *Archive) store(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error) {
	name, err := a.freeName(ctx, key)
	if err != nil {
		return upgrade.Blob{}, err
	}
	e, taken, err := a.write(ctx, key, name, r)
	if err != nil {
		return upgrade.Blob{}, err
	}
	if taken {
		return a.outrun(ctx, e)
	}
	if _, err := a.check(ctx, e); err != nil {
		if kind := upgrade.KindOf(err); kind == upgrade.Malformed || kind == upgrade.Denied {
			return upgrade.Blob{}, a.reject(ctx, name, err)
		}
		return upgrade.Blob{}, err // the object may be well; without an entry it counts for nothing
	}
	stands, err := a.commit(ctx, e)
	if err != nil {
		return upgrade.Blob{}, err // the entry may have been written all the same: its object must stay
	}
	if objectOf(stands.Blob) == name {
		return stands.Blob, nil
	}
	_ = a.bucket.Delete(ctx, name) // another writer was quicker; without an entry ours counts for nothing, also where it stays
	return a.settle(ctx, stands, Sum{Digest: e.Digest, Size: e.Size})
}

// freeName is where the content goes: beside what a dead writer left, which nobody may take for whole or overwrite.
func (a *Archive) freeName(ctx context.Context, key string) (string, error) {
	suffix := ""
	if len(a.recipients) > 0 {
		suffix = sealedSuffix
	}
	switch there, err := a.bucket.Exists(ctx, key+suffix); {
	case err != nil:
		return "", failure(err, "looking for %s in the archive", key)
	case there:
		return besideName(key) + suffix, nil
	}
	return key + suffix, nil
}

// write streams r into a new object and describes it. Cancelling before closing is what keeps a driver from publishing a
// part of it. taken means that another writer has published the name meanwhile.
func (a *Archive) write(ctx context.Context, key, name string, r io.Reader) (e Entry, taken bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// One part at a time: ten megabytes need no parallel upload, whose buffers would outweigh them.
	w, err := a.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/octet-stream", IfNotExist: true, MaxConcurrency: 1})
	if err != nil {
		return Entry{}, false, failure(err, "writing %s to the archive", key)
	}
	content, stored := newMeter(r), newMeter(nil)
	if err := a.fill(io.MultiWriter(w, stored), content); err != nil {
		cancel()
		_ = w.Close() // reports the cancellation
		if content.err != nil {
			return Entry{}, false, sourceFailure(key, content.err)
		}
		return Entry{}, false, failure(err, "writing %s to the archive", key)
	}
	got := content.sum()
	e = Entry{Blob: upgrade.Blob{Key: key, Digest: got.Digest, Size: got.Size}, Kind: kindOf(key), Encrypted: isSealed(name), Stored: stored.sum(), At: a.now().UTC().Truncate(time.Millisecond)}
	if name != key {
		e.Object = name
	}
	err = a.finish(name, w, cancel)
	if gcerrors.Code(err) == gcerrors.FailedPrecondition {
		return e, true, nil
	}
	if err != nil {
		return Entry{}, false, failure(err, "writing %s to the archive", key)
	}
	return e, false, nil
}

// fill encrypts all of r into w.
func (a *Archive) fill(w io.Writer, r io.Reader) error {
	sealed, err := a.seal(w)
	if err != nil {
		return err
	}
	if _, err := io.Copy(sealed, r); err != nil {
		return err
	}
	return sealed.Close()
}

// outrun judges content whose name another writer has taken between our look and the end of our writing. r is spent by
// now, so that without an entry of the other's only a retry can store it.
func (a *Archive) outrun(ctx context.Context, given Entry) (upgrade.Blob, error) {
	stands, err := a.Entry(ctx, given.Key)
	if upgrade.KindOf(err) == upgrade.NotFound {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "another writer is storing %s at this moment", given.Key).Advise("retry")
	}
	if err != nil {
		return upgrade.Blob{}, err
	}
	return a.settle(ctx, stands, Sum{Digest: given.Digest, Size: given.Size})
}

// settle accepts what is entered already for what was given, if it is the same and still well.
func (a *Archive) settle(ctx context.Context, stands Entry, given Sum) (upgrade.Blob, error) {
	if given != (Sum{Digest: stands.Digest, Size: stands.Size}) {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Refused, "the archive holds other content under %s already", stands.Key).
			Advise("evidence is never overwritten; store it under another key")
	}
	if _, err := a.check(ctx, stands); err != nil {
		return upgrade.Blob{}, err
	}
	return stands.Blob, nil
}

// reject removes an object of ours that does not read back, for it is no evidence of anything.
func (a *Archive) reject(ctx context.Context, name string, cause error) error {
	if err := a.bucket.Delete(ctx, name); err != nil {
		return failure(err, "removing %s, which does not read back as written, from the archive", name)
	}
	return upgrade.Errorf(upgrade.KindOf(cause), "reading back what was written: %w", cause).Advise("check the storage behind the archive")
}
