package thirdparty_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// slcli is SoftLayer's own command line client (Debian package python3-softlayer), pointed at a simulated cloud. With
// "/rest" in its endpoint it speaks the REST API.
type slcli struct {
	world
	home   string
	client string
}

func startSlcli(t *testing.T, opts sim.Options) slcli {
	t.Helper()
	client, err := exec.LookPath("slcli")
	if err != nil {
		t.Skip("slcli (Debian package python3-softlayer) is not installed: see install.sh")
	}
	s := slcli{world: start(t, opts), home: t.TempDir(), client: client}
	access := s.Access()
	settings := fmt.Sprintf("[softlayer]\nusername = %s\napi_key = %s\nendpoint_url = %s\ntimeout = 60\n", access.Username, access.APIKey, access.API)
	if err := os.WriteFile(filepath.Join(s.home, ".softlayer"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run is one command; exit is its exit status.
func (s slcli) run(args ...string) (output string, exit int) {
	s.t.Helper()
	command := exec.CommandContext(s.t.Context(), s.client, args...)
	command.Env = []string{"HOME=" + s.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "COLUMNS=300", "TERM=dumb"}
	text, err := command.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		s.t.Fatalf("running slcli %s: %v", strings.Join(args, " "), err)
	}
	return string(text), command.ProcessState.ExitCode()
}

func (s slcli) member(n int) sim.MemberAccess { return s.gateway().Members[n] }
func (s slcli) memberState(n int) sim.MemberState {
	return s.State(s.gateway().ID).Members[n]
}

// flat is output without blanks, so that the layout of tables and JSON does not matter.
func flat(text string) string { return strings.Join(strings.Fields(text), "") }

func TestSlcliSaysWhatTheWorldSays(t *testing.T) {
	s := startSlcli(t, sim.Options{})
	access := s.Access()
	gateway, first, second := access.Gateways[0], s.member(0), s.member(1)
	server := strconv.Itoa(first.HardwareID)
	id := strconv.Itoa(gateway.ID)
	for _, test := range []struct {
		name string
		args []string
		want []string // in the output without its blanks
		not  []string
	}{
		{"list", []string{"hardware", "list"},
			[]string{server, strconv.Itoa(second.HardwareID), first.HostAddress, second.HostAddress, gateway.Name + "-h0", "dal09"}, nil},
		{"list by host name", []string{"hardware", "list", "-H", gateway.Name + "-h1"}, []string{second.HostAddress}, []string{first.HostAddress}},
		{"list by memory and data centre", []string{"hardware", "list", "-m", "64", "-d", "dal09"}, []string{server}, nil},
		{"list of another data centre", []string{"hardware", "list", "-d", "lon02"}, nil, []string{server}},
		{"list, page by page", []string{"hardware", "list", "-l", "1", "--sortby", "id", "--columns", "id,guid,action,created_by,tags"},
			[]string{server, strconv.Itoa(second.HardwareID), access.Username}, nil},
		{"detail", []string{"hardware", "detail", server, "--passwords", "--price", "--components"},
			[]string{first.HostPassword, "statusACTIVE", first.HostAddress, "22.2R2-S2", "PROCESSOR", "HARD_DRIVE"}, []string{second.HostPassword}},
		{"detail by host name", []string{"hardware", "detail", gateway.Name + "-h1"}, []string{strconv.Itoa(second.HardwareID)}, []string{second.HostPassword}},
		{"detail by address", []string{"hardware", "detail", second.HostAddress}, []string{gateway.Name + "-h1"}, nil},
		{"credentials", []string{"hardware", "credentials", server}, []string{"root", first.HostPassword}, nil},
		{"ready", []string{"hardware", "ready", server}, []string{"READY"}, nil},
		{"gateway", []string{"--format=json", "call-api", "SoftLayer_Network_Gateway", "getObject", "--id", id,
			"--mask", "mask[id,status[keyName],members[id,hardware(SoftLayer_Hardware_Server)[hostname,activeTransactionCount]]]"},
			[]string{`"id":` + id, `"keyName":"ACTIVE"`, fmt.Sprintf(`"id":%d`, second.ID), `"activeTransactionCount":0`}, nil},
		{"members, dotted mask", []string{"--format=json", "call-api", "Network_Gateway", "getMembers", "--id", id, "--mask", "id,attributes.version"},
			[]string{`"version":"22.2R2-S2"`}, nil},
		{"readiness", []string{"--format=json", "call-api", "SoftLayer_Network_Gateway_Precheck", "getPrecheckStatus", id, "true"},
			[]string{`"memberReadinessValue":"Unchecked"`, `"category":"upgrade_precheck"`, fmt.Sprintf(`"memberId":%d`, first.ID)}, nil},
		{"a filter of texts", []string{"--format=json", "call-api", "Account", "getHardware", "-f", "hardware.hostname IN " + gateway.Name + "-h0,nobody", "--mask", "id"},
			[]string{`"id":` + server}, []string{strconv.Itoa(second.HardwareID)}},
		{"a filter as JSON, sorted", []string{"--format=json", "call-api", "Account", "getHardware", "--mask", "id", "--orderBy", "hardware.id=DESC", "--limit", "1",
			"--json-filter", `{"hardware":{"hostname":{"operation":"^= ` + gateway.Name + `"}}}`},
			[]string{fmt.Sprintf(`"id":%d`, max(first.HardwareID, second.HardwareID))}, []string{strconv.Itoa(min(first.HardwareID, second.HardwareID))}},
		{"prices, the id as a text", []string{"--format=json", "call-api", "Network_Gateway", "getAllowedOsPriceIds", strconv.Itoa(first.ID), "--id", id}, []string{"["}, nil},
		{"the user", []string{"--format=json", "call-api", "Account", "getCurrentUser", "--mask", "username,permissions.keyName"},
			[]string{access.Username, "GATEWAY_MANAGE", "SERVER_RELOAD"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			output, exit := slcli{world{s.Cloud, t}, s.home, s.client}.run(test.args...)
			if exit != 0 {
				t.Fatalf("exit status %d:\n%s", exit, output)
			}
			for _, want := range test.want {
				if !strings.Contains(flat(output), want) {
					t.Errorf("no %q in\n%s", want, output)
				}
			}
			for _, not := range test.not {
				if strings.Contains(flat(output), not) {
					t.Errorf("%q is in\n%s", not, output)
				}
			}
		})
	}
}

func TestNoSideCallOfSlcliFails(t *testing.T) {
	s := startSlcli(t, sim.Options{})
	server := strconv.Itoa(s.member(0).HardwareID)
	if output, exit := s.run("hardware", "detail", server, "--components"); exit != 0 {
		t.Fatalf("exit status %d:\n%s", exit, output)
	}
	var methods []string
	for _, call := range s.Calls() {
		if call.Status != "200" {
			t.Errorf("%s got %s", call.Name, call.Status)
		}
		methods = append(methods, strings.TrimPrefix(call.Name, "SoftLayer_Hardware_Server/"))
	}
	want := []string{"getObject", "getHardDrives", "getBandwidthAllotmentDetail", "getBillingCycleBandwidthUsage", "getComponents"}
	if !slices.Equal(methods, want) {
		t.Errorf("calls %v, want %v", methods, want)
	}
}

func TestSlcliSeesTheErrorsOfTheAPI(t *testing.T) {
	s := startSlcli(t, sim.Options{})
	server := strconv.Itoa(s.member(0).HardwareID)
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no such gateway", []string{"call-api", "Network_Gateway", "getObject", "--id", "1"}, "SoftLayerAPIError(404): Unable to find object with id of '1'."},
		{"no such method", []string{"call-api", "Network_Gateway", "changeGatewayVersion", "--id", "4711"}, "is not a valid method for this service."},
		{"no such property", []string{"call-api", "Hardware", "getObject", "--id", server, "--mask", "activeTransaction"}, "not valid for"},
		{"not checked", []string{"-y", "hardware", "reload", server}, "SoftLayerAPIError(500): The gateway is not ready"},
	} {
		t.Run(test.name, func(t *testing.T) {
			output, exit := slcli{world{s.Cloud, t}, s.home, s.client}.run(test.args...)
			if exit == 0 || !strings.Contains(output, test.want) {
				t.Errorf("exit status %d, want %q in\n%s", exit, test.want, output)
			}
		})
	}
}

func TestSlcliReloadsAndWaits(t *testing.T) {
	s := startSlcli(t, sim.Options{})
	pair := s.member(1)
	server, id := strconv.Itoa(pair.HardwareID), strconv.Itoa(s.gateway().ID)
	step := func(want string, exit int, args ...string) {
		t.Helper()
		if output, got := s.run(args...); got != exit || !strings.Contains(flat(output), want) {
			t.Fatalf("slcli %s: exit status %d, want %d and %q in\n%s", strings.Join(args, " "), got, exit, want, output)
		}
	}
	step("True", 0, "call-api", "Network_Gateway_Precheck", "osReloadPrecheck", id)
	step("Running", 0, "call-api", "Network_Gateway_Precheck", "getPrecheckStatus", id, "false")
	step("READY", 0, "hardware", "ready", server) // a check is no reload
	s.Step(31 * time.Minute)
	step("", 0, "-y", "hardware", "reload", server)
	if m := s.memberState(1); m.Reloads != 1 || !m.Reloading {
		t.Fatalf("after the reload was ordered: %+v", m)
	}
	s.Step(30 * time.Minute)
	step("notready", 2, "hardware", "ready", server)
	step("Simulatedstep", 0, "hardware", "list", "-H", s.gateway().Name+"-h1")
	s.Step(5 * time.Hour)
	step("READY", 0, "hardware", "ready", server)
	step(s.member(1).HostPassword, 0, "hardware", "detail", server, "--passwords")
	if m := s.memberState(1); m.Reloading || m.VM != "running" || s.member(1).HostPassword == pair.HostPassword {
		t.Errorf("after the reload: %+v", m)
	}
}

func TestSlcliTogglesTheManagementInterface(t *testing.T) {
	s := startSlcli(t, sim.Options{})
	server := strconv.Itoa(s.member(0).HardwareID)
	disabled := func() string {
		output, _ := s.run("--format=json", "call-api", "Hardware_Server", "getObject", "--id", server, "--mask", "isIpmiDisabled,id")
		_, rest, _ := strings.Cut(flat(output), `"isIpmiDisabled":`)
		return strings.TrimRight(rest, "}")
	}
	if got := disabled(); got != "false" {
		t.Fatalf("at the start: %q", got)
	}
	if output, exit := s.run("hardware", "toggle-ipmi", "--disable", server); exit != 0 || !strings.Contains(output, "True") {
		t.Fatalf("exit status %d:\n%s", exit, output)
	}
	s.Step(10 * time.Minute)
	if got := disabled(); got != "true" {
		t.Errorf("after it was disabled: %q", got)
	}
}
