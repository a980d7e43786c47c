package kvmhost

import (
	"context"
	"encoding/xml"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// virsh is put before every virsh command: states such as "shut off" are translated otherwise.
const virsh = "LC_ALL=C virsh "

// safeName is what a domain's name may hold before it reaches a shell.
var safeName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// Domains reads the vSRX machines of the host: those whose name begins with "vSRX" in any case (IBM: "vSRXvM3" and
// others). Errors are of kind Refused (a command failed), Malformed or Unreachable.
func (h *Host) Domains(ctx context.Context) ([]upgrade.Domain, error) {
	list, err := h.run(ctx, virsh+"list --all")
	if err != nil {
		return nil, err
	}
	names, err := parseList(list)
	if err != nil {
		return nil, err
	}
	domains := make([]upgrade.Domain, 0, len(names))
	for _, name := range names {
		domain, err := h.domain(ctx, name)
		if err != nil {
			return nil, err
		}
		domains = append(domains, domain)
	}
	return domains, nil
}

func (h *Host) domain(ctx context.Context, name string) (upgrade.Domain, error) {
	d := upgrade.Domain{Name: name}
	state, err := h.run(ctx, virsh+"domstate "+name)
	if err != nil {
		return d, err
	}
	if d.State = strings.TrimSpace(state); d.State == "" {
		return d, upgrade.Errorf(upgrade.Malformed, "virsh gives no state of %s", name)
	}
	info, err := h.run(ctx, virsh+"dominfo "+name)
	if err != nil {
		return d, err
	}
	if d.Autostart, err = parseAutostart(info); err != nil {
		return d, err
	}
	description, err := h.run(ctx, virsh+"dumpxml "+name)
	if err != nil {
		return d, err
	}
	d.MACs, err = parseMACs(description)
	return d, err
}

// parseList reads the table of "virsh list --all": id, name, state. A vSRX name that a shell could misread is refused;
// leaving it out would hide a machine.
func parseList(list string) ([]string, error) {
	var names []string
	header := false
	for line := range strings.Lines(list) {
		cells := strings.Fields(line)
		if len(cells) >= 3 && cells[0] == "Id" && cells[1] == "Name" {
			header = true
			continue
		}
		if len(cells) < 2 || !strings.HasPrefix(strings.ToLower(cells[1]), "vsrx") {
			continue
		}
		if !safeName.MatchString(cells[1]) {
			return nil, upgrade.Errorf(upgrade.Malformed, "a virtual machine has the name %q", cells[1]).
				Advise("rename it: only letters, digits, dots, underscores and dashes reach a shell")
		}
		names = append(names, cells[1])
	}
	if !header {
		return nil, upgrade.Errorf(upgrade.Malformed, "virsh list gives no table of virtual machines")
	}
	return names, nil
}

func parseAutostart(info string) (bool, error) {
	for line := range strings.Lines(info) {
		value, found := strings.CutPrefix(strings.TrimSpace(line), "Autostart:")
		if !found {
			continue
		}
		switch value := strings.TrimSpace(value); value {
		case "enable", "enabled":
			return true, nil
		case "disable", "disabled":
			return false, nil
		default:
			return false, upgrade.Errorf(upgrade.Malformed, "virsh dominfo gives the autostart %q", value)
		}
	}
	return false, upgrade.Errorf(upgrade.Malformed, "virsh dominfo gives no autostart")
}

// parseMACs reads the hardware addresses of a domain's interfaces (libvirt: domain XML format, network interfaces).
func parseMACs(description string) ([]string, error) {
	var domain struct {
		XMLName    xml.Name `xml:"domain"`
		Interfaces []struct {
			MAC struct {
				Address string `xml:"address,attr"`
			} `xml:"mac"`
		} `xml:"devices>interface"`
	}
	if err := xml.Unmarshal([]byte(description), &domain); err != nil {
		return nil, upgrade.Errorf(upgrade.Malformed, "reading virsh dumpxml: %w", err)
	}
	var addresses []string
	for _, i := range domain.Interfaces {
		if address := strings.ToLower(strings.TrimSpace(i.MAC.Address)); address != "" {
			addresses = append(addresses, address)
		}
	}
	return addresses, nil
}
