package sshdial_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

func TestHopsAreReadFromAList(t *testing.T) {
	for text, want := range map[string][]sshdial.Hop{
		"":                                   nil,
		"ops@gate.example":                   {{User: "ops", Address: "gate.example", Port: 22}},
		"ops@192.0.2.3:2222":                 {{User: "ops", Address: "192.0.2.3", Port: 2222}},
		"ops@gate.example, deep@192.0.2.4:1": {{User: "ops", Address: "gate.example", Port: 22}, {User: "deep", Address: "192.0.2.4", Port: 1}},
		"ops@[2001:db8::1]:22":               {{User: "ops", Address: "2001:db8::1", Port: 22}},
		"ops@[2001:db8::1]":                  {{User: "ops", Address: "2001:db8::1", Port: 22}},
	} {
		got, err := sshdial.ParseHops(text)
		if err != nil {
			t.Errorf("%q gives %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestAHopIsRefusedWhere(t *testing.T) {
	for name, text := range map[string]string{
		"the user is missing":        "gate.example",
		"the user is empty":          "@gate.example",
		"the host is empty":          "ops@",
		"the host is empty, no port": "ops@:22",
		"the port is zero":           "ops@gate.example:0",
		"the port is too large":      "ops@gate.example:65536",
		"the port is no number":      "ops@gate.example:ssh",
		"there are two users":        "a@b@gate.example",
		"one of the list is empty":   "ops@gate.example,",
		"it is a URL":                "ssh://ops@gate.example",
		"an address has no brackets": "ops@2001:db8::1",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sshdial.ParseHops(text)
			wantKind(t, err, upgrade.Invalid)
		})
	}
}
