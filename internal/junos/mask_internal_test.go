package junos

import (
	"strings"
	"testing"
)

// maskSecrets is tested from inside: what it hides must not be seen by way of anything else either.
func TestMaskSecretsHidesEverySecretAndNothingElse(t *testing.T) {
	for line, want := range map[string]string{
		`+      encrypted-password "$6$fake$fakefake"; ## SECRET-DATA`: `+      encrypted-password <masked>; ## SECRET-DATA`,
		`set system root-authentication encrypted-password "$5$fake"`:  `set system root-authentication encrypted-password <masked>`,
		`set system radius-server 192.0.2.9 secret "$9$fake-fake"`:     `set system radius-server 192.0.2.9 secret <masked>`,
		`-  pre-shared-key ascii-text "fake with \" blank";`:           `-  pre-shared-key ascii-text <masked>;`,
		`set security ike policy p pre-shared-key hexadecimal 00fa4e`:  `set security ike policy p pre-shared-key hexadecimal <masked>`,
		`+  community fake-community {`:                                `+  community <masked> {`,
		`+  authentication-key "$9$fake"; ## SECRET-DATA`:              `+  authentication-key <masked>; ## SECRET-DATA`,
		`+  some-new-statement fake-value; ## SECRET-DATA`:             `+  some-new-statement <masked>; ## SECRET-DATA`,
		`+  some-new-statement "fake value"; ## SECRET-DATA`:           `+  some-new-statement <masked>; ## SECRET-DATA`,
		`+  privacy-key $8$aes256-gcm$fake`:                            `+  privacy-key <masked>`,
		`+  unnamed "$1$fake$fake";`:                                   `+  unnamed <masked>;`,
		`set system license keys key "fake fake fake"`:                 `set system license keys key <masked>`,
		`+  secret "fake that ends on another line`:                    `+  secret <masked>`,
		`+  host-name example;`:                                        `+  host-name example;`,
		`[edit security ike policy p]`:                                 `[edit security ike policy p]`,
		`set chassis cluster redundancy-group 1 preempt`:               `set chassis cluster redundancy-group 1 preempt`,
	} {
		if got := maskSecrets(line); got != want || strings.Contains(got, "fake") {
			t.Errorf("%s\nis masked as\n%s\nwant\n%s", line, got, want)
		}
	}
}
