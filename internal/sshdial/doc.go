// Package sshdial logs in over SSH: to a vSRX or to the KVM host under it, as root and with the password on record, from
// here or through bastions.
//
// It is one place for the three things that must never differ between the two: a password goes only to a host whose key
// is trusted, every login is exactly one attempt (failed ones lead to lockouts), and every wait ends with its context.
package sshdial
