package upgrade_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// blanks make one fact unknown, by the name of the fact: every field that a host or the device may leave unread, and
// every part that carries its own error.
func blanks() map[string]func(*question) {
	all := map[string]func(*question){
		"the servers":         func(w *question) { w.f.Picture.Servers = nil },
		"the view of hosts":   func(w *question) { w.f.Picture.Hosts = nil },
		"the error of hosts":  func(w *question) { each(w.f.Picture.Hosts, func(h *upgrade.Host) { h.Error = "timed out" }) },
		"the view":            func(w *question) { w.f.Picture.Device = upgrade.Device{Error: "timed out"} },
		"the neighbours":      func(w *question) { w.f.Picture.Neighbours, w.f.Picture.NeighboursError = nil, "timed out" },
		"the rows":            func(w *question) { w.f.Picture.Readiness = nil },
		"the moments of runs": func(w *question) { w.q.SeenRunning = nil },
		"the time":            func(w *question) { w.q.Now = time.Time{} },
		"the offers":          func(w *question) { w.f.Offers = nil },
		"the records":         func(w *question) { w.f.Records = nil },
		"the errors of records": func(w *question) {
			each(w.f.Records, func(r *upgrade.Record) { r.Error = "timed out" })
		},
		"root on record":          func(w *question) { each(w.f.Records, func(r *upgrade.Record) { r.HostRoot = "" }) },
		"root of the vSRX":        func(w *question) { each(w.f.Records, func(r *upgrade.Record) { r.DeviceRoot = upgrade.RecordUnread }) },
		"the hosts":               func(w *question) { w.f.Hosts = nil },
		"the hosts' errors":       func(w *question) { each(w.f.Hosts, func(h *upgrade.HostFacts) { h.Error = "timed out" }) },
		"the device":              func(w *question) { w.f.Device = upgrade.DeviceFacts{Error: "timed out"} },
		"the configuration":       func(w *question) { w.f.Lint, w.f.LintErr = nil, "timed out" },
		"the status":              func(w *question) { w.f.Picture.Gateway.Status = "" },
		"the vendor":              func(w *question) { w.f.Picture.Gateway.Vendor = "" },
		"the pod":                 func(w *question) { w.f.Picture.Gateway.Pod = "" },
		"the gateway's address":   func(w *question) { w.f.Picture.Gateway.Address = "" },
		"the members' addresses":  func(w *question) { each(w.f.Picture.Gateway.Members, func(m *upgrade.Member) { m.Address = "" }) },
		"the members' processors": func(w *question) { each(w.f.Picture.Gateway.Members, func(m *upgrade.Member) { m.Processor = "" }) },
		"the servers' status":     func(w *question) { each(w.f.Picture.Servers, func(s *upgrade.Server) { s.Status = "" }) },
		"the versions":            func(w *question) { w.f.Picture.Device.Nodes = nil },
		"the mark":                func(w *question) { w.f.Picture.Device.Mark = upgrade.Mark{} },
	}
	for _, item := range unreadable[upgrade.HostFacts]("hardwareId", "error", "denied", "noShell", "unread") {
		all["host: "+item] = func(w *question) {
			each(w.f.Hosts, func(h *upgrade.HostFacts) {
				blank(h, item)
				h.Unread = append(h.Unread, upgrade.Unread{Item: item, Reason: "timed out"})
			})
		}
	}
	for _, item := range unreadable[upgrade.DeviceFacts]("error", "denied", "unread") {
		all["device: "+item] = func(w *question) {
			blank(&w.f.Device, item)
			w.f.Device.Unread = append(w.f.Device.Unread, upgrade.Unread{Item: item, Reason: "timed out"})
		}
	}
	return all
}

func each[T any](list []T, spoil func(*T)) {
	for i := range list {
		spoil(&list[i])
	}
}

// unreadable lists the JSON names of a struct's fields but some.
func unreadable[T any](but ...string) []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); !slices.Contains(but, name) {
			names = append(names, name)
		}
	}
	return names
}

// blank sets the field of a JSON name to its zero value.
func blank(facts any, item string) {
	v := reflect.ValueOf(facts).Elem()
	for _, field := range reflect.VisibleFields(v.Type()) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name == item {
			v.FieldByIndex(field.Index).SetZero()
		}
	}
}

// No answer is not a yes: a healthy gateway with one fact unknown is not ready, and says so as a question without answer.
func TestAnUnknownFactTurnsAPassIntoAnError(t *testing.T) {
	for name, spoil := range blanks() {
		w := healthy(t, pairBefore)
		before := verdicts(w.ask())
		spoil(&w)
		results := w.ask()
		asked := false
		for _, r := range results {
			asked = asked || r.Verdict == upgrade.CheckError
			if r.Verdict == upgrade.CheckFail || r.Verdict == upgrade.CheckWarn {
				t.Errorf("%s: %s, though nothing bad was seen: %s", name, said(r), r.Evidence)
			}
		}
		if !asked {
			t.Errorf("%s is unknown, and nobody notices", name)
		}
		for key, verdict := range verdicts(results) {
			if before[key] == upgrade.CheckPass && verdict == upgrade.CheckSkipped {
				t.Errorf("%s: %s is skipped", name, key)
			}
		}
	}
}

// What was wrong stays wrong, or becomes a question without answer, when a fact is not known any more.
func TestAnUnknownFactNeverTurnsAFailureIntoAPass(t *testing.T) {
	unknowns := blanks()
	for world, b := range blots() {
		if strings.HasPrefix(world, "configuration: a statement that IBM refuses: ") {
			continue // all of one kind, which the rows beside them show
		}
		wrong := verdicts(noisy(b.world(t).ask()))
		for name, spoil := range unknowns {
			if apart(world, name) {
				continue
			}
			w := b.world(t)
			spoil(&w)
			results := ofChecks(w.ask(), wrong)
			after := verdicts(results)
			for key, verdict := range wrong {
				now, same := after[key]
				if !same { // the check has other subjects, such as the gateway for its nodes
					now = upgrade.Overall(slices.DeleteFunc(slices.Clone(results), func(r upgrade.CheckResult) bool { return !sameCheck(r, key) }))
				}
				if now == upgrade.CheckPass || now == upgrade.CheckSkipped || verdict != upgrade.CheckWarn && now == upgrade.CheckWarn {
					t.Errorf("%s: %s was %s, and is %s without %s", world, key, verdict, now, name)
				}
			}
		}
	}
}

// apart reports whether a world and an unknown item are of different sides: what a host leaves unread cannot make good
// what the device showed.
func apart(world, unknown string) bool {
	table, _, _ := strings.Cut(world, ": ")
	side, _, item := strings.Cut(unknown, ": ")
	sides := map[string][]string{"host": {"host", "machine", "plan"}, "device": {"device", "cluster", "configuration", "plan"}}
	return item && !slices.Contains(sides[side], table)
}

// noisy drops what passes or does not apply.
func noisy(results []upgrade.CheckResult) []upgrade.CheckResult {
	return slices.DeleteFunc(results, func(r upgrade.CheckResult) bool {
		return r.Verdict == upgrade.CheckPass || r.Verdict == upgrade.CheckSkipped
	})
}

// ofChecks keeps the results of the checks that some keys name.
func ofChecks(results []upgrade.CheckResult, keys map[string]upgrade.CheckVerdict) []upgrade.CheckResult {
	return slices.DeleteFunc(results, func(r upgrade.CheckResult) bool {
		for key := range keys {
			if sameCheck(r, key) {
				return false
			}
		}
		return true
	})
}

// sameCheck reports whether a result is of the check that a key name@subject names. What the lint found stands and falls
// with the lint.
func sameCheck(r upgrade.CheckResult, key string) bool {
	check, _, _ := strings.Cut(key, "@")
	return r.Name == check || r.Name == "lint" && strings.HasPrefix(check, "lint-")
}
