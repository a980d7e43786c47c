package readiness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

// mostOfChain is how many times as long as its longest chain of questions the whole set may take.
const mostOfChain = 1.5

// unhurried is a rate of API calls that holds nothing back.
const unhurried = 1000

// BenchmarkReadinessNative holds everything that our own checks ask and judge against the longest chain of questions of
// which each needs the answer before it, and shows where the time of that chain goes.
func BenchmarkReadinessNative(b *testing.B) {
	cloud := distant(b)
	check := product(b, cloud, unhurried)
	var longest, whole time.Duration
	laps := map[string]time.Duration{}
	for b.Loop() {
		longest += took(b, func() error { return chain(b.Context(), check, order(cloud).Look.GatewayID, laps) })
		whole += took(b, func() error { return native(b.Context(), check, order(cloud)) })
	}
	ratio := float64(whole) / float64(longest)
	report(b, "chain-ms", longest)
	for step, sum := range laps {
		report(b, step+"-ms", sum)
	}
	report(b, "native-ms", whole)
	b.ReportMetric(ratio, "native/chain")
	if ratio > mostOfChain {
		b.Errorf("the checks take %.2f times as long as their longest chain, more than %.1f", ratio, mostOfChain)
	}
}

// BenchmarkReadinessAtARate shows what the limit of API calls costs: IBM's is of the account, and ours leaves most of it
// to others. A check of a worker at rest goes out at once; the next one right after it waits for its calls.
func BenchmarkReadinessAtARate(b *testing.B) {
	for _, perSecond := range []float64{5, 20, 50} {
		b.Run(fmt.Sprintf("%.0f", perSecond), func(b *testing.B) {
			cloud := distant(b)
			var rested, next time.Duration
			for b.Loop() {
				check := product(b, cloud, perSecond)
				rested += took(b, func() error { return native(b.Context(), check, order(cloud)) })
				next += took(b, func() error { return native(b.Context(), check, order(cloud)) })
			}
			report(b, "native-ms", rested)
			report(b, "next-ms", next)
		})
	}
}

// BenchmarkReadinessAgainstAScript holds our own checks against a script that asks the same with PyEZ, paramiko and
// SoftLayer's client.
func BenchmarkReadinessAgainstAScript(b *testing.B) {
	needScript(b)
	cloud := distant(b)
	check := product(b, cloud, unhurried)
	var ours, theirs time.Duration
	for b.Loop() {
		before := len(cloud.Calls())
		ours += took(b, func() error { return native(b.Context(), check, order(cloud)) })
		asked := cloud.Calls()[before:]
		d, err := script(b.Context(), cloud, asked)
		if err != nil {
			b.Fatal(err)
		}
		theirs += d
		if diff := cmp.Diff(questions(asked), questions(cloud.Calls()[before+len(asked):])); diff != "" {
			b.Fatalf("the script does not ask the same (-product +script):\n%s", diff)
		}
	}
	report(b, "native-ms", ours)
	report(b, "script-ms", theirs)
	b.ReportMetric(float64(theirs)/float64(ours), "times-faster")
}

// report prints the mean of a sum of times.
func report(b *testing.B, unit string, sum time.Duration) {
	b.ReportMetric(0, "ns/op") // of no meaning here
	b.ReportMetric(float64(sum.Milliseconds())/float64(b.N), unit)
}

// took is how long something takes that has to succeed.
func took(b *testing.B, do func() error) time.Duration {
	b.Helper()
	start := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// order asks for the world's only gateway.
func order(cloud *sim.Cloud) activities.CheckInput {
	o := upgrade.CheckOrder{GatewayID: cloud.Access().Gateways[0].ID, NativeOnly: true}.OrDefaults()
	return activities.CheckInput{Look: activities.Look{GatewayID: o.GatewayID}, Request: o.Question()}
}

// native is the activity. What is measured counts only if everything was asked and found right.
func native(ctx context.Context, a *activities.Activities, in activities.CheckInput) error {
	results, err := a.Check(ctx, in)
	if err != nil {
		return err
	}
	return upgrade.Unready(results)
}

// chain is the longest chain of questions: the gateway's record, the password, the login, and what the vSRX is asked. It
// adds up in laps how long each step takes.
func chain(ctx context.Context, a *activities.Activities, gateway int, laps map[string]time.Duration) error {
	last := time.Now()
	lap := func(step string) {
		now := time.Now()
		laps[step] += now.Sub(last)
		last = now
	}
	g, err := a.Cloud.Gateway(ctx, gateway)
	if err != nil {
		return err
	}
	lap("record")
	password, err := a.Cloud.DevicePassword(ctx, g.Members[0].ID)
	if err != nil {
		return err
	}
	lap("password")
	device, err := a.Devices.Dial(ctx, upgrade.Endpoint{Address: g.Address, User: "root", Password: password, PasswordOnly: true,
		Trust: upgrade.Trust{Floating: true}})
	if err != nil {
		return err
	}
	lap("login")
	if _, _, err := device.Survey(ctx, io.Discard); err != nil {
		return errors.Join(err, device.Close())
	}
	lap("survey")
	defer lap("farewell")
	return device.Close()
}
