// Package junos talks to a vSRX: it reads what an upgrade must know of a gateway (cluster, releases, configuration,
// state before and after) and switches the preempt statement of redundancy group 1.
//
// The wire is NETCONF over SSH (RFC 6241, RFC 6242; Juniper: NETCONF XML Management Protocol Developer Guide) in the
// dialect that Junos speaks; what leaves the package are the nouns of package upgrade. Reading never changes the device.
package junos
