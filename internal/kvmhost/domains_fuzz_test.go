package kvmhost

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// FuzzDomains reads whatever virsh may write of a host's machines: what is listed has a state and a name that no shell
// can misread, and what cannot be read says why.
func FuzzDomains(f *testing.F) {
	f.Add(" Id   Name          State\n----------------------------\n 3    vSRX-A     running\n -    vsrx-b     shut off\n", "<domain type='kvm'><name>vSRX-A</name><devices>"+
		"<interface type='bridge'><mac address='52:54:00:0A:0B:0C'/></interface><serial type='tcp'><source mode='bind' service='8601'/><protocol type='telnet'/></serial></devices></domain>", "Autostart:      enable\n")
	f.Add("Id Name State\n1 vSRX$(x) running", "<domain><name>a</name></domain><domain>", "Autostart: perhaps")
	f.Add("error: failed to connect to the hypervisor", "<domain/><!-- --><domain><name> vSRX </name></domain>", "Id: 3\nAutostart:")
	f.Fuzz(func(t *testing.T, list, descriptions, info string) {
		domains, err := parseList(list)
		known(t, err)
		for _, d := range domains {
			if checkName(d.Name) != nil || d.State == "" {
				t.Errorf("a machine %+v", d)
			}
		}
		all, err := parseDefinitions(descriptions)
		known(t, err)
		for _, d := range all {
			if found, err := all.of(d.Name); err != nil || found.Name != d.Name {
				t.Errorf("the description of %q is not found: %v", d.Name, err)
			}
			for _, address := range d.macs() {
				if address == "" || address != strings.ToLower(address) {
					t.Errorf("the address %q", address)
				}
			}
		}
		_, err = parseAutostart(info)
		known(t, err)
	})
}

// known makes sure that what cannot be read says why.
func known(t *testing.T, err error) {
	t.Helper()
	if err != nil && upgrade.KindOf(err) != upgrade.Malformed {
		t.Errorf("the error %v is of kind %q", err, upgrade.KindOf(err))
	}
}
