package readiness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// python is the interpreter that sees the packages of the distribution; modules are those that the script stands on.
const (
	python  = "/usr/bin/python3"
	modules = "jnpr.junos, SoftLayer, paramiko"
)

// needScript skips a benchmark by name where the libraries of the script are missing.
func needScript(b *testing.B) {
	b.Helper()
	if err := exec.Command(python, "-c", "import "+modules).Run(); err != nil {
		b.Skipf("the Python packages %s are not installed: see testsuite/thirdparty/install.sh", modules)
	}
}

// script asks the same as the product did in calls, one after the other, and gives the time without Python's start.
func script(ctx context.Context, cloud *sim.Cloud, calls []sim.Call) (time.Duration, error) {
	a := cloud.Access()
	commands := map[string][]string{}
	for _, m := range a.Gateways[0].Members {
		commands[m.HostAddress] = commandsOn(m.ID, calls)
	}
	facts, err := json.Marshal(map[string]any{"api": a.API, "username": a.Username, "apiKey": a.APIKey, "gateway": a.Gateways[0].ID,
		"hostPort": a.HostSSHPort, "netconfPort": a.NetconfPort, "commands": commands})
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, python, "-W", "ignore", "../thirdparty/scripts/pyez_readiness.py")
	cmd.Env = append(os.Environ(), "WORLD="+string(facts))
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return 0, fmt.Errorf("running the script: %w\n%s", err, exit.Stderr)
	}
	if err != nil {
		return 0, fmt.Errorf("running the script: %w", err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return time.Duration(seconds * float64(time.Second)), err
}

// commandsOn are the single commands that a member's host ran.
func commandsOn(member int, calls []sim.Call) []string {
	var list []string
	for _, c := range calls {
		if c.Face == "host" && c.Member == member {
			list = append(list, commandsIn(c.Name)...)
		}
	}
	return list
}

// commandsIn takes a script of the product apart: one command a line, followed by marks that are no questions.
func commandsIn(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), `; printf '\n`)
		list = append(list, command)
	}
	return list
}

// questions counts what was asked, farewells apart: how often each method, each RPC, each command on each host.
func questions(calls []sim.Call) map[string]int {
	asked := map[string]int{}
	for _, c := range calls {
		switch {
		case c.Face == "host":
			for _, command := range commandsIn(c.Name) {
				asked[fmt.Sprintf("host of member %d: %s", c.Member, command)]++
			}
		case c.Name != "rpc close-session":
			asked[c.Face+": "+c.Name]++
		}
	}
	return asked
}
