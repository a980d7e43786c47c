package main

import "testing"

func TestOnlyTheKeysOfAnAbandonedPairAreForgotten(t *testing.T) {
	known := "[127.3.0.1]:2200 ssh-ed25519 A learned\n[127.3.0.11]:2200 ssh-ed25519 B learned\n127.3.0.2 ssh-ed25519 C\n" +
		"# retired [127.3.0.1]:2200 ssh-ed25519 D\n[127.3.0.1]:830 ssh-ed25519 E\n"
	want := "[127.3.0.11]:2200 ssh-ed25519 B learned\n# retired [127.3.0.1]:2200 ssh-ed25519 D\n"
	if got := without(known, []string{"127.3.0.1", "127.3.0.2"}); got != want {
		t.Errorf("what is left is\n%s, want\n%s", got, want)
	}
}
