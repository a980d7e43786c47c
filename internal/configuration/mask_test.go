package configuration_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/configuration"
)

func TestSecretsAreMaskedByKeywordAndByMark(t *testing.T) {
	for text, want := range map[string]string{
		"system root-authentication encrypted-password fake":                   "system root-authentication encrypted-password ***",
		"system login user u authentication encrypted-password fake":           "system login user u authentication encrypted-password ***",
		"security ike policy p pre-shared-key ascii-text fake":                 "security ike policy p pre-shared-key ascii-text ***",
		"security ike policy p pre-shared-key hexadecimal fa4e":                "security ike policy p pre-shared-key hexadecimal ***",
		"security ike policy p pre-shared-key fake":                            "security ike policy p pre-shared-key ***",
		"system radius-server 192.0.2.1 secret fake":                           "system radius-server 192.0.2.1 secret ***",
		"protocols bgp group g authentication-key fake":                        "protocols bgp group g authentication-key ***",
		"system ntp authentication-key 1 value fake":                           "system ntp authentication-key 1 value ***",
		"system ntp authentication-key 1 type md5":                             "system ntp authentication-key 1 type md5",
		"snmp community fake authorization read-only":                          "snmp community *** authorization read-only",
		"groups g snmp community fake":                                         "groups g snmp community ***",
		"policy-options community c members 64500:1":                           "policy-options community c members 64500:1",
		"snmp v3 usm local-engine user u privacy-aes128 privacy-key fake":      "snmp v3 usm local-engine user u privacy-aes128 privacy-key ***",
		"system license keys key fake":                                         "system license keys key ***",
		"protocols ospf area 0 interface i authentication md5 1 key fake":      "protocols ospf area 0 interface i authentication md5 1 key ***",
		"system ntp server 192.0.2.1 key 5":                                    "system ntp server 192.0.2.1 key 5",
		"some statement $9$fake":                                               "some statement ***",
		"some statement $1$fake":                                               "some statement ***",
		"some statement $5$fake":                                               "some statement ***",
		"some statement $6$fake":                                               "some statement ***",
		"some statement $8$fake":                                               "some statement ***",
		"apply-groups ${node}":                                                 "apply-groups ${node}",
		"system archival configuration archive-sites ftp://u:fake@192.0.2.1/d": "system archival configuration archive-sites ftp://u:***@192.0.2.1/d",
		"security utm custom-objects url-pattern p value http://example.net/@": "security utm custom-objects url-pattern p value http://example.net/@",
		"system host-name secret":                                              "system host-name secret",
	} {
		words := strings.Fields(text)
		if got := strings.Join(configuration.Mask(words), " "); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
		if strings.Join(words, " ") != text {
			t.Errorf("%s was changed", text)
		}
	}
}

func TestWhatTheDeviceCallsSecretIsMasked(t *testing.T) {
	for name, text := range map[string]string{
		"curly": "a {\n    unheard-of fake-value; ## SECRET-DATA\n    plain value;\n}\n",
		"set":   "set a unheard-of fake-value ## SECRET-DATA\nset a plain value\n",
	} {
		tree := parse(t, text)
		for _, tree := range []*configuration.Tree{tree, tree.Effective(), tree.Section("a")} {
			var got []string
			for s := range tree.Walk() {
				got = append(got, strings.Join(s.Masked(), " "))
			}
			if strings.Join(got, ", ") != "a unheard-of ***, a plain value" {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	changes := configuration.Compare(parse(t, "a {\n    b fake-1; ## SECRET-DATA\n}"), parse(t, "a {\n    b fake-2; ## SECRET-DATA\n    c fake-3; ## SECRET-DATA\n}"))
	if len(changes) != 2 || strings.Contains(changes[0].String()+changes[1].String(), "fake") {
		t.Errorf("changes: %v", changes)
	}
}
