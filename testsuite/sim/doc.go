// Package sim is one simulated IBM Cloud classic account with Juniper vSRX gateways, served over real sockets on
// 127.0.0.0/8: the SoftLayer REST API, SSH to the KVM hosts, SSH and NETCONF to the gateways. One virtual clock moves
// it, faults disturb it, and a safety monitor judges what its clients do. It speaks protocols and shares no code with
// the clients it tests. A control face, apart from the imitated ones, shows and steers the world from outside the process.
package sim
