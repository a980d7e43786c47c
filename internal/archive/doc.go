// Package archive keeps configurations, snapshots and evidence off the gateways: put and get by digest, in a bucket that
// a URL names (gocloud.dev/blob). What was stored once is never changed.
//
// The package opens buckets of any scheme whose driver the program has registered, and registers none itself.
package archive
