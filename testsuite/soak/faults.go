package main

import (
	"math/rand/v2"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// trouble is a fault of the simulated cloud that a running upgrade must survive: alone, or held until a person says
// retry. Its durations are virtual.
type trouble struct {
	name   string
	args   []string // one of them is drawn
	lasts  time.Duration
	why    string // it may happen in the middle of an upgrade
	global bool   // it befalls the whole account
}

// troubles are the faults that the soak draws from. Left out are those that IBM, not this program, must undo
// (reload-old-version, txn-never, no-backup-image, cluster and licence faults), those that are refused before anything
// begins (passwords, rights, processors), and what a stranger does to the configuration during a reload, which breaks the
// reload itself (IBM: "Upgrading the vSRX", general considerations).
func troubles() []trouble {
	const hour = time.Hour
	return []trouble{
		{name: "api-down", args: []string{"10m", "30m", "1h"}, why: "maintenance of the API", global: true},
		{name: "html-502", lasts: hour / 4, why: "a proxy answers for the API", global: true},
		{name: "empty-200", lasts: hour / 6, why: "a proxy answers with nothing"},
		{name: "iam-expired-500", lasts: hour / 6, why: "a token ends in the middle of the night", global: true},
		{name: "iam-exchange-500", lasts: hour / 6, why: "IAM is away", global: true},
		{name: "auth-401", lasts: hour / 12, why: "IAM forgets the key for a moment"},
		{name: "rate-limit", args: []string{"2", "3", "5"}, lasts: hour / 2, why: "other programs use the account too", global: true},
		{name: "slow-answer", args: []string{"20s", "40s"}, lasts: hour, why: "a busy API"},
		{name: "stale-read", args: []string{"2m", "5m"}, lasts: hour, why: "reads come from a copy"},
		{name: "null-list", lasts: hour / 6, why: "a back end of the API is away"},
		{name: "null-object", lasts: hour / 6, why: "a back end of the API is away"},
		{name: "single-for-list", lasts: hour / 6, why: "known of the API's older faces"},
		{name: "shape-wrong", lasts: hour / 12, why: "an answer of another release of the API"},

		{name: "reload-200-error", lasts: 6 * hour, why: "a refusal in an answer that says success"},
		{name: "reload-200-error-newline", lasts: 6 * hour, why: "the same with a newline"},
		{name: "reload-timeout-done", lasts: 6 * hour, why: "the answer is lost, the reload runs"},
		{name: "reload-timeout-lost", lasts: 6 * hour, why: "the request is lost, nothing runs"},
		{name: "reload-reset-after", lasts: 6 * hour, why: "the connection is reset after the reload was accepted"},
		{name: "reload-busy-500", lasts: 6 * hour, why: "another transaction is faster"},
		{name: "reload-refused-500", lasts: 6 * hour, why: "a business error"},
		{name: "reload-token", lasts: 6 * hour, why: "another form of the same answer"},

		{name: "txn-late", args: []string{"5m", "10m", "20m"}, lasts: 3 * hour, why: "transactions become visible late"},
		{name: "txn-chain", args: []string{"1,5m", "2,5m"}, lasts: 6 * hour, why: "transactions of one reload leave gaps"},
		{name: "txn-slow", args: []string{"1.5", "2"}, lasts: 6 * hour, why: "IBM plans two to five hours"},
		{name: "txn-stuck", args: []string{"SIM_HOST_INSTALL", "SIM_GATEWAY_CONFIGURE"}, lasts: 2 * hour, why: "a reload stands still until IBM Support pushes it"},
		{name: "reload-fails", args: []string{"SIM_HOST_INSTALL"}, lasts: 2 * hour, why: "a reload is given up until IBM Support goes on with it"},

		{name: "precheck-late", args: []string{"5m", "10m"}, lasts: 2 * hour, why: "the former result stays in sight"},
		{name: "precheck-slow", args: []string{"1.5", "3"}, lasts: 2 * hour, why: "a busy check"},
		{name: "precheck-timeout", lasts: hour, why: "a check that ends without a result"},
		{name: "precheck-incomplete", lasts: hour, why: "a check that ends without a result"},
		{name: "precheck-expire-early", args: []string{"30m"}, lasts: 2 * hour, why: "results expire"},
		{name: "precheck-code", args: []string{"1114", "1134"}, lasts: hour, why: "a check finds what passes"},

		{name: "status-lag", args: []string{"10m", "20m", "45m"}, lasts: 6 * hour, why: "the portal's status is late"},
		{name: "attr-lag", args: []string{"10m", "30m"}, lasts: 6 * hour, why: "version attributes are late"},
		{name: "password-lag", args: []string{"10m", "30m"}, lasts: 6 * hour, why: "a new password shows late"},
		{name: "peer-not-off", lasts: 8 * hour, why: "the switch-over is completed only after a call"},
		{name: "peer-no-rejoin", lasts: 8 * hour, why: "the second node joins only after a call"},
		{name: "lone-clean", lasts: 8 * hour, why: "IBM's sample shows failures, no document promises them"},

		{name: "ssh-refused", lasts: hour / 4, why: "the management plane restarts"},
		{name: "ssh-drop", lasts: hour / 2, why: "the path to the device breaks"},
		{name: "ssh-half-open", lasts: hour / 6, why: "a firewall on the way lost its state"},
		{name: "slow-device", args: []string{"10s", "20s"}, lasts: hour / 2, why: "a busy device"},
		{name: "config-locked", lasts: hour / 2, why: "a colleague edits"},
		{name: "commit-refused", lasts: hour / 2, why: "a commit that the device refuses for a while"},
		{name: "host-unreachable", lasts: hour / 2, why: "the path to a host breaks"},
		{name: "host-readonly", lasts: hour / 2, why: "a host's file system is repaired"},
	}
}

// strike draws the argument and the end of a trouble, for a gateway.
func (t trouble) strike(r *rand.Rand, gateway int) sim.Strike {
	s := sim.Strike{Fault: sim.Fault{Name: t.name, Gateway: gateway}}
	if t.global {
		s.Gateway = 0
	}
	if len(t.args) > 0 {
		s.Arg = t.args[r.IntN(len(t.args))]
	}
	if t.lasts > 0 { // otherwise it ends by itself
		s.Until = time.Duration(float64(t.lasts) * (0.5 + r.Float64()/2))
	}
	return s
}
