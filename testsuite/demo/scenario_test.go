package main

import (
	"os/exec"
	"strings"
	"testing"
)

func TestEveryScenarioIsFoundByItsName(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if seen[s.name] || s.about == "" || s.tell == nil || len(s.gateways) == 0 {
				t.Error("it stands twice in the list, or something of it is missing")
			}
			seen[s.name] = true
			if found, err := choose(s.name); err != nil || found.name != s.name {
				t.Errorf("its name finds %q, %v", found.name, err)
			}
		})
	}
}

func TestAnUnknownScenarioIsRefusedWithThoseThatAre(t *testing.T) {
	_, err := choose("holiday")
	if err == nil || !strings.Contains(err.Error(), "rollback") {
		t.Errorf("the refusal is %v", err)
	}
}

func TestTheStarterMustEndAsTheScenarioSays(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		exit    int
		right   bool
	}{
		"done as wanted":         {"exit 0", exitDone, true},
		"aborted as wanted":      {"exit 4", exitAborted, true},
		"done and not aborted":   {"exit 0", exitAborted, false},
		"aborted and not done":   {"exit 4", exitDone, false},
		"killed and not done":    {"kill -9 $$", exitDone, false},
		"killed and not aborted": {"kill -9 $$", exitAborted, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := ended(exec.Command("sh", "-c", c.command).Run(), c.exit); (err == nil) != c.right {
				t.Errorf("the end is judged as %v", err)
			}
		})
	}
}
