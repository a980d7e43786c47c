package junos_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// privateAddresses is what node 1 says of its addresses inside the cluster while it is primary.
const privateAddresses = "<interface-information><logical-interface><name>em0.0</name><address-family><interface-address><ifa-local>\n130.96.0.1/2\n</ifa-local></interface-address>" +
	"<interface-address><ifa-local>143.96.0.1/2</ifa-local></interface-address></address-family></logical-interface></interface-information>"

// factDevice is a device that answers every question of the facts.
func factDevice(t *testing.T) *device {
	d := newDevice(t, "active")
	d.override = onPrivate
	return d
}

func onPrivate(_, body string) (answer, bool) {
	return answer{inner: privateAddresses}, strings.Contains(body, "__juniper_private1__")
}

// instead answers an operation otherwise.
func (d *device) instead(operation, inner string) *device {
	before := d.override
	d.override = func(asked, body string) (answer, bool) {
		if asked == operation && !strings.Contains(body, "__juniper_private1__") {
			return answer{inner: inner}, true
		}
		return before(asked, body)
	}
	return d
}

func wholeFacts() upgrade.DeviceFacts {
	snapshot := wholeSnapshot()
	return upgrade.DeviceFacts{
		Way: "830", Answers: "node1",
		Commits: []upgrade.Commit{{User: "root", Client: "netconf", At: "2026-03-01 09:00:00 UTC", Log: "first light"}},
		Users:   []upgrade.User{{Node: "node0", Name: "casey", TTY: "pts/3", From: "198.51.100.77", What: "-cli (cli)"}, {Node: "node0", Name: "root", TTY: "u0", What: "-csh (csh)"}},
		Storage: []upgrade.Filesystem{{Node: "node0", Mount: "/.mount/var", UsedPercent: 54, FreeKB: 880804}, {Node: "node1", Mount: "/.mount/var", UsedPercent: 106, FreeKB: -120 << 10},
			{Node: "node1", Mount: "/.mount/tmp", FreeKB: 3 << 19}},
		Control:   []upgrade.Link{{Name: "em0", State: "up"}, {Name: "em1", State: "down"}},
		Fabric:    []upgrade.Link{{Name: "ge-0/0/8", State: "up/down"}},
		Monitored: []upgrade.Monitored{{Name: "ge-0/0/5", Group: 1, Weight: 200, State: "up"}, {Name: "ge-7/0/5", Group: 1, Weight: 200, State: "down"}},
		Reths:     []upgrade.Link{{Name: "reth0", State: "up"}, {Name: "reth1", State: "down"}},
		Weights:   []upgrade.Weight{{Node: "node0", Value: 255}, {Node: "node1", Value: -55}},
		Alarms:    snapshot.Alarms, CoreDumps: snapshot.CoreDumps, Licences: snapshot.Licences, Interfaces: snapshot.Interfaces,
		Certificates: []upgrade.Certificate{{ID: "example-vpn", End: "02-01-2031 00:00 UTC"}, {ID: "example-web", End: "06-01-2027 00:00 UTC"}},
	}
}

func TestFactsReadEveryItem(t *testing.T) {
	if diff := cmp.Diff(wholeFacts(), factDevice(t).peer().dial(t).Facts(t.Context())); diff != "" {
		t.Errorf("Facts (-want +got):\n%s", diff)
	}
}

// factItems is which facts an operation gives, and how they look without it.
func factItems() map[string]struct {
	items []string
	clear func(*upgrade.DeviceFacts)
} {
	type row = struct {
		items []string
		clear func(*upgrade.DeviceFacts)
	}
	return map[string]row{
		"lock-configuration":           {[]string{"lockedBy"}, func(*upgrade.DeviceFacts) {}},
		"unlock-configuration":         {[]string{"lockedBy"}, func(*upgrade.DeviceFacts) {}},
		"get-configuration":            {[]string{"dirty"}, func(*upgrade.DeviceFacts) {}},
		"get-commit-information":       {[]string{"commits"}, func(f *upgrade.DeviceFacts) { f.Commits = nil }},
		"get-system-users-information": {[]string{"users"}, func(f *upgrade.DeviceFacts) { f.Users = nil }},
		"get-system-storage":           {[]string{"storage"}, func(f *upgrade.DeviceFacts) { f.Storage = nil }},
		"get-chassis-cluster-interfaces": {[]string{"control", "fabric", "monitored", "reths"}, func(f *upgrade.DeviceFacts) {
			f.Control, f.Fabric, f.Monitored, f.Reths = nil, nil, nil, nil
		}},
		"get-chassis-cluster-information": {[]string{"weights"}, func(f *upgrade.DeviceFacts) { f.Weights = nil }},
		"get-system-alarm-information":    {[]string{"alarms"}, func(f *upgrade.DeviceFacts) { f.Alarms = nil }},
		"get-alarm-information":           {[]string{"alarms"}, func(f *upgrade.DeviceFacts) { f.Alarms = nil }},
		"get-system-core-dumps":           {[]string{"coreDumps"}, func(f *upgrade.DeviceFacts) { f.CoreDumps = nil }},
		"get-license-summary-information": {[]string{"licences"}, func(f *upgrade.DeviceFacts) { f.Licences = nil }},
		"get-interface-information":       {[]string{"interfaces"}, func(f *upgrade.DeviceFacts) { f.Interfaces = nil }},
		"get-pki-local-certificate":       {[]string{"certificates"}, func(f *upgrade.DeviceFacts) { f.Certificates = nil }},
	}
}

func TestFactsNameWhatTheyCouldNotRead(t *testing.T) {
	for operation, c := range factItems() {
		refusals := map[string]string{"is refused": rpcError("permission denied"), "has a text for an error": "<output>error: command is not valid on the vsrx</output>"}
		if !strings.HasSuffix(operation, "lock-configuration") { // to which an empty reply is a success
			refusals["is answered with something else"] = "<example>x</example>"
		}
		if strings.HasSuffix(operation, "lock-configuration") {
			delete(refusals, "has a text for an error")
		}
		for name, inner := range refusals {
			t.Run(operation+" "+name, func(t *testing.T) {
				d := factDevice(t).instead(operation, inner)
				got := d.peer().dial(t).Facts(t.Context())
				want := wholeFacts()
				c.clear(&want)
				var items []string
				for _, u := range got.Unread {
					items = append(items, u.Item)
					if u.Reason == "" {
						t.Errorf("%s is unread for no reason", u.Item)
					}
				}
				want.Unread = got.Unread
				if diff := cmp.Diff(want, got); diff != "" || !slices.Equal(items, c.items) {
					t.Errorf("unread %v; Facts (-want +got):\n%s", items, diff)
				}
			})
		}
	}
}

func TestFactsKnowTheNodeThatAnswers(t *testing.T) {
	address := func(addresses ...string) string {
		inner := "<interface-information>"
		for _, a := range addresses {
			inner += "<ifa-local>" + a + "</ifa-local>"
		}
		return inner + "</interface-information>"
	}
	for name, c := range map[string]struct {
		inner, want string
		unread      bool
	}{
		"node 0":                  {address("129.16.0.1/2"), "node0", false},
		"node 1":                  {address("143.16.0.1/2", "130.16.0.1/2"), "node1", false},
		"a standalone":            {address("128.0.0.1/2", "128.0.0.4/2"), "", false},
		"addresses of both nodes": {address("129.16.0.1/2", "130.16.0.1/2"), "", true},
		"a refusal":               {rpcError("permission denied"), "", true},
	} {
		t.Run(name, func(t *testing.T) {
			d := factDevice(t)
			d.override = func(_, body string) (answer, bool) {
				return answer{inner: c.inner}, strings.Contains(body, "__juniper_private1__")
			}
			got := d.peer().dial(t).Facts(t.Context())
			if unread := len(got.Unread) == 1 && got.Unread[0].Item == "answers"; got.Answers != c.want || unread != c.unread {
				t.Errorf("answers %q, unread %v", got.Answers, got.Unread)
			}
		})
	}
}

func TestFactsTellWhoHoldsTheConfiguration(t *testing.T) {
	for name, c := range map[string]struct{ inner, want string }{
		"exclusively, on a terminal": {rpcError("configuration database locked by:\n  casey terminal pts/3 (pid 9120) on since 2026-04-05 06:07:08 UTC, idle 00:01:02\n      exclusive \n"),
			"casey, on pts/3, pid 9120, since 2026-04-05 06:07:08 UTC, idle 00:01:02, exclusive"},
		"over NETCONF, two of them": {rpcError("configuration database locked by:\n  bot terminal  (pid 31) on since 2026-04-05 06:07:08 UTC\n  kim terminal p0 (pid 32) on since 2026-04-05 07:07:08 CEST, idle 1d 02:03\n      private [edit]"),
			"bot, pid 31, since 2026-04-05 06:07:08 UTC; kim, on p0, pid 32, since 2026-04-05 07:07:08 CEST, idle 1d"},
		"as elements": {"<rpc-error><error-severity>error</error-severity><error-message>configuration database locked by:</error-message><database-status-information><database-status>" +
			"<user>casey</user><terminal>pts/3</terminal><pid>9120</pid><start-time junos:seconds='1'>2026-04-05 06:07:08 UTC</start-time><idle-time>00:09:06</idle-time><exclusive/><edit-path>[edit]</edit-path>" +
			"</database-status></database-status-information></rpc-error>", "casey, on pts/3, pid 9120, since 2026-04-05 06:07:08 UTC, idle 00:09:06, exclusive"},
		"nobody, but it was modified": {rpcError("configuration database modified"), "configuration database modified"},
		"private edits":               {rpcError("private edits in use. Try 'configure private' or 'configure exclusive'"), "private edits in use. Try 'configure private' or 'configure exclusive'"},
	} {
		t.Run(name, func(t *testing.T) {
			p := factDevice(t).instead("lock-configuration", c.inner).peer()
			got := p.dial(t).Facts(t.Context())
			if got.LockedBy != c.want || len(got.Unread) > 0 {
				t.Errorf("locked by %q, want %q; unread %v", got.LockedBy, c.want, got.Unread)
			}
			if p.count("<unlock") > 0 || p.count("<load") > 0 || p.count("rollback=\"0\"/>") > p.count("compare=") || p.count("discard") > 0 {
				t.Error("something was sent after the refused lock")
			}
		})
	}
}

func TestFactsMaskTheSecretsOfTheCandidate(t *testing.T) {
	d := factDevice(t)
	d.extra = "[edit system]\n+  root-authentication {\n+      encrypted-password \"$6$fake$fakehash\"; ## SECRET-DATA\n+  }\n[edit snmp]\n+  community fake-community {\n+      authorization read-only;\n+  }\n" + strings.Repeat("+  host-name x;\n", 40)
	got := d.peer().dial(t).Facts(t.Context())
	if strings.Contains(got.Dirty, "fake") || !strings.Contains(got.Dirty, "[edit system]") || !strings.Contains(got.Dirty, "encrypted-password") || !strings.HasSuffix(got.Dirty, "… and 28 more lines") {
		t.Errorf("dirty: %s", got.Dirty)
	}
}

func TestOnlyALostConnectionIsAnError(t *testing.T) {
	d := factDevice(t)
	d.override = func(asked, body string) (answer, bool) {
		if asked == "get-system-storage" {
			return answer{hangUp: true}, true
		}
		return onPrivate(asked, body)
	}
	got := d.peer().dial(t).Facts(t.Context())
	if got.Error == "" || !slices.ContainsFunc(got.Unread, func(u upgrade.Unread) bool { return u.Item == "storage" }) {
		t.Errorf("error %q, unread %v", got.Error, got.Unread)
	}
}

func TestFactsEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := factDevice(t)
	d.override = func(asked, body string) (answer, bool) {
		if asked == "get-system-storage" {
			cancel()
			return answer{silent: true}, true
		}
		return onPrivate(asked, body)
	}
	if got := d.peer().dial(t).Facts(ctx); got.Error == "" {
		t.Errorf("Facts gives %+v", got)
	}
}

func TestASurveyAsksNothingTwice(t *testing.T) {
	p := factDevice(t).peer()
	if _, _, err := p.dial(t).Survey(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, what := range p.requests() {
		seen[what]++
		if writes := strings.HasPrefix(what, "<load") || strings.HasPrefix(what, "<commit-") || strings.HasPrefix(what, "<discard"); writes || seen[what] > 1 {
			t.Errorf("%s is asked %d times", what, seen[what])
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d questions were asked: %v", len(seen), seen)
	}
}

// requests are the RPCs that were seen, closings apart.
func (p *peer) requests() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(p.seen), func(what string) bool {
		return !strings.HasPrefix(what, "<") || strings.HasPrefix(what, "<close-session")
	})
}

func TestASurveyFailsWithoutItsView(t *testing.T) {
	for _, operation := range []string{"get-software-information", "get-chassis-cluster-status", "get-configuration", "get-commit-information", "get-interface-information"} {
		t.Run(operation, func(t *testing.T) {
			_, facts, err := factDevice(t).instead(operation, rpcError("permission denied")).peer().dial(t).Survey(t.Context(), nil)
			wantKind(t, err, upgrade.Refused)
			if facts.Storage == nil || facts.Error != "" {
				t.Errorf("the facts are %+v", facts)
			}
		})
	}
	t.Run("the configuration is cut", func(t *testing.T) {
		_, _, err := factDevice(t).instead("get-configuration", "<configuration-text>system {\n    services {\n</configuration-text>").peer().dial(t).Survey(t.Context(), nil)
		wantKind(t, err, upgrade.Malformed)
	})
	t.Run("the caller's writer is full", func(t *testing.T) {
		_, _, err := factDevice(t).peer().dial(t).Survey(t.Context(), full{})
		wantKind(t, err, upgrade.Internal)
		if !errors.Is(err, os.ErrInvalid) {
			t.Errorf("the error %v hides the writer's", err)
		}
	})
}

// foreign is a reply to nobody's request, which ends the lane that gets it and no other.
const foreign = `<rpc-reply message-id="none"/>]]>]]>`

func TestALaneThatBreaksLeavesTheRestToTheOthers(t *testing.T) {
	d := factDevice(t)
	d.override = func(asked, body string) (answer, bool) {
		if asked == "lock-configuration" || asked == "get-system-alarm-information" {
			return answer{raw: foreign}, true
		}
		return onPrivate(asked, body)
	}
	p := (&peer{answer: func(session int, operation, body string) answer {
		a := d.answer(session, operation, body)
		if a.raw != "" && session == 2 { // the first session has to live
			return answer{inner: rpcError("not now")}
		}
		return a
	}}).start(t)
	got := p.dial(t).Facts(t.Context())
	want := wholeFacts()
	want.Alarms, want.Unread = nil, got.Unread
	if diff := cmp.Diff(want, got); diff != "" || len(got.Unread) != 2 {
		t.Errorf("unread %v; Facts (-want +got):\n%s", got.Unread, diff)
	}
}
