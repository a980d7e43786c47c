package junos

import (
	"regexp"
	"strconv"
	"strings"
)

// RoutingEngine is a routing engine as "show chassis routing-engine" describes it.
type RoutingEngine struct {
	Node          string
	Status        string // "Testing" is normal on a vSRX; "" in text
	Model         string
	Started       string // as the device prints it
	RebootReason  string
	MemoryPercent int // used; -1 is unknown
	IdlePercent   int // of the processor; -1 is unknown
}

// engineLine is a line of the text: a label, two or more blanks, a value.
var (
	engineLine = regexp.MustCompile(`^(\S+(?: \S+)*)\s{2,}(\S.*)$`)
	percentage = regexp.MustCompile(`(\d+) percent`)
)

// ParseRoutingEngines reads "show chassis routing-engine" in any form. Errors are of kind Malformed, or Refused in the
// words of the device.
func ParseRoutingEngines(raw string) ([]RoutingEngine, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	var engines []RoutingEngine
	for _, p := range o.byNode() {
		for _, e := range p.tree.all("route-engine") {
			engines = append(engines, RoutingEngine{
				Node: p.node, Status: e.value("status"), Model: e.value("model"), Started: e.value("start-time"),
				RebootReason:  e.value("last-reboot-reason"),
				MemoryPercent: percent(e.value("memory-system-total-util", "memory-buffer-utilization")), IdlePercent: percent(e.value("cpu-idle")),
			})
		}
		if p.tree.first("route-engine") == nil && strings.Contains(p.text, "Routing Engine status:") {
			engine := textEngine(p.text)
			engine.Node = p.node
			engines = append(engines, engine)
		}
	}
	if len(engines) == 0 {
		return nil, unrecognised("routing engine")
	}
	return engines, nil
}

func textEngine(text string) RoutingEngine {
	engine := RoutingEngine{MemoryPercent: -1, IdlePercent: -1}
	for _, line := range lines(text) {
		m := engineLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		share := -1
		if p := percentage.FindStringSubmatch(m[2]); p != nil {
			share = percent(p[1])
		}
		switch m[1] {
		case "Model":
			engine.Model = m[2]
		case "Start time":
			engine.Started = m[2]
		case "Last reboot reason":
			engine.RebootReason = m[2]
		case "Total memory", "Memory utilization":
			engine.MemoryPercent = share
		case "Idle":
			engine.IdlePercent = share
		}
	}
	return engine
}

// percent is a share from 0 to 100, -1 where the cell says none.
func percent(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(text, "percent")))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
