// Package workflows holds the runbooks: what an engineer would do by hand, one verb a line, made durable by Temporal.
//
// UpgradeGateway upgrades a pair in this order:
//
//  1. discover and plan: look at everything, refuse what cannot or must not be upgraded
//  2. queue: take the pod's permit, one gateway of a pod at a time
//  3. prepare: preempt of redundancy group 1 off, by approval
//  4. export: configuration and state off the box, read back
//  5. for the current secondary, then for the other node: IBM's readiness checks, a last look, the reload submitted
//     exactly once, hours of waiting, the node verified; between the two a person approves
//  6. restore, compare, report
//
// A failing step holds the workflow with its reason; a person says retry or abort. Decisions are pure functions of
// internal/upgrade, everything that touches the world is an activity.
package workflows
