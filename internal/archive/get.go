package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/upgrade"
)

// Get gives the content of a blob. Instead of io.EOF the reader gives an error of kind Malformed when the whole has
// another digest than b, so what was read is to be used only after io.EOF. Kinds of error: Invalid for b's key and
// digest, NotFound, Unreachable for the bucket.
func (a *Archive) Get(ctx context.Context, b upgrade.Blob) (io.ReadCloser, error) {
	if err := checkKey(b.Key); err != nil {
		return nil, err
	}
	if sum, err := hex.DecodeString(b.Digest); err != nil || len(sum) != sha256.Size {
		return nil, upgrade.Errorf(upgrade.Invalid, "%q is not a SHA-256 digest of %s", b.Digest, b.Key)
	}
	r, err := a.bucket.NewReader(ctx, b.Key, nil)
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
		return nil, upgrade.Errorf(upgrade.NotFound, "reading %s from the archive: %w", b.Key, err).
			Advise("check that the worker's archive is the one it was stored in")
	case err != nil:
		return nil, upgrade.Errorf(upgrade.Unreachable, "reading %s from the archive: %w", b.Key, err)
	}
	return &checked{from: r, want: b, digest: sha256.New()}, nil
}

// checked reads a blob and compares its digest at the end.
type checked struct {
	from   *blob.Reader
	want   upgrade.Blob
	digest hash.Hash
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.digest.Write(p[:n]) // a hash never fails
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, upgrade.Errorf(upgrade.Unreachable, "reading %s from the archive: %w", c.want.Key, err)
	case hex.EncodeToString(c.digest.Sum(nil)) != c.want.Digest:
		return n, upgrade.Errorf(upgrade.Malformed, "%s in the archive is not what was stored: its digest differs", c.want.Key).
			Advise("do not use it; look for another copy of the configuration")
	}
	return n, io.EOF
}

// Close gives the bucket's reader back.
func (c *checked) Close() error {
	if err := c.from.Close(); err != nil {
		return upgrade.Errorf(upgrade.Unreachable, "reading %s from the archive: %w", c.want.Key, err)
	}
	return nil
}
