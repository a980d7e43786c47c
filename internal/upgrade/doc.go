// Package upgrade holds the nouns of a vSRX gateway upgrade and the decisions that are taken about them: what can be
// upgraded and in which order, whether a gateway looks right at a given moment, whether a reload has begun or ended,
// and what changed between before and after.
//
// Everything here is pure. Nothing reads a clock, a file or the network, so that workflows may call it and every
// decision has a table test.
package upgrade
