package archive

import (
	"context"

	"gocloud.dev/blob"

	"vsrx-upgrade/internal/upgrade"
)

// Over gives an archive with another's keys over a bucket that no URL opens.
func Over(a *Archive, bucket *blob.Bucket) *Archive {
	return &Archive{bucket: bucket, recipients: a.recipients, identities: a.identities, plaintext: a.plaintext, now: a.now}
}

// FlipBit changes one bit of the object that holds a blob, counted round.
func FlipBit(ctx context.Context, a *Archive, b upgrade.Blob, bit int) error {
	text, err := a.bucket.ReadAll(ctx, objectOf(b))
	if err != nil {
		return err
	}
	bit %= len(text) * 8
	text[bit/8] ^= 1 << (bit % 8)
	return a.bucket.WriteAll(ctx, objectOf(b), text, nil)
}
