package junos

import (
	"regexp"
	"strconv"
	"strings"
)

// ClusterStatistics counts what went over the links of a cluster since the counters began. Totals tell little: compare
// two readings.
type ClusterStatistics struct {
	Control  []Heartbeats
	Fabric   []Probes
	Services []Synchronized
}

// Heartbeats are those of a control link.
type Heartbeats struct {
	Link                   int
	Sent, Received, Errors int64
}

// Probes are those of a child of the fabric link.
type Probes struct {
	Link           int
	Sent, Received int64
}

// Synchronized are the runtime objects of one service that nodes exchange over the fabric link.
type Synchronized struct {
	Service        string
	Sent, Received int64
}

// ParseClusterStatistics reads "show chassis cluster statistics", "... control-plane statistics" or "... data-plane
// statistics" in any form; nil where the device says that it is no cluster. Errors are of kind Malformed, or Refused in
// the words of the device.
func ParseClusterStatistics(raw string) (*ClusterStatistics, error) {
	o, err := readOutput(raw)
	if standalone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	statistics := &ClusterStatistics{}
	if o.tree.first("chassis-cluster-statistics", "services-synchronized") != nil {
		err = statistics.readTree(o.tree)
	} else {
		err = statistics.readText(o.text)
	}
	if err == nil && len(statistics.Control)+len(statistics.Fabric)+len(statistics.Services) == 0 {
		err = unrecognised("cluster statistics")
	}
	if err != nil {
		return nil, err
	}
	return statistics, nil
}

func (s *ClusterStatistics) readTree(tree *element) error {
	var c counter
	for _, row := range rows(tree.all("chassis-cluster-control"), "control-interface-index") {
		s.Control = append(s.Control, Heartbeats{Link: int(c.of(row, "control-interface-index")), Sent: c.of(row, "heartbeat-sent"),
			Received: c.of(row, "heartbeat-received"), Errors: c.of(row, "heartbeat-errors")})
	}
	for _, row := range rows(holders(tree, "fabric-child-index"), "fabric-child-index") {
		s.Fabric = append(s.Fabric, Probes{Link: int(c.of(row, "fabric-child-index")), Sent: c.of(row, "fabric-hello-sent", "fabric-probes-sent"),
			Received: c.of(row, "fabric-hello-received", "fabric-probes-received")})
	}
	for _, row := range rows(tree.all("services-synchronized"), "service-name") {
		s.Services = append(s.Services, Synchronized{Service: words(row.value("service-name")), Sent: c.of(row, "rtos-sent"), Received: c.of(row, "rtos-received")})
	}
	return c.err
}

// counter reads numbers and keeps the first that is none.
type counter struct{ err error }

func (c *counter) of(e *element, names ...string) int64 { return c.read(e.value(names...)) }

func (c *counter) read(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && c.err == nil {
		c.err = incomplete("the cluster statistics", text)
	}
	return n
}

// The lines of the text.
var (
	statisticsLink = regexp.MustCompile(`(?i)^(control|child) link (\d+)\b`)
	statisticsLine = regexp.MustCompile(`(?i)^(heartbeat packets? (?:sent|received|errors?)|probes (?:sent|received)):\s*(\d*)$`)
	serviceRow     = regexp.MustCompile(`^(\S.*?)\s{2,}(\d+)\s+(\d+)$`)
)

func (s *ClusterStatistics) readText(text string) error {
	var c counter
	services := false
	for _, line := range lines(text) {
		if m := statisticsLink.FindStringSubmatch(line); m != nil {
			services = false
			s.begin(strings.ToLower(m[1]), int(c.read(m[2])))
			continue
		}
		if strings.HasPrefix(line, "Services Synchronized") || strings.HasPrefix(line, "Service name") {
			services = true
			continue
		}
		if m := statisticsLine.FindStringSubmatch(line); m != nil {
			s.count(strings.ToLower(m[1]), c.read(m[2]))
			continue
		}
		if !services || strings.HasSuffix(line, ":") {
			continue
		}
		m := serviceRow.FindStringSubmatch(line)
		if m == nil {
			return incomplete("the cluster statistics", line)
		}
		s.Services = append(s.Services, Synchronized{Service: m[1], Sent: c.read(m[2]), Received: c.read(m[3])})
	}
	return c.err
}

// begin opens the counts of a link.
func (s *ClusterStatistics) begin(kind string, link int) {
	if kind == "control" {
		s.Control = append(s.Control, Heartbeats{Link: link})
		return
	}
	s.Fabric = append(s.Fabric, Probes{Link: link})
}

// count takes one line under the link that was opened last; releases before 12.1 open none for the first.
func (s *ClusterStatistics) count(label string, n int64) {
	heartbeat := strings.HasPrefix(label, "heartbeat")
	if heartbeat && len(s.Control) == 0 {
		s.begin("control", 0)
	}
	if !heartbeat && len(s.Fabric) == 0 {
		s.begin("child", 0)
	}
	switch {
	case heartbeat && strings.HasSuffix(label, "sent"):
		s.Control[len(s.Control)-1].Sent = n
	case heartbeat && strings.HasSuffix(label, "received"):
		s.Control[len(s.Control)-1].Received = n
	case heartbeat:
		s.Control[len(s.Control)-1].Errors = n
	case strings.HasSuffix(label, "sent"):
		s.Fabric[len(s.Fabric)-1].Sent = n
	default:
		s.Fabric[len(s.Fabric)-1].Received = n
	}
}
