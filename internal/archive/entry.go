package archive

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/upgrade"
)

// Sum is what identifies a run of bytes.
type Sum struct {
	Digest string `json:"digest"` // SHA-256, hexadecimal
	Size   int64  `json:"size"`   // bytes
}

// Entry is one blob with what is known of its storage. The digest and the size of the blob are those of the content,
// before encryption.
type Entry struct {
	upgrade.Blob
	Kind      Kind      `json:"kind"`
	Encrypted bool      `json:"encrypted"`
	Stored    Sum       `json:"stored"` // of the object as it lies in the bucket
	At        time.Time `json:"at"`     // when it was stored
}

// maxEntry is the most that an entry may measure, in bytes: a key has at most a kilobyte.
const maxEntry = 16 << 10

// Entry finds what is stored under a key. Kinds of error: Invalid for the key, NotFound, Malformed for an entry that
// cannot be read, Unreachable for the bucket.
func (a *Archive) Entry(ctx context.Context, key string) (Entry, error) {
	if err := checkKey(key); err != nil {
		return Entry{}, err
	}
	r, err := a.bucket.NewReader(ctx, key+entrySuffix, nil)
	if err != nil {
		return Entry{}, a.missing(ctx, err, key)
	}
	defer r.Close()
	if r.Size() > maxEntry {
		return Entry{}, unreadable(key)
	}
	text := make([]byte, r.Size())
	if _, err := io.ReadFull(r, text); err != nil {
		return Entry{}, failure(err, "reading the entry of %s", key)
	}
	var e Entry
	if err := json.Unmarshal(text, &e); err != nil || e.Key != key || !belongs(objectOf(e.Blob), key) || e.Encrypted != isSealed(objectOf(e.Blob)) {
		return Entry{}, unreadable(key)
	}
	return e, nil
}

func unreadable(key string) error {
	return upgrade.Errorf(upgrade.Malformed, "the entry of %s in the archive cannot be read", key).
		Advise("look at %s; the content itself may be well, its digest stands in the upgrade's report", key+entrySuffix)
}

// missing tells an object that is not there from a bucket that is not.
func (a *Archive) missing(ctx context.Context, err error, key string) error {
	if gcerrors.Code(err) != gcerrors.NotFound {
		return failure(err, "looking for %s in the archive", key)
	}
	if err := a.reach(ctx); err != nil {
		return err
	}
	return upgrade.Errorf(upgrade.NotFound, "%s is not in the archive: %w", key, err).
		Advise("check that this archive is the one it was stored in")
}

// commit writes the entry, which makes the content count. It gives the entry that stands under the key afterwards:
// another one where another writer was quicker.
func (a *Archive) commit(ctx context.Context, e Entry) (Entry, error) {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return Entry{}, upgrade.Errorf(upgrade.Internal, "writing the entry of %s: %w", e.Key, err)
	}
	err = a.publish(ctx, e.Key+entrySuffix, append(text, '\n'))
	if err != nil && gcerrors.Code(err) != gcerrors.FailedPrecondition {
		return Entry{}, failure(err, "writing the entry of %s to the archive", e.Key)
	}
	stands, err := a.Entry(ctx, e.Key)
	if err == nil && objectOf(stands.Blob) == objectOf(e.Blob) && stands != e { // ours, but not as written
		return Entry{}, unreadable(e.Key)
	}
	return stands, err
}

// publish writes a small object under a name that must be free; its errors are the bucket's.
func (a *Archive) publish(ctx context.Context, name string, text []byte) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := a.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/json", IfNotExist: true})
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		cancel() // keeps the driver from publishing a part
		return errors.Join(err, w.Close())
	}
	return a.finish(name, w, cancel)
}

// finish lets a written object appear under its name, unless the name is taken, and on the disk.
func (a *Archive) finish(name string, w *blob.Writer, cancel func()) error {
	if a.disk == nil {
		return w.Close()
	}
	unlock, err := a.disk.lock()
	if err != nil {
		cancel()
		return errors.Join(err, w.Close())
	}
	err = w.Close()
	unlock()
	if err != nil {
		return err
	}
	return a.disk.sync(name)
}
