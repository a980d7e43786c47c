package kvmhost

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// definition is what is read of a domain's description (libvirt: "Domain XML format").
type definition struct {
	XMLName    xml.Name `xml:"domain"`
	Name       string   `xml:"name"`
	Interfaces []struct {
		MAC struct {
			Address string `xml:"address,attr"`
		} `xml:"mac"`
	} `xml:"devices>interface"`
	Serials  []characterDevice `xml:"devices>serial"`
	Consoles []characterDevice `xml:"devices>console"` // the first serial port once more, while the domain runs
}

// characterDevice is a serial port or console of a domain.
type characterDevice struct {
	Type   string `xml:"type,attr"`
	Source struct {
		Mode    string `xml:"mode,attr"`
		Service string `xml:"service,attr"`
	} `xml:"source"`
	Protocol struct {
		Type string `xml:"type,attr"`
	} `xml:"protocol"`
}

// definitions are the descriptions of several domains.
type definitions []definition

// parseDefinitions reads the output of "virsh dumpxml", run for one domain after the other.
func parseDefinitions(descriptions string) (definitions, error) {
	var all definitions
	decoder := xml.NewDecoder(strings.NewReader(descriptions))
	for {
		var d definition
		err := decoder.Decode(&d)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, upgrade.Errorf(upgrade.Malformed, "reading virsh dumpxml: %w", err)
		}
		all = append(all, d)
	}
}

// of finds the description of a domain that virsh has listed.
func (all definitions) of(name string) (definition, error) {
	i := slices.IndexFunc(all, func(d definition) bool { return d.Name == name })
	if i < 0 {
		return definition{}, upgrade.Errorf(upgrade.Malformed, "virsh dumpxml gives no description of %s", name)
	}
	return all[i], nil
}

func (d definition) macs() []string {
	var addresses []string
	for _, i := range d.Interfaces {
		if address := strings.ToLower(strings.TrimSpace(i.MAC.Address)); address != "" {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// telnetPorts are the TCP ports of the host on which a domain's console takes telnet; IBM's automation reaches the vSRX
// through it (IBM: readiness codes 1119 and 1132).
func (d definition) telnetPorts() []string {
	var ports []string
	for _, c := range slices.Concat(d.Serials, d.Consoles) {
		telnet := c.Type == "tcp" && c.Source.Mode == "bind" && c.Protocol.Type == "telnet" && c.Source.Service != ""
		if telnet && !slices.Contains(ports, c.Source.Service) {
			ports = append(ports, c.Source.Service)
		}
	}
	return ports
}
