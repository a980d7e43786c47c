package main

import (
	"context"
	"fmt"
	"strings"

	"vsrx-upgrade/testsuite/sim"
)

// scenario is one story that the demo tells. A new one is a file with a function that returns it, and a line in
// scenarios.
type scenario struct {
	name, about string
	gateways    []sim.Gateway // of the simulated cloud
	// tell plays the story and gives its verdict, the demo's last line; its error says what did not end as it must.
	tell func(context.Context, *demo) (any, error)
}

func scenarios() []scenario {
	return []scenario{wholeUpgrade(), rolledBack(), workerCrash(), standalone(), wholeFleet()}
}

// overview names all scenarios and what they show.
func overview() string {
	var lines []string
	for _, s := range scenarios() {
		lines = append(lines, s.name+" ("+s.about+")")
	}
	return strings.Join(lines, ", ")
}

func choose(name string) (scenario, error) {
	for _, s := range scenarios() {
		if s.name == name {
			return s, nil
		}
	}
	return scenario{}, fmt.Errorf("there is no scenario %q; there are: %s", name, overview())
}
