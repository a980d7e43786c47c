package configuration_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// rebuilt is what a standalone gateway of the current architecture comes with.
const rebuilt = `set version 23.4R2-S2.1
set system host-name fresh
set system root-authentication encrypted-password "$6$fake$fresh"
set chassis aggregated-devices ethernet device-count 10
set chassis fpc 0 pic 0 number-of-ports 4
set interfaces ge-0/0/0 gigether-options 802.3ad ae0
set interfaces ge-0/0/1 gigether-options 802.3ad ae1
set interfaces ae0 aggregated-ether-options lacp active
set interfaces ae0 unit 0 family inet address 10.31.7.20/26
set interfaces ae1 aggregated-ether-options lacp active
set interfaces ae1 unit 0 family inet address 203.0.113.20/28
set interfaces fxp0 unit 0 family inet
set security zones security-zone FRESH interfaces ae0.0
`

// legacy is a saved configuration of 15.1 on bare ports.
const legacy = `set version 15.1X49-D170.4
set system host-name edge-otter
set system root-authentication encrypted-password "$6$fake$saved"
set interfaces ge-0/0/0 vlan-tagging
set interfaces ge-0/0/0 unit 0 family inet address 10.31.7.20/26
set interfaces ge-0/0/0 unit 17 vlan-id 1117
set interfaces ge-0/0/0 unit 17 family inet address 10.44.17.1/24
set interfaces ge-0/0/1 unit 0 family inet address 203.0.113.20/28
set interfaces st0 unit 3 family inet
set interfaces lo0 unit 0 family inet address 192.0.2.77/32
set security ike gateway PEER external-interface ge-0/0/1.0
set security ike policy P pre-shared-key ascii-text "$9$fakesecretofthevpn"
set security ipsec vpn V bind-interface st0.3
set security nat source rule-set OUT from interface ge-0/0/0.17
set security nat proxy-arp interface ge-0/0/1.0 address 203.0.113.25/32
set security zones security-zone TRUST interfaces ge-0/0/0.0
set security zones security-zone APP interfaces ge-0/0/0.17
set security zones security-zone UNTRUST interfaces ge-0/0/1.0 host-inbound-traffic system-services ike
set snmp community fakecommunityname authorization read-only
`

// takeOver plans, checks that the commands lead to what is wanted, and gives the wanted lines.
func takeOver(t *testing.T, saved, fresh string, sections ...[]string) (configuration.TakeOver, string) {
	t.Helper()
	plan, err := configuration.PlanTakeOver(parse(t, saved), parse(t, fresh), sections...)
	if err != nil {
		t.Fatal(err)
	}
	after := device(t, fresh)
	after.apply(plan.Commands)
	if diff := configuration.Compare(plan.Wanted.Without("version"), parse(t, after.text()).Without("version")); len(diff) > 0 {
		t.Errorf("the commands do not lead to what is wanted: %v\n%s", diff, strings.Join(plan.Commands, "\n"))
	}
	var text strings.Builder
	if err := plan.Wanted.WriteSet(&text); err != nil {
		t.Fatal(err)
	}
	return plan, text.String()
}

func TestATakeOverOfALegacyGatewayRenamesItsPortsWhereverTheyAreNamed(t *testing.T) {
	plan, wanted := takeOver(t, legacy, rebuilt)
	for _, line := range []string{
		"set system host-name edge-otter",
		"set security ike gateway PEER external-interface ae1.0",
		"set security ipsec vpn V bind-interface st0.3",
		"set security nat source rule-set OUT from interface ae0.17",
		"set security nat proxy-arp interface ae1.0 address 203.0.113.25/32",
		"set security zones security-zone TRUST interfaces ae0.0",
		"set security zones security-zone APP interfaces ae0.17",
		"set security zones security-zone UNTRUST interfaces ae1.0 host-inbound-traffic system-services ike",
		"set interfaces ae0 vlan-tagging",
		"set interfaces ae0 unit 17 vlan-id 1117",
		"set interfaces ae0 unit 17 family inet address 10.44.17.1/24",
		"set interfaces st0 unit 3 family inet",
		"set interfaces lo0 unit 0 family inet address 192.0.2.77/32",
	} {
		if !strings.Contains(wanted, line+"\n") {
			t.Errorf("lacks %q", line)
		}
	}
	for _, gone := range []string{"ge-0/0/0.17", "ge-0/0/1.0", "interfaces ge-0/0/0 unit", "interfaces ge-0/0/0 vlan-tagging", "FRESH", "host-name fresh", "number-of-ports"} {
		if strings.Contains(wanted, gone) {
			t.Errorf("still holds %q:\n%s", gone, wanted)
		}
	}
	want := []string{"ge-0/0/0 becomes ae0 wherever it is named", "ge-0/0/1 becomes ae1 wherever it is named",
		"interfaces brought along: lo0, st0", "units brought along: ae0.17", "left as the new version has it: ae0, ae1"}
	if diff := cmp.Diff(want, plan.Plan); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

func TestATakeOverKeepsTheInterfacesOfTheNewVersion(t *testing.T) {
	saved := strings.ReplaceAll(rebuilt, "device-count 10", "device-count 2") +
		"set interfaces ae0 mtu 9000\nset interfaces ae0 unit 0 family inet address 10.99.99.1/24\nset interfaces ae7 gigether-options no-auto-negotiation\n"
	plan, wanted := takeOver(t, saved, rebuilt)
	for _, gone := range []string{"device-count 2\n", "mtu 9000", "10.99.99.1", "ae7"} {
		if strings.Contains(wanted, gone) {
			t.Errorf("holds %q of the old version", gone)
		}
	}
	if !slices.ContainsFunc(plan.Plan, func(p string) bool { return strings.Contains(p, "ae7 (is not there)") }) {
		t.Errorf("what is left out is not said: %q", plan.Plan)
	}
	for _, command := range plan.Commands {
		if strings.HasPrefix(command, "delete interfaces") || strings.HasPrefix(command, "delete chassis aggregated-devices") || command == "delete chassis" {
			t.Errorf("it deletes what must stay: %q", command)
		}
	}
}

func TestATakeOverOfChassisKeepsAggregatedDevicesAndReplacesTheRest(t *testing.T) {
	saved := "set system host-name edge-otter\nset chassis aggregated-devices ethernet device-count 2\nset chassis alarm management-ethernet link-down ignore\n"
	plan, wanted := takeOver(t, saved, rebuilt)
	if !slices.Contains(plan.Commands, "delete chassis fpc") || !strings.Contains(wanted, "device-count 10\n") || !strings.Contains(wanted, "link-down ignore\n") {
		t.Errorf("commands %q, wanted:\n%s", plan.Commands, wanted)
	}
}

func TestAggregatedDevicesComeAlongWhereTheNewVersionHasNone(t *testing.T) {
	fresh := strings.ReplaceAll(rebuilt, "set chassis aggregated-devices ethernet device-count 10\n", "")
	if _, wanted := takeOver(t, "set chassis aggregated-devices ethernet device-count 2\n", fresh); !strings.Contains(wanted, "device-count 2\n") {
		t.Errorf("wanted:\n%s", wanted)
	}
}

func TestWhatIsInactiveStaysInactive(t *testing.T) {
	for name, c := range map[string]struct{ saved, line string }{
		"a section":             {"set services ssl x\ndeactivate services", "deactivate services"},
		"a policy":              {"set security policies global policy P then deny\ndeactivate security policies global policy P", "deactivate security policies global policy P"},
		"a renamed reference":   {legacy + "deactivate security zones security-zone APP interfaces ge-0/0/0.17", "deactivate security zones security-zone APP interfaces ae0.17"},
		"a unit brought along":  {legacy + "deactivate interfaces ge-0/0/0 unit 17", "deactivate interfaces ae0 unit 17"},
		"a virtual interface":   {legacy + "deactivate interfaces st0 unit 3", "deactivate interfaces st0 unit 3"},
		"a group and its users": {"set groups g system services telnet\nset apply-groups g\ndeactivate apply-groups g", "deactivate apply-groups g"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, wanted := takeOver(t, c.saved, rebuilt); !strings.Contains(wanted, c.line+"\n") {
				t.Errorf("lacks %q:\n%s", c.line, wanted)
			}
		})
	}
}

func TestGroupsComeAlongWithTheirInterfacesRenamed(t *testing.T) {
	saved := legacy + "set groups g interfaces ge-0/0/0 unit <*> family inet mtu 1400\nset groups g security zones security-zone <*> interfaces ge-0/0/1.0\nset apply-groups g\n"
	_, wanted := takeOver(t, saved, rebuilt)
	for _, line := range []string{"set groups g interfaces ae0 unit <*> family inet mtu 1400", "set groups g security zones security-zone <*> interfaces ae1.0", "set apply-groups g"} {
		if !strings.Contains(wanted, line+"\n") {
			t.Errorf("lacks %q:\n%s", line, wanted)
		}
	}
}

func TestATakeOverIsRefusedForAPortWithoutCounterpart(t *testing.T) {
	for name, c := range map[string]struct{ saved, fresh, port string }{
		"a third bare port":               {"set interfaces ge-0/0/4 unit 0 family inet", rebuilt, "ge-0/0/4"},
		"an aggregate that is not there":  {"set interfaces ae5 unit 0 family inet", rebuilt, "ae5"},
		"a reth of a former pair":         {"set interfaces reth0 unit 0 family inet", rebuilt, "reth0"},
		"no aggregate on the new version": {legacy, "set system host-name bare\nset interfaces fxp0 unit 0 family inet\n", "ge-0/0/"},
		"an inactive port":                {"set interfaces ge-0/0/4 unit 0 family inet\ndeactivate interfaces ge-0/0/4", rebuilt, "ge-0/0/4"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := configuration.PlanTakeOver(parse(t, c.saved), parse(t, c.fresh))
			if upgrade.KindOf(err) != upgrade.Unsupported || !strings.Contains(err.Error(), c.port) || upgrade.AdviceOf(err) == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestABarePortThatTheNewVersionHasTooIsNotRenamed(t *testing.T) {
	bare := "set interfaces ge-0/0/0 unit 0 family inet address 10.31.7.20/26\nset security zones security-zone T interfaces ge-0/0/0.0\n"
	plan, wanted := takeOver(t, bare+"set security zones security-zone U interfaces ge-0/0/0.0\n", bare)
	if strings.Contains(wanted, "ae0") || !strings.Contains(wanted, "security-zone U interfaces ge-0/0/0.0\n") {
		t.Errorf("plan %q, wanted:\n%s", plan.Plan, wanted)
	}
}

func TestThePlanOfATakeOverShowsNoSecret(t *testing.T) {
	plan, _ := takeOver(t, legacy, rebuilt)
	for _, secret := range []string{"$6$fake", "$9$fake", "fakecommunityname"} {
		if strings.Contains(strings.Join(plan.Plan, "\n"), secret) {
			t.Errorf("the plan shows %q: %q", secret, plan.Plan)
		}
		if !strings.Contains(strings.Join(plan.Commands, "\n"), secret) {
			t.Errorf("the commands lack %q", secret)
		}
	}
}

func TestWithSectionsOnlyTheseAreReplaced(t *testing.T) {
	saved := legacy + "set security policies global policy SAVED then permit\ndeactivate security policies global policy SAVED\n"
	for name, c := range map[string]struct {
		path             []string
		commands         []string
		holds, holdsNone []string
	}{
		"one that is on both sides": {[]string{"system", "host-name"}, []string{"delete system host-name", "set system host-name edge-otter"},
			[]string{"host-name edge-otter", "$6$fake$fresh", "FRESH"}, []string{"TRUST", "$6$fake$saved"}},
		"one that is new": {[]string{"security", "policies"}, []string{"set security policies global policy SAVED then permit", "deactivate security policies global policy SAVED"},
			[]string{"policy SAVED", "FRESH", "host-name fresh"}, []string{"TRUST"}},
		"one that the saved one lacks": {[]string{"security", "zones", "security-zone", "FRESH"}, []string{"delete security zones security-zone FRESH"},
			[]string{"host-name fresh"}, []string{"FRESH", "TRUST"}},
		"one that nobody has": {[]string{"protocols"}, nil, []string{"host-name fresh"}, []string{"TRUST"}},
	} {
		t.Run(name, func(t *testing.T) {
			plan, wanted := takeOver(t, saved, rebuilt, c.path)
			if diff := cmp.Diff(c.commands, plan.Commands); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			for _, word := range c.holds {
				if !strings.Contains(wanted, word) {
					t.Errorf("lacks %q", word)
				}
			}
			for _, word := range c.holdsNone {
				if strings.Contains(wanted, word) {
					t.Errorf("holds %q", word)
				}
			}
		})
	}
}
