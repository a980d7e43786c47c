package activities_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/log"
	sdktest "go.temporal.io/sdk/testsuite"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// check judges the inventory as a worker does. Whatever it finds, no session stays open and no secret gets out.
func (i *inventory) check(in activities.CheckInput) ([]upgrade.CheckResult, error) {
	i.t.Helper()
	var suite sdktest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	acts := i.activities()
	env.RegisterActivity(acts)
	value, err := env.ExecuteActivity(acts.Check, in)
	var results []upgrade.CheckResult
	if err == nil {
		if err := value.Get(&results); err != nil {
			i.t.Fatal(err)
		}
	}
	text, wrong := json.Marshal(results)
	if wrong != nil {
		i.t.Fatal(wrong)
	}
	for _, secret := range i.secrets() {
		if seen := string(text) + fmt.Sprint(err); strings.Contains(seen, string(secret)) {
			i.t.Errorf("a password is visible in %s", seen)
		}
	}
	if i.open != 0 {
		i.t.Errorf("%d sessions are left open", i.open)
	}
	return results, err
}

// everything asks for all checks, IBM's included.
func everything() activities.CheckInput {
	o := upgrade.CheckOrder{GatewayID: gatewayID}.OrDefaults()
	in := activities.CheckInput{Look: activities.Look{GatewayID: gatewayID}, Request: o.Question()}
	in.Request.NativeOnly = true
	return in
}

// verdicts are the results by check and subject, "gateway" left out.
func verdicts(results []upgrade.CheckResult) map[string]upgrade.CheckVerdict {
	all := map[string]upgrade.CheckVerdict{}
	for _, r := range results {
		all[strings.TrimSuffix(r.Name+" of "+r.Subject, " of gateway")] = r.Verdict
	}
	return all
}

func TestACheckOfAReadyPairFindsNothing(t *testing.T) {
	results, err := newInventory(t).check(everything())
	if err != nil {
		t.Fatal(err)
	}
	if err := upgrade.Unready(results); err != nil || len(results) < 60 {
		t.Errorf("%d results, %v", len(results), err)
	}
}

func TestAPartThatCannotBeAskedIsAnErrorAndStopsNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		broken string   // the call that fails
		errors []string // what cannot be told
		told   []string // what is told all the same
	}{
		"a server's record": {"server of 83002", []string{"server of north-h2", "transaction of north-h2"}, []string{"server of north-h1", "host-telnet of north-h2", "cluster"}},
		"a member's prices": {"prices of 82001", []string{"target of north-h1"}, []string{"target of north-h2", "cluster", "server of north-h1"}},
		"the neighbours":    {"neighbours", []string{"pod"}, []string{"cluster", "server of north-h1", "host-login of north-h1"}},
		"the records": {"records", []string{"host-record of north-h1", "host-record of north-h2", "device-record of north-h1", "licence-record of north-h2"},
			[]string{"server of north-h1", "host-login of north-h1", "device-login"}},
		"a host's password": {"password of host 83001", []string{"host-login of north-h1", "host-telnet of north-h1", "machine-state of north-h1"},
			[]string{"host-login of north-h2", "host-telnet of north-h2", "cluster", "host-record of north-h1"}},
		"a host":                 {"login to 10.93.7.22", []string{"host-login of north-h2", "host-space of north-h2"}, []string{"host-space of north-h1", "device-login"}},
		"the machines of a host": {"machines of 10.93.7.21", []string{"machine-state of north-h1"}, []string{"host-telnet of north-h1", "machine-state of north-h2", "storage of node0"}},
		"the vSRX's password": {"password of member 82002", []string{"device-login", "storage", "cluster", "lint"},
			[]string{"host-login of north-h1", "pod", "host-telnet of north-h2"}},
		"the vSRX":                  {"login to 10.93.7.30", []string{"device-login", "candidate", "cluster-weight", "lint"}, []string{"host-login of north-h1", "server of north-h2"}},
		"the vSRX's last answer":    {"survey", []string{"cluster", "mark", "lint"}, []string{"storage of node1", "licence", "host-login of north-h1"}},
		"the configuration's words": {"configuration", []string{"lint"}, []string{"mark", "candidate", "cluster", "host-login of north-h1"}},
	} {
		t.Run(name, func(t *testing.T) {
			i := newInventory(t)
			i.broken[c.broken] = unreachable()
			results, err := i.check(everything())
			if err != nil {
				t.Fatal(err)
			}
			found := verdicts(results)
			for _, check := range c.errors {
				if found[check] != upgrade.CheckError {
					t.Errorf("%s is %q, want an error", check, found[check])
				}
			}
			for _, check := range c.told {
				if found[check] != upgrade.CheckPass {
					t.Errorf("%s is %q, want a pass", check, found[check])
				}
			}
			for _, r := range results { // of the gateway nothing bad was seen; only that no plan can be made
				if r.Verdict == upgrade.CheckFail && r.Name != "plan" {
					t.Errorf("%s of %s fails: %s", r.Name, r.Subject, r.Evidence)
				}
			}
			if upgrade.Unready(results) == nil {
				t.Error("the gateway is said to be ready")
			}
		})
	}
}

func TestIBMsRowsThatCannotBeReadAreAnError(t *testing.T) {
	i, in := newInventory(t), everything()
	i.broken["readiness"] = unreachable()
	in.Request.NativeOnly = false
	results, err := i.check(in)
	if err != nil {
		t.Fatal(err)
	}
	found := verdicts(results)
	for _, check := range []string{"ibm-upgrade-check of north-h1", "ibm-reload-check of north-h2"} {
		if found[check] != upgrade.CheckError {
			t.Errorf("%s is %q, want an error", check, found[check])
		}
	}
}

func TestARefusedLoginIsAFailureOfTheRecord(t *testing.T) {
	for call, check := range map[string]string{"login to 10.93.7.21": "host-login of north-h1", "login to 10.93.7.30": "device-login"} {
		i := newInventory(t)
		i.broken[call] = denied()
		results, err := i.check(everything())
		if err != nil {
			t.Fatal(err)
		}
		if found := verdicts(results); found[check] != upgrade.CheckFail {
			t.Errorf("%s is %q after a refusal, want a failure", check, found[check])
		}
	}
}

func TestPasswordsOnRecordThatDifferAreAFailureOfTheRecord(t *testing.T) {
	i := newInventory(t)
	i.deviceRoot[member2] = otherSecret
	results, err := i.check(everything())
	if err != nil {
		t.Fatal(err)
	}
	if found := verdicts(results); found["device-login"] != upgrade.CheckFail || i.begun("login to "+inside) {
		t.Errorf("device-login is %q, a login was tried: %t", found["device-login"], i.begun("login to "+inside))
	}
}

func TestWithoutTheGatewaysRecordNothingIsAsked(t *testing.T) {
	i := newInventory(t)
	i.broken["gateway"] = upgrade.Errorf(upgrade.NotFound, "no such gateway")
	_, err := i.check(everything())
	wantKind(t, err, upgrade.NotFound)
	if len(i.calls) != 1 {
		t.Errorf("it asked %q", i.calls)
	}
}

// Calls that meet come back only when all of them have begun: one after the other they would wait for ever.
func TestWhatDoesNotNeedAnotherAnswerIsAskedSideBySide(t *testing.T) {
	for name, calls := range map[string][]string{
		"IBM's records and the passwords": {"server of 83001", "server of 83002", "prices of 82001", "prices of 82002", "neighbours", "records", "readiness",
			"password of host 83001", "password of host 83002", "password of member 82001", "password of member 82002"},
		"hosts, device and records":  {"login to 10.93.7.21", "login to 10.93.7.22", "login to 10.93.7.30", "records"},
		"the questions on all three": {"facts of 10.93.7.21", "machines of 10.93.7.22", "survey"},
	} {
		t.Run(name, func(t *testing.T) {
			i := newInventory(t)
			i.meet(calls...)
			results, err := i.check(everything())
			if err != nil {
				t.Fatal(err)
			}
			if err := upgrade.Unready(results); err != nil {
				t.Error(err)
			}
			for _, call := range calls {
				if !i.begun(call) {
					t.Errorf("nobody asked for %s", call)
				}
			}
		})
	}
}

func TestWithoutATargetTheNewestThatIsOfferedIsChecked(t *testing.T) {
	for name, c := range map[string]struct{ asked, want string }{
		"none named": {"", newVersion},
		"one named":  {"23.4R2-S5", "23.4R2-S5"},
	} {
		t.Run(name, func(t *testing.T) {
			i, in := newInventory(t), everything()
			in.Request.Request.TargetVersion = c.asked
			results, err := i.check(in)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(results, func(r upgrade.CheckResult) bool { return r.Name == "target" })
			if at < 0 || results[at].Verdict != upgrade.CheckPass || results[at].Target != c.want {
				t.Errorf("results %+v, want one for the target %s", results, c.want)
			}
		})
	}
}

func TestTheLoginsProveThePasswordsOnRecord(t *testing.T) {
	i, in := newInventory(t), everything()
	in.Look.HostEpochs, in.Look.DeviceEpoch = map[int]string{host2: "reload 31 of server 83002"}, "reload 31"
	if _, err := i.check(in); err != nil {
		t.Fatal(err)
	}
	want := map[string]upgrade.Endpoint{
		private1: {Address: private1, User: "root", Password: hostSecret1, PasswordOnly: true},
		private2: {Address: private2, User: "root", Password: hostSecret2, PasswordOnly: true, Trust: upgrade.Trust{Epoch: "reload 31 of server 83002"}},
		inside:   {Address: inside, User: "root", Password: deviceSecret, PasswordOnly: true, Trust: upgrade.Trust{Epoch: "reload 31", Floating: true}}}
	for address, e := range want {
		if i.endpoints[address] != e {
			t.Errorf("%s was dialled as %+v, want %+v", address, i.endpoints[address], e)
		}
	}
}

func TestEachHostIsAskedForItsPeerTheGatewayAndItsMachine(t *testing.T) {
	i := newInventory(t)
	if _, err := i.check(everything()); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{private1: private2 + " " + inside + " vsrx-one", private2: private1 + " " + inside + " vsrx-two"} {
		if got := i.askedFor[address]; got != want {
			t.Errorf("host %s was asked for %q, want %q", address, got, want)
		}
	}
}
