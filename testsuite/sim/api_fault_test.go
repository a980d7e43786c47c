package sim_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"vsrx-upgrade/testsuite/sim"
)

// outcome is an answer's status and what it says.
func outcome(status int, text string) string { return fmt.Sprintf("%d %s", status, text) }

// read is try as one line.
func (o operator) read(path, mask string, parameters ...any) string {
	o.t.Helper()
	status, text, err := o.try(path, url.Values{"objectMask": {mask}}, parameters...)
	if err != nil {
		return err.Error()
	}
	return outcome(status, text)
}

func TestFaultsOfTheAPIShowInItsAnswers(t *testing.T) {
	const (
		list    = "SoftLayer_Account/getNetworkGateways"
		boolean = "getMemberGatewayImagesMatch"
	)
	of := func(o operator) string { return fmt.Sprintf("SoftLayer_Network_Gateway/%d/", o.gateway().ID) }
	object := func(o operator) string { return o.read(of(o)+"getObject", "mask[id]") }
	for _, test := range []struct {
		fault sim.Fault
		look  func(o operator) string
		want  string
	}{
		{sim.Fault{Name: "iam-expired-500"}, object,
			`500 {"code":"SoftLayer_Exception_Account_Authentication_AccessTokenValidation","error":"Provided token has expired."}`},
		{sim.Fault{Name: "iam-exchange-500"}, object, `500 {"code":"SoftLayer_Exception_Public","error":"Failed to exchange token"}`},
		{sim.Fault{Name: "null-list"}, func(o operator) string { return o.read(list, "mask[id]") }, "200 null"},
		{sim.Fault{Name: "null-list"}, object, `200 {"id":4711}`},
		{sim.Fault{Name: "null-object"}, object, "200 null"},
		{sim.Fault{Name: "null-object"}, func(o operator) string { return o.read(list, "mask[id]") }, `200 [{"id":4711}]`},
		{sim.Fault{Name: "single-for-list"}, func(o operator) string { return o.read(list, "mask[id]") }, `200 {"id":4711}`},
		{sim.Fault{Name: "shape-wrong"}, func(o operator) string { return o.read(list, "mask[id]") }, `200 {"items":[{"id":4711}]}`},
		{sim.Fault{Name: "shape-wrong"}, object, `200 [{"id":4711}]`},
		{sim.Fault{Name: "shape-wrong"}, func(o operator) string { return o.read(of(o)+boolean, "") }, `200 {"value":true}`},
		{sim.Fault{Name: "html-502", Call: 2}, func(o operator) string { return object(o) + object(o)[:3] + object(o)[:3] }, `200 {"id":4711}502200`},
		{sim.Fault{Name: "html-502", Gateway: 4711}, func(o operator) string { return o.read("SoftLayer_Account", "mask[id]")[:3] + object(o)[:3] }, "200502"},
		{sim.Fault{Name: "rate-limit", Arg: "3"}, func(o operator) string {
			statuses := ""
			for range 6 {
				statuses += object(o)[:3] + " "
			}
			return statuses
		}, "200 200 500 200 200 500 "},
		{sim.Fault{Name: "reload-200-error-newline"}, func(o operator) string {
			status, text, _ := o.reload(o.member(1), newVersion)
			return outcome(status, text)
		}, "200 {\"error\":\"Internal Error\",\"code\":\"SoftLayer_Exception_Public\"}\n"},
		{sim.Fault{Name: "reload-refused-500"}, func(o operator) string {
			status, _, _ := o.reload(o.member(1), newVersion)
			return outcome(status, fmt.Sprint(o.state().Members[1].Reloads))
		}, "500 0"},
		{sim.Fault{Name: "reload-refused-500", Call: 2}, func(o operator) string {
			_, _, _ = o.reload(o.member(1), newVersion)
			return fmt.Sprint(o.state().Members[1].Reloads)
		}, "1"},
		{sim.Fault{Name: "reload-reset-after"}, func(o operator) string {
			_, _, err := o.reload(o.member(1), newVersion)
			return fmt.Sprint(errors.Is(err, syscall.ECONNRESET), o.state().Members[1].Reloads)
		}, "true 1"},
		{sim.Fault{Name: "status-unknown"}, func(o operator) string { return o.read(of(o)+"getStatus", "mask[keyName]") }, `200 {"keyName":"PENDING_REVIEW"}`},
		{sim.Fault{Name: "clock-skew", Arg: "-90m"}, func(o operator) string {
			text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), "mask[id,lastTransaction[createDate]]")
			_, stamp, _ := strings.Cut(text, `"createDate":"`)
			at, err := time.Parse(time.RFC3339, stamp[:25])
			// The last readiness check began 31 minutes ago.
			return fmt.Sprint(err, at.Sub(o.cloud.Now()).Round(time.Minute))
		}, "<nil> -2h1m0s"},
	} {
		t.Run(fmt.Sprintf("%s %s %d", test.fault.Name, test.fault.Arg, test.fault.Call), func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			o.inject(test.fault)
			if got := test.look(o); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestVersionAttributesMayLagBehindTheReloadOrRunAhead(t *testing.T) {
	for _, test := range []struct {
		fault                  sim.Fault
		during, after, settled string
	}{
		{sim.Fault{Name: "attr-early"}, newVersion, newVersion, newVersion},
		{sim.Fault{Name: "attr-lag", Arg: "6h"}, oldVersion, oldVersion, newVersion},
	} {
		t.Run(test.fault.Name, func(t *testing.T) {
			o := ready(t)
			o.inject(test.fault)
			version := func() string {
				text := o.masked(fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getAttributes", o.member(1).ID), "mask[version]")
				return strings.TrimSuffix(strings.TrimPrefix(text, `{"version":"`), `"}`)
			}
			o.checkReadiness(o.gateway().ID)
			o.mustReload(o.member(1), newVersion)
			seen := []string{version()}
			o.cloud.Step(reloadTime)
			seen = append(seen, version())
			o.cloud.Step(6 * time.Hour)
			seen = append(seen, version())
			if want := []string{test.during, test.after, test.settled}; !slices.Equal(seen, want) {
				t.Errorf("versions %v, want %v", seen, want)
			}
		})
	}
}

func TestStaleReadsAreAnswersOfThePast(t *testing.T) {
	o := ready(t)
	o.inject(sim.Fault{Name: "stale-read", Arg: "10m"})
	count := func() string {
		text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), "mask[id,activeTransactionCount]")
		_, rest, _ := strings.Cut(text, `"activeTransactionCount":`)
		return rest[:1]
	}
	seen := count()
	o.cloud.Step(time.Minute)
	o.call("SoftLayer_Network_Gateway_Precheck/upgradePrecheck", o.gateway().ID)
	seen += count() // the former answer is not old enough yet
	o.cloud.Step(9*time.Minute + 30*time.Second)
	seen += count() + count()
	o.cloud.Clear("stale-read")
	if seen += count(); seen != "01101" {
		t.Errorf("transactions seen: %s, want 01101", seen)
	}
}

// later runs a call beside the test and hands over its outcome.
func later(do func() string) <-chan string {
	answer := make(chan string, 1)
	go func() { answer <- do() }()
	return answer
}

// await waits until the world has seen a call, which happens in real time because another goroutine makes it.
func (o operator) await(seen func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(time.Minute); !seen(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatal("the call never came")
		}
	}
}

// calls counts the calls of a method of the API.
func (o operator) calls(method string) int {
	n := 0
	for _, call := range o.cloud.Calls() {
		if call.Face == "api" && strings.HasSuffix(call.Name, "/"+method) {
			n++
		}
	}
	return n
}

// submit orders a reload of a server whose price is known already.
func (o operator) submit(server, price int) (int, string, error) {
	return o.try(fmt.Sprintf("SoftLayer_Hardware_Server/%d/reloadOperatingSystem", server), nil,
		"FORCE", map[string]any{"itemPrices": []map[string]int{{"id": price}}})
}

func TestAnswersMayTakeTheirTime(t *testing.T) {
	for _, test := range []struct {
		name, method string
		fault        sim.Fault
		call         func(o operator, price int) string
		release      func(o operator)
		want         string
	}{
		{"a slow answer", "getObject", sim.Fault{Name: "slow-answer", Arg: "5m"},
			func(o operator, _ int) string { return o.read("SoftLayer_Network_Gateway/4711/getObject", "mask[id]") },
			func(o operator) { o.cloud.Step(5 * time.Minute) }, `200 {"id":4711}`},
		{"a reload that nobody hears of again", "reloadOperatingSystem", sim.Fault{Name: "reload-timeout-done", Arg: "2m"},
			func(o operator, price int) string {
				_, _, err := o.submit(o.member(1).HardwareID, price)
				return fmt.Sprint(errors.Is(err, io.EOF))
			},
			func(o operator) { o.cloud.Step(2 * time.Minute) }, "true"},
		{"a write whose answer is held back", "reloadOperatingSystem", sim.Fault{Name: "worker-kill-points"},
			func(o operator, price int) string {
				status, text, _ := o.submit(o.member(1).HardwareID, price)
				return outcome(status, text)
			},
			func(o operator) { o.cloud.Clear("worker-kill-points") }, `200 "1"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ready(t)
			o.checkReadiness(o.gateway().ID)
			price := o.price(newVersion)
			before := o.calls(test.method)
			o.inject(test.fault)
			answer := later(func() string { return test.call(o, price) })
			o.await(func() bool { return o.calls(test.method) > before })
			select {
			case early := <-answer:
				t.Fatalf("answered at once: %s", early)
			default:
			}
			test.release(o)
			if got := <-answer; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if test.method == "reloadOperatingSystem" && o.state().Members[1].Reloads != 1 {
				t.Errorf("%d reloads, want 1", o.state().Members[1].Reloads)
			}
		})
	}
}

func TestAWorldClosesWhileAnswersAreHeldBack(t *testing.T) {
	cloud, err := sim.Start(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := operator{t, cloud}
	o.inject(sim.Fault{Name: "slow-answer", Arg: "10000h"})
	answer := later(func() string { return o.read("SoftLayer_Account", "") })
	o.await(func() bool { return o.calls("getObject") == 1 })
	if err := cloud.Close(); err != nil {
		t.Error(err)
	}
	if got := <-answer; !strings.Contains(got, "EOF") && !strings.Contains(got, "reset") {
		t.Errorf("the call ended with %s", got)
	}
}

func TestAMissingRightLooksLikeAMissingObject(t *testing.T) {
	const missing = "404"
	const gateway = "SoftLayer_Network_Gateway/4711"
	server := func(o operator) string { return fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID) }
	passwords := func(o operator) string {
		return fmt.Sprintf("SoftLayer_Network_Gateway_Member/%d/getPasswords", o.member(0).ID)
	}
	for _, test := range []struct {
		right                      string
		gateway, server, passwords string
		reload                     int
	}{
		{"", missing, missing, missing, 404},
		{"ACCESS_ALL_HARDWARE", missing, missing, missing, 404},
		{"GATEWAY_MANAGE", missing, "200", missing, 200},
		{"HARDWARE_VIEW", "200", missing, "200", 404},
		{"SERVER_RELOAD", "200", "200", "200", 404},
		{"VIEW_CUSTOMER_SOFTWARE_PASSWORD", "200", "200", missing, 200},
	} {
		for _, name := range []string{"perm-404", "perm-404-midrun"} {
			t.Run(name+" "+test.right, func(t *testing.T) {
				o := ready(t)
				o.checkReadiness(o.gateway().ID)
				price := o.price(newVersion)
				o.inject(sim.Fault{Name: name, Arg: test.right})
				reload := func(n int) int {
					status, _, _ := o.submit(o.member(n).HardwareID, price)
					return status
				}
				if name == "perm-404-midrun" {
					if got := o.read(gateway, "")[:3] + o.read(server(o), "")[:3]; got != "200200" || reload(1) != http.StatusOK {
						t.Fatalf("before the reload: %s", got)
					}
				} else if got := reload(1); got != test.reload {
					t.Errorf("the reload got %d, want %d", got, test.reload)
				}
				got := []string{o.read(gateway, "")[:3], o.read(server(o), "")[:3], o.read(passwords(o), "")[:3]}
				if want := []string{test.gateway, test.server, test.passwords}; !slices.Equal(got, want) {
					t.Errorf("gateway, server, passwords: %v, want %v", got, want)
				}
				permissions := o.masked("SoftLayer_Account/getCurrentUser", "mask[permissions[keyName]]")
				if test.right != "" && strings.Contains(permissions, test.right) {
					t.Errorf("the user still has %s: %s", test.right, permissions)
				}
			})
		}
	}
}

func TestWithoutTheRightToPasswordsRecordsHaveNone(t *testing.T) {
	o := ready(t)
	o.inject(sim.Fault{Name: "perm-404", Arg: "VIEW_CUSTOMER_SOFTWARE_PASSWORD"})
	text := o.masked(fmt.Sprintf("SoftLayer_Hardware_Server/%d", o.member(0).HardwareID), "mask[id,operatingSystem[id,passwords[password]]]")
	if strings.Contains(text, "password") || !strings.Contains(text, "operatingSystem") {
		t.Errorf("%s", text)
	}
}
