// Package takeover proves that a standalone gateway loses nothing in a reload: configurations of many kinds are exported,
// erased by the reload of a simulated gateway, and imported again by the real activities over real NETCONF. No Temporal
// server takes part, so that a configuration takes a tenth of a second and hundreds of them can be tried.
package takeover
