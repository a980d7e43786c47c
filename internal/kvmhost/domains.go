package kvmhost

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// virsh is put before every virsh command: states such as "shut off" are translated otherwise, and a libvirt that hangs
// must not take the other answers of a script with it.
const virsh = "LC_ALL=C timeout 10 virsh "

// How the virtual machines of a host are read: the table tells states, autostart is a filter of the list, and the
// descriptions of the vSRX ones come one after the other.
const (
	listDomains     = virsh + "list --all"
	listAutostarted = virsh + "list --all --autostart --name"
	describeDomains = virsh + "list --all --name | grep -i '^vsrx' | LC_ALL=C timeout 10 xargs -r -n 1 virsh dumpxml --domain"
)

// safeName is what the name of a vSRX may hold before it reaches a shell; it begins with "vSRX" in any case, so that it
// is neither an option nor a path.
var safeName = regexp.MustCompile(`^(?i:vsrx)[A-Za-z0-9._-]*$`)

// Domains reads the vSRX machines of the host: those whose name begins with "vSRX" in any case (IBM: "vSRXvM3" and
// others). Errors are of kind Refused (a command failed), Malformed or Unreachable.
func (h *Host) Domains(ctx context.Context) ([]upgrade.Domain, error) {
	commands := []string{listDomains, listAutostarted, describeDomains}
	replies, err := h.ask(ctx, commands...)
	if err != nil {
		return nil, err
	}
	for i, r := range replies {
		if err := r.failed(); err != nil {
			return nil, upgrade.Errorf(upgrade.Refused, "running %q on %s: %w", commands[i], h.address, err)
		}
	}
	rows, err := parseList(replies[0].out)
	if err != nil {
		return nil, err
	}
	autostarted := strings.Split(replies[1].out, "\n")
	definitions, err := parseDefinitions(replies[2].out)
	if err != nil {
		return nil, err
	}
	domains := make([]upgrade.Domain, 0, len(rows))
	for _, d := range rows {
		definition, err := definitions.of(d.Name)
		if err != nil {
			return nil, err
		}
		d.MACs, d.Autostart = definition.macs(), slices.Contains(autostarted, d.Name)
		domains = append(domains, d)
	}
	return domains, nil
}

// parseList reads the table of "virsh list --all": id, name, state. A vSRX name that a shell could misread is refused;
// leaving it out would hide a machine.
func parseList(list string) ([]upgrade.Domain, error) {
	var domains []upgrade.Domain
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
		if len(cells) < 3 {
			return nil, upgrade.Errorf(upgrade.Malformed, "virsh list gives no state of %s", cells[1])
		}
		domains = append(domains, upgrade.Domain{Name: cells[1], State: strings.Join(cells[2:], " ")})
	}
	if !header {
		return nil, upgrade.Errorf(upgrade.Malformed, "virsh list gives no table of virtual machines")
	}
	return domains, nil
}
