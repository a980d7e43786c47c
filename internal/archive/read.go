package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"filippo.io/age"
	"gocloud.dev/blob"

	"vsrx-upgrade/internal/upgrade"
)

// meter digests and counts what goes through it, and remembers the failure of what it reads from, to tell it from that
// of whoever reads.
type meter struct {
	from   io.Reader
	digest hash.Hash
	size   int64
	err    error
}

func newMeter(from io.Reader) *meter { return &meter{from: from, digest: sha256.New()} }

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.digest.Write(p[:n]) // a hash never fails
	m.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

func (m *meter) Write(p []byte) (int, error) {
	m.digest.Write(p)
	m.size += int64(len(p))
	return len(p), nil
}

func (m *meter) sum() Sum { return Sum{Digest: hex.EncodeToString(m.digest.Sum(nil)), Size: m.size} }

// drain reads everything that a source gives. A failure keeps the source's kind.
func drain(key string, r io.Reader) (Sum, error) {
	m := newMeter(r)
	if _, err := io.Copy(io.Discard, m); err != nil {
		return Sum{}, sourceFailure(key, err)
	}
	return m.sum(), nil
}

func sourceFailure(key string, err error) error {
	return upgrade.Errorf(upgrade.KindOf(err), "reading what the archive is to keep as %s: %w", key, err)
}

// object is one that is being read: raw is what lies in the bucket, plain what was put.
type object struct {
	key    string
	bucket *blob.Reader
	raw    *meter
	plain  *meter // the same as raw where it is not encrypted, nil where it has not been decrypted
}

// open begins to read an object as it lies in the bucket. Kinds of error: NotFound, Denied, Unreachable.
func (a *Archive) open(ctx context.Context, name, key string) (*object, error) {
	r, err := a.bucket.NewReader(ctx, name, nil)
	if err != nil {
		return nil, a.missing(ctx, err, key)
	}
	o := &object{key: key, bucket: r, raw: newMeter(r)}
	if !isSealed(name) {
		o.plain = o.raw
	}
	return o, nil
}

// decrypt begins to read the content of an encrypted object. Kinds of error: Denied when no identity opens it,
// Malformed, Unreachable.
func (o *object) decrypt(identities []age.Identity) error {
	if o.plain != nil {
		return nil
	}
	content, err := age.Decrypt(o.raw, identities...)
	if err != nil {
		return o.failure(err)
	}
	o.plain = newMeter(content)
	return nil
}

// failure tells what went wrong while reading: the bucket, the key or the content.
func (o *object) failure(err error) error {
	var stranger *age.NoIdentityMatchError
	switch {
	case o.raw.err != nil:
		return failure(o.raw.err, "reading %s from the archive", o.key)
	case errors.As(err, &stranger):
		return upgrade.Errorf(upgrade.Denied, "%s in the archive is encrypted to none of the identities at hand", o.key).
			Advise("name the file with the identity of one of its recipients by VSRX_ARCHIVE_IDENTITY")
	}
	return upgrade.Errorf(upgrade.Malformed, "%s in the archive is not what was stored: decrypting it: %w", o.key, err).Advise("%s", spoilt)
}

const spoilt = "do not use it; look for another copy of the configuration"

// check reads an entry's object to its end and compares it with the entry: what lies in the bucket always, and the
// content where an identity opens it or it is not encrypted. It reports whether the content was compared.
func (a *Archive) check(ctx context.Context, e Entry) (content bool, err error) {
	o, err := a.open(ctx, objectOf(e.Blob), e.Key)
	if err != nil {
		return false, err
	}
	defer o.bucket.Close() // what went wrong shows while reading
	var decrypting error
	if len(a.identities) > 0 {
		decrypting = o.decrypt(a.identities)
	}
	if o.plain != nil && decrypting == nil {
		if _, err := io.Copy(io.Discard, o.plain); err != nil {
			decrypting = o.failure(err)
		}
	}
	// Where the object itself has changed, that is the reason for whatever went wrong when decrypting it.
	if _, err := io.Copy(io.Discard, o.raw); err != nil {
		return false, o.failure(err)
	}
	if got := o.raw.sum(); got != e.Stored {
		return false, upgrade.Errorf(upgrade.Malformed, "%s in the archive is not what was stored: %s", e.Key, difference(got, e.Stored)).Advise("%s", spoilt)
	}
	if decrypting != nil || o.plain == nil {
		return false, decrypting
	}
	if want := (Sum{Digest: e.Digest, Size: e.Size}); o.plain.sum() != want {
		return false, upgrade.Errorf(upgrade.Malformed, "%s in the archive decrypts to what was not stored: %s", e.Key, difference(o.plain.sum(), want)).Advise("%s", spoilt)
	}
	return true, nil
}

func difference(got, want Sum) string {
	switch {
	case got.Size < want.Size:
		return "it is cut short"
	case got.Size > want.Size:
		return "it is longer"
	}
	return "its digest differs"
}
