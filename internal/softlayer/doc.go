// Package softlayer reads gateways, servers, prices, readiness and recorded passwords from the IBM Cloud classic API and
// submits the two writes an upgrade needs: a readiness check and an OS reload.
//
// Calls go through the generated services of softlayer-go; its transport is replaced by a strict one, because the
// library's own takes error objects, null and empty answers for results and can repeat a write after a time-out. What a
// client may call is an allow list of service and method: a Reader cannot write, whatever HTTP verb a call uses.
package softlayer
