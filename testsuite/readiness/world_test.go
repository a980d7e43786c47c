package readiness

import (
	"testing"
	"time"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/testsuite/stage"
)

// latency is how long every answer of the simulated cloud is on its way: that of a data centre on another continent is
// five times as long, that of the same city a tenth.
const latency = "20ms"

// distant is a healthy pair whose every face answers late.
func distant(b *testing.B) *sim.Cloud {
	b.Helper()
	pair := sim.DefaultGateways()
	pair[0].Preempt = false
	cloud, err := sim.Start(sim.Options{Gateways: pair})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			b.Errorf("the simulated cloud: %v", err)
		}
	})
	for _, fault := range []string{"slow-answer", "ssh-latency"} {
		if err := cloud.Inject(sim.Fault{Name: fault, Arg: latency}); err != nil {
			b.Fatal(err)
		}
	}
	return cloud
}

// product is the check of readiness over the real adapters, as a worker has them.
func product(b *testing.B, cloud *sim.Cloud, perSecond float64) *activities.Activities {
	b.Helper()
	a := cloud.Access()
	client, err := softlayer.New(softlayer.Config{Endpoint: a.API, User: a.Username, APIKey: upgrade.Secret(a.APIKey), PerSecond: perSecond})
	if err != nil {
		b.Fatal(err)
	}
	acts, err := stage.Activities(a, b.TempDir(), time.Minute)
	if err != nil {
		b.Fatal(err)
	}
	acts.Cloud = client.Reader()
	return acts
}
