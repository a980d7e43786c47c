// Package archive keeps configurations, snapshots and evidence off the gateways: put and get by digest, encrypted, in a
// bucket that a URL names (gocloud.dev/blob). What was stored once is never changed.
//
// Two objects make one entry. The content stands under the key itself, with .age at its end where it is encrypted; the
// entry beside it, under the key with .entry.json at its end, has the digests, the size and the time. The entry is
// written last and only where there is none yet: it is the moment from which the content counts. An object that no entry
// names is what a dead writer left, and is never taken for anything. There is no index that could disagree with what is
// there: what lists the archive reads the entries.
//
// The package opens buckets of any scheme whose driver the program has registered, and registers none itself.
package archive
