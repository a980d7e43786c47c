package junos

import (
	"regexp"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// ClusterInterfaces is what a cluster says of its links. The states are in lower case; one with a physical and a
// monitored half ("Up / Down") is "up" where both agree and "up/down" where they do not.
type ClusterInterfaces struct {
	ControlStatus string         // of the control link as a whole
	FabricStatus  string         // of the fabric as a whole
	Control       []upgrade.Link // by interface
	Fabric        []upgrade.Link // by child interface; one without a child has no row
	Reths         []Reth
	Monitored     []upgrade.Monitored
	Incomplete    []string // rows of a text that are cut or of no known form, as they stand
}

// Reth is a redundant ethernet interface. Group is -1 where none is configured.
type Reth struct {
	upgrade.Link
	Group int
}

// ParseClusterInterfaces reads "show chassis cluster interfaces" in any form; nil where the device says that it is no
// cluster. Errors are of kind Malformed, or Refused in the words of the device.
func ParseClusterInterfaces(raw string) (*ClusterInterfaces, error) {
	o, err := readOutput(raw)
	if standalone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readLinks(o)
}

func readLinks(o output) (*ClusterInterfaces, error) {
	if e := o.tree.first("chassis-cluster-interface-statistics"); e != nil {
		return treeLinks(e)
	}
	links := textLinks(o.text)
	if links.ControlStatus == "" && links.FabricStatus == "" {
		return nil, unrecognised("cluster interfaces")
	}
	return links, nil
}

// treeLinks reads elements whose rows lie flat in some releases and each in its own element in others.
func treeLinks(e *element) (*ClusterInterfaces, error) {
	links := &ClusterInterfaces{ControlStatus: state(e.value("control-interface-status")), FabricStatus: state(e.value("dataplane-interface-status"))}
	for _, row := range rows(holders(e, "control-link-interface-name"), "control-link-interface-name") {
		links.Control = append(links.Control, upgrade.Link{Name: row.value("control-link-interface-name"), State: state(row.value("control-link-interface-status"))})
	}
	for _, row := range rows(holders(e, "fabric-child-interface-name"), "fabric-child-interface-name") {
		links.Fabric = append(links.Fabric, upgrade.Link{Name: row.value("fabric-child-interface-name"), State: state(row.value("fabric-child-interface-status"))})
	}
	for _, row := range rows(holders(e, "reth-name"), "reth-name") {
		reth := Reth{Link: upgrade.Link{Name: row.value("reth-name"), State: state(row.value("reth-status"))}, Group: -1}
		if group, err := strconv.Atoi(row.value("redundancy-group-id-for-reth")); err == nil {
			reth.Group = group
		}
		links.Reths = append(links.Reths, reth)
	}
	return links, links.readMonitored(e.all("interface-monitoring"))
}

// readMonitored reads the monitored interfaces. Releases differ in the names of the elements and not in what they speak
// of, so that the names are told by their words.
func (l *ClusterInterfaces) readMonitored(tables []*element) (err error) {
	for _, table := range tables {
		table.walk(func(e *element) {
			if err != nil || len(e.children) > 0 || e == table {
				return
			}
			if strings.HasSuffix(e.name, "name") {
				l.Monitored = append(l.Monitored, upgrade.Monitored{Name: e.text})
				return
			}
			if len(l.Monitored) == 0 {
				return
			}
			last := &l.Monitored[len(l.Monitored)-1]
			switch {
			case strings.Contains(e.name, "weight"):
				last.Weight, err = digits(e.text)
			case strings.Contains(e.name, "redundancy-group"):
				last.Group, err = digits(e.text)
			case strings.Contains(e.name, "status"):
				last.State = state(e.text)
			}
		})
	}
	return err
}

// holders are the elements that have a direct child of the name.
func holders(e *element, name string) []*element {
	var found []*element
	e.walk(func(x *element) {
		if x.child(name) != nil {
			found = append(found, x)
		}
	})
	return found
}

// The sections of the text and their rows. Columns after those that are read differ by release.
var (
	linkStatus   = regexp.MustCompile(`(?i)^(control|fabric) link status:\s*(\S+)`)
	controlRow   = regexp.MustCompile(`^\d+\s+(\S+)\s+(\S+)(?:\s.*)?$`)
	fabricRow    = regexp.MustCompile(`^fab\d+\s+(\S+)\s+(\S+(?:\s*/\s*\S+)?)(?:\s.*)?$`)
	fabricEmpty  = regexp.MustCompile(`^fab\d+(?:\s+(?:Disabled|Enabled|Secured))?$`)
	rethRow      = regexp.MustCompile(`^(reth\d+)\s+(\S+)\s+(\d+|Not configured)$`)
	monitoredRow = regexp.MustCompile(`^([a-z]+-\S+)\s+(-?\d+)\s+(\S+(?:\s*/\s*\S+)?)\s+(\d+)$`)
)

func textLinks(text string) *ClusterInterfaces {
	links, section := &ClusterInterfaces{}, ""
	for _, line := range lines(text) {
		if m := linkStatus.FindStringSubmatch(line); m != nil {
			if strings.EqualFold(m[1], "control") {
				links.ControlStatus = state(m[2])
			} else {
				links.FabricStatus = state(m[2])
			}
			continue
		}
		if title := strings.ToLower(line); strings.HasSuffix(title, ":") {
			section = title
			continue
		}
		if strings.HasPrefix(line, "Index") || strings.HasPrefix(line, "Name") || strings.HasPrefix(line, "Interface ") || strings.HasPrefix(line, "(") {
			continue
		}
		if !links.readRow(section, line) {
			links.Incomplete = append(links.Incomplete, line)
		}
	}
	return links
}

// readRow reads a row of a section; false where it is not whole. Rows of sections that nobody asks for count as whole.
func (l *ClusterInterfaces) readRow(section, line string) bool {
	var m []string
	switch section {
	case "control interfaces:":
		if m = controlRow.FindStringSubmatch(line); m != nil {
			l.Control = append(l.Control, upgrade.Link{Name: m[1], State: state(m[2])})
		}
	case "fabric interfaces:":
		if fabricEmpty.MatchString(line) {
			return true
		}
		if m = fabricRow.FindStringSubmatch(line); m != nil {
			l.Fabric = append(l.Fabric, upgrade.Link{Name: m[1], State: state(m[2])})
		}
	case "redundant-ethernet information:":
		if m = rethRow.FindStringSubmatch(line); m != nil {
			reth := Reth{Link: upgrade.Link{Name: m[1], State: state(m[2])}, Group: -1}
			if group, err := strconv.Atoi(m[3]); err == nil {
				reth.Group = group
			}
			l.Reths = append(l.Reths, reth)
		}
	case "interface monitoring:":
		if m = monitoredRow.FindStringSubmatch(line); m == nil {
			return false
		}
		weight, err := strconv.Atoi(m[2])
		group, bad := strconv.Atoi(m[4])
		if err != nil || bad != nil {
			return false
		}
		l.Monitored = append(l.Monitored, upgrade.Monitored{Name: m[1], Weight: weight, State: state(m[3]), Group: group})
	default:
		return true
	}
	return m != nil
}

// state is a cell such as "Up", "Up   / Down" or "Up/Up" in lower case.
func state(cell string) string {
	physical, monitored, two := strings.Cut(strings.ToLower(cell), "/")
	physical, monitored = strings.TrimSpace(physical), strings.TrimSpace(monitored)
	if !two || physical == monitored {
		return physical
	}
	return physical + "/" + monitored
}
