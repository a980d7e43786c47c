package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/upgrade"
)

// Archive stores blobs in one bucket. It is safe for concurrent use.
type Archive struct {
	bucket *blob.Bucket
	// commit makes "if there is none yet" hold among the goroutines of this process: fileblob looks and renames in two
	// steps.
	commit sync.Mutex
}

// Open opens the bucket of a URL such as file:///var/lib/vsrx-upgrade?no_tmp_dir=true&metadata=skip: files appear by
// renaming, which works only within one file system, and need no second file beside each. Errors are of kind Invalid.
func Open(ctx context.Context, bucketURL string) (*Archive, error) {
	u, err := url.Parse(bucketURL)
	if err != nil || u.User != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "opening the archive: its bucket URL is none, or holds a login").
			Advise("set a bucket URL such as file:///var/lib/vsrx-upgrade; credentials come from the driver's own settings")
	}
	bucket, err := blob.OpenBucket(ctx, bucketURL)
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "opening the archive: %w", err).
			Advise("set a bucket URL of a scheme this program knows; a folder must exist and be writable")
	}
	return &Archive{bucket: bucket}, nil
}

// Close gives the bucket back.
func (a *Archive) Close() error {
	if err := a.bucket.Close(); err != nil {
		return upgrade.Errorf(upgrade.Unreachable, "closing the archive: %w", err)
	}
	return nil
}

// Put stores what r gives under the key, reads it back and compares. The same content again changes nothing and gives
// the same Blob; other content under a key in use is refused. After an error nothing half-written stands under the key.
// Kinds of error: Invalid for the key, Refused, Malformed when the blob does not read back, Unreachable for the bucket;
// r's own error keeps its kind.
func (a *Archive) Put(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error) {
	if err := checkKey(key); err != nil {
		return upgrade.Blob{}, err
	}
	stored, err := a.sum(ctx, key)
	switch {
	case err == nil:
		given, err := sum(key, r)
		if err != nil {
			return upgrade.Blob{}, err
		}
		return same(stored, given)
	case gcerrors.Code(err) != gcerrors.NotFound:
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "looking for %s in the archive: %w", key, err)
	}
	given, err := a.write(ctx, key, r)
	if given.Key != "" && gcerrors.Code(err) == gcerrors.FailedPrecondition { // another writer was quicker
		return a.compare(ctx, given)
	}
	if err != nil {
		return upgrade.Blob{}, err
	}
	return a.verify(ctx, given)
}

// write streams r into a new blob. Cancelling before closing is what keeps a driver from publishing a part of it. The
// Blob is set once all of r was taken, also when the bucket then declined it.
func (a *Archive) write(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := a.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream", IfNotExist: true})
	if err != nil {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "writing %s to the archive: %w", key, err)
	}
	from, digest := &source{from: r}, sha256.New()
	size, err := io.Copy(io.MultiWriter(w, digest), from)
	if err != nil {
		cancel()
		_ = w.Close() // reports the cancellation
		if from.err != nil {
			return upgrade.Blob{}, from.failure(key)
		}
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "writing %s to the archive: %w", key, err)
	}
	a.commit.Lock()
	err = w.Close()
	a.commit.Unlock()
	given := upgrade.Blob{Key: key, Digest: hex.EncodeToString(digest.Sum(nil)), Size: size}
	if err != nil {
		return given, upgrade.Errorf(upgrade.Unreachable, "writing %s to the archive: %w", key, err)
	}
	return given, nil
}

// verify reads a new blob back; one that differs is removed, for it is no evidence of anything.
func (a *Archive) verify(ctx context.Context, given upgrade.Blob) (upgrade.Blob, error) {
	stored, err := a.sum(ctx, given.Key)
	if err != nil {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "reading %s back from the archive: %w", given.Key, err)
	}
	if stored == given {
		return given, nil
	}
	if err := a.bucket.Delete(ctx, given.Key); err != nil {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "removing %s, which does not read back as written, from the archive: %w", given.Key, err)
	}
	return upgrade.Blob{}, upgrade.Errorf(upgrade.Malformed, "%s does not read back from the archive as it was written", given.Key).
		Advise("check the storage behind the archive")
}

func (a *Archive) compare(ctx context.Context, given upgrade.Blob) (upgrade.Blob, error) {
	stored, err := a.sum(ctx, given.Key)
	if err != nil {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Unreachable, "looking for %s in the archive: %w", given.Key, err)
	}
	return same(stored, given)
}

func same(stored, given upgrade.Blob) (upgrade.Blob, error) {
	if stored != given {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Refused, "the archive holds other content under %s already", given.Key).
			Advise("evidence is never overwritten; store it under another key")
	}
	return stored, nil
}

// sum digests what is stored under the key; its errors are the bucket's.
func (a *Archive) sum(ctx context.Context, key string) (upgrade.Blob, error) {
	r, err := a.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return upgrade.Blob{}, err
	}
	digest := sha256.New()
	size, err := io.Copy(digest, r)
	return upgrade.Blob{Key: key, Digest: hex.EncodeToString(digest.Sum(nil)), Size: size}, errors.Join(err, r.Close())
}

// sum digests what r gives.
func sum(key string, r io.Reader) (upgrade.Blob, error) {
	from, digest := &source{from: r}, sha256.New()
	size, err := io.Copy(digest, from)
	if err != nil {
		return upgrade.Blob{}, from.failure(key)
	}
	return upgrade.Blob{Key: key, Digest: hex.EncodeToString(digest.Sum(nil)), Size: size}, nil
}

// source remembers its own failure, to tell it from the bucket's.
type source struct {
	from io.Reader
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (s *source) failure(key string) error {
	return upgrade.Errorf(upgrade.KindOf(s.err), "reading what the archive is to keep as %s: %w", key, s.err)
}

var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._/-]*$`)

// checkKey keeps keys plain enough to be file names and object names alike. fileblob keeps its own data in names that
// end in .attrs.
func checkKey(key string) error {
	if keyForm.MatchString(key) && !strings.Contains(key, "..") && !strings.Contains(key, "//") &&
		!strings.HasSuffix(key, "/") && !strings.HasSuffix(key, ".attrs") {
		return nil
	}
	return upgrade.Errorf(upgrade.Invalid, "%q is not a key of the archive", key).
		Advise("a key has lower-case letters, digits, and . _ - between slashes")
}
