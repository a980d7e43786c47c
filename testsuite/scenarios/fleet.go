package scenarios

import (
	"fmt"

	"vsrx-upgrade/testsuite/sim"
)

// fleet is the compact form of many alike gateways, dealt out to the pods in turn.
type fleet struct {
	Gateways   int      `yaml:"gateways"`
	Pods       int      `yaml:"pods"`
	Standalone int      `yaml:"standalone"` // how many of them are no HA pairs; they come first
	Version    string   `yaml:"version"`
	Offered    []string `yaml:"offered"`
	Preempt    bool     `yaml:"preempt"`
}

// maxFleet is what the addresses of one world suffice for.
const maxFleet = 20000

// firstFleetID is the SoftLayer id of a fleet's first gateway; the others follow one by one.
const firstFleetID = 10001

func (f fleet) gateways() ([]sim.Gateway, error) {
	switch {
	case f.Gateways < 1 || f.Gateways > maxFleet:
		return nil, fmt.Errorf("%d gateways are not between 1 and %d", f.Gateways, maxFleet)
	case f.Pods < 1 || f.Pods > f.Gateways:
		return nil, fmt.Errorf("%d pods are not between 1 and the %d gateways", f.Pods, f.Gateways)
	case f.Standalone < 0 || f.Standalone > f.Gateways:
		return nil, fmt.Errorf("%d standalone gateways are not between 0 and the %d gateways", f.Standalone, f.Gateways)
	case f.Version == "":
		return nil, fmt.Errorf("the version is missing")
	}
	var list []sim.Gateway
	for i := range f.Gateways {
		list = append(list, sim.Gateway{
			ID: firstFleetID + i, Name: fmt.Sprintf("fleet-%05d", i+1), Pod: podName(i % f.Pods),
			Standalone: i < f.Standalone, Version: f.Version, Offered: f.Offered, Preempt: f.Preempt,
		})
	}
	return list, nil
}

// podName spreads pods over data centres, as IBM names both.
func podName(i int) string {
	centres := []string{"dal09", "dal10", "wdc04", "wdc07", "fra02", "lon06", "tok02", "syd01"}
	return fmt.Sprintf("%s.pod%02d", centres[i%len(centres)], i/len(centres)+1)
}
