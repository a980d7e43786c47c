package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"vsrx-upgrade/internal/upgrade"
)

// Get gives the content of a blob, decrypted. Instead of io.EOF the reader gives an error of kind Malformed when the
// whole has another digest than b, so what was read is to be used only after io.EOF. Kinds of error: Invalid for b
// itself and for an encrypted blob without an identity, Denied when the identity does not open it, NotFound, Malformed,
// Unreachable for the bucket.
func (a *Archive) Get(ctx context.Context, b upgrade.Blob) (io.ReadCloser, error) {
	if err := checkKey(b.Key); err != nil {
		return nil, err
	}
	if sum, err := hex.DecodeString(b.Digest); err != nil || len(sum) != sha256.Size {
		return nil, upgrade.Errorf(upgrade.Invalid, "%q is not a SHA-256 digest of %s", b.Digest, b.Key)
	}
	name := objectOf(b)
	if !belongs(name, b.Key) {
		return nil, upgrade.Errorf(upgrade.Invalid, "%q is no object of %s in the archive", name, b.Key)
	}
	if isSealed(name) && len(a.identities) == 0 {
		return nil, upgrade.Errorf(upgrade.Invalid, "%s in the archive is encrypted, and there is no identity to open it", b.Key).
			Advise("name the file with the identity of one of its recipients by VSRX_ARCHIVE_IDENTITY")
	}
	o, err := a.open(ctx, name, b.Key)
	if err != nil {
		return nil, err
	}
	if err := o.decrypt(a.identities); err != nil {
		_ = o.bucket.Close() // reading has failed already
		return nil, err
	}
	return &checked{o, b}, nil
}

// checked reads a blob and compares its digest at the end.
type checked struct {
	*object
	want upgrade.Blob
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.plain.Read(p)
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, c.failure(err)
	case c.plain.sum() != Sum{Digest: c.want.Digest, Size: c.want.Size}:
		return n, upgrade.Errorf(upgrade.Malformed, "%s in the archive is not what was stored: its digest differs", c.want.Key).Advise("%s", spoilt)
	}
	return n, io.EOF
}

// Close gives the bucket's reader back.
func (c *checked) Close() error {
	if err := c.bucket.Close(); err != nil {
		return failure(err, "reading %s from the archive", c.want.Key)
	}
	return nil
}
