package configuration_test

import (
	"testing"

	"vsrx-upgrade/internal/configuration"
)

func TestWhatADeviceSaysOfATakeOverIsToldWithoutSecrets(t *testing.T) {
	plan, err := configuration.PlanTakeOver(parse(t, legacy+"set system tacplus-server 192.0.2.3 secret \"fake  shared words\"\nset snmp community fakecommunityname-2 authorization read-only\n"), parse(t, rebuilt))
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{
		"syntax error: expecting <statement>":                                                "syntax error: expecting <statement>",
		`syntax error: set security ike policy P pre-shared-key "$9$fakesecretofthevpn"`:     `syntax error: set security ike policy P pre-shared-key "***"`,
		"community fakecommunityname is not allowed":                                         "community *** is not allowed",
		"community fakecommunityname-2 is not allowed":                                       "community *** is not allowed",
		`secret "fake shared words" is too long`:                                             `secret "***" is too long`,
		`secret "fake  shared words" is too long`:                                            `secret "***" is too long`,
		`the hash "$6$another$one" of somebody else`:                                         `the hash "***" of somebody else`,
		"interface ge-0/0/1.0 of zone UNTRUST, gateway PEER: configuration check-out failed": "interface ge-0/0/1.0 of zone UNTRUST, gateway PEER: configuration check-out failed",
	} {
		if got := plan.Hide(said); got != want {
			t.Errorf("of %q it tells %q, want %q", said, got, want)
		}
	}
}
