package junos

import (
	"strings"
	"testing"
)

// maskSecrets is tested from inside: what it hides must not be seen by way of anything else either.
func TestMaskSecretsHidesEverySecretAndNothingElse(t *testing.T) {
	for line, want := range map[string]string{
		`+      encrypted-password "$6$fake$fakefake"; ## SECRET-DATA`: `+      encrypted-password ***; ## SECRET-DATA`,
		`set system root-authentication encrypted-password "$5$fake"`:  `set system root-authentication encrypted-password ***`,
		`set system radius-server 192.0.2.9 secret "$9$fake-fake"`:     `set system radius-server 192.0.2.9 secret ***`,
		`-  pre-shared-key ascii-text "fake with \" blank";`:           `-  pre-shared-key ascii-text ***;`,
		`set security ike policy p pre-shared-key hexadecimal 00fa4e`:  `set security ike policy p pre-shared-key hexadecimal ***`,
		`+  community fake-community {`:                                `+  community *** {`,
		`+  authentication-key "$9$fake"; ## SECRET-DATA`:              `+  authentication-key ***; ## SECRET-DATA`,
		`+  some-new-statement fake-value; ## SECRET-DATA`:             `+  some-new-statement ***; ## SECRET-DATA`,
		`+  some-new-statement "fake value"; ## SECRET-DATA`:           `+  some-new-statement ***; ## SECRET-DATA`,
		`+  privacy-key $8$aes256-gcm$fake`:                            `+  privacy-key ***`,
		`+  unnamed "$1$fake$fake";`:                                   `+  unnamed ***;`,
		`set system license keys key "fake fake fake"`:                 `set system license keys key ***`,
		`+  secret "fake that ends on another line`:                    `+  secret ***`,
		`+  host-name example;`:                                        `+  host-name example;`,
		`[edit security ike policy p]`:                                 `[edit security ike policy p]`,
		`set chassis cluster redundancy-group 1 preempt`:               `set chassis cluster redundancy-group 1 preempt`,
	} {
		if got := maskSecrets(line); got != want || strings.Contains(got, "fake") {
			t.Errorf("%s\nis masked as\n%s\nwant\n%s", line, got, want)
		}
	}
}
