// Package readiness measures how long it takes to tell whether a gateway is ready: the product's own checks against their
// longest chain of questions, and against a script that asks the same with the usual libraries.
package readiness
