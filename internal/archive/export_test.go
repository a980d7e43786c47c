package archive

import "gocloud.dev/blob"

// Over gives an archive over a bucket that no URL opens.
func Over(bucket *blob.Bucket) *Archive { return &Archive{bucket: bucket} }
