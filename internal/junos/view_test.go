package junos_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// digestOf is the digest of the text configuration of a device, spelt out.
func digestOf(preempt string) string {
	sum := sha256.Sum256([]byte("system {\n    version 7; /* a < b & c */\n}\n## " + preempt + "\n"))
	return hex.EncodeToString(sum[:])
}

func healthyCluster(preempt upgrade.Flag) *upgrade.Cluster {
	nodes := func(preempt upgrade.Flag) []upgrade.Node {
		return []upgrade.Node{
			{Name: "node0", Priority: 100, State: "primary", Preempt: preempt, Manual: upgrade.No, FailuresKnown: true},
			{Name: "node1", Priority: 1, State: "secondary", Preempt: preempt, Manual: upgrade.No, FailuresKnown: true},
		}
	}
	return &upgrade.Cluster{ID: 6, Groups: []upgrade.Group{{ID: 0, Failovers: 2, Nodes: nodes(upgrade.No)}, {ID: 1, Failovers: 2, Nodes: nodes(preempt)}}}
}

func TestViewReadsWhatAnUpgradeDecidesBy(t *testing.T) {
	want := func() upgrade.Device {
		return upgrade.Device{
			Cluster:   healthyCluster(upgrade.Yes),
			Nodes:     []upgrade.NodeVersion{{Node: "node0", Host: "edge-a", Version: "23.4R2-S3.9"}, {Node: "node1", Host: "edge-b", Version: "22.2R2-S2.3"}},
			RootLogin: true,
			Preempt:   upgrade.PreemptActive,
			Mark:      upgrade.Mark{Digest: digestOf("active"), Commit: "2026-03-01 09:00:00 UTC root netconf"},
			NodeMACs:  []upgrade.NodeMACs{{Node: "node0", MACs: []string{"02:00:5e:10:00:01", "02:00:5e:10:00:02"}}, {Node: "node1", MACs: []string{"02:00:5e:10:07:01"}}},
		}
	}
	set := func(lines string) func(*device) {
		return func(d *device) {
			d.override = func(operation, body string) (answer, bool) {
				return answer{inner: "<configuration-set>" + lines + "</configuration-set>"}, strings.Contains(body, `format="set"`)
			}
		}
	}
	instead := func(operation, inner string) func(*device) {
		return func(d *device) {
			d.override = func(asked, _ string) (answer, bool) { return answer{inner: inner}, asked == operation }
		}
	}
	for name, c := range map[string]struct {
		change func(*device)
		want   func(*upgrade.Device)
	}{
		"a healthy cluster": {func(*device) {}, func(*upgrade.Device) {}},
		"preempt inactive": {func(d *device) { d.preempt = "inactive" }, func(v *upgrade.Device) {
			v.Preempt, v.Cluster, v.Mark.Digest = upgrade.PreemptInactive, healthyCluster(upgrade.No), digestOf("inactive")
		}},
		"preempt absent, root login deactivated": {
			set("set system services ssh root-login allow\nset chassis cluster redundancy-group 1 priority 1\nset chassis cluster redundancy-group 11 preempt\ndeactivate system services ssh root-login"),
			func(v *upgrade.Device) { v.Preempt, v.RootLogin = upgrade.PreemptAbsent, false },
		},
		"preempt under a deactivated parent, root login denied": {
			set("set system services ssh root-login deny\nset chassis cluster redundancy-group 1 preempt\ndeactivate chassis cluster redundancy-group 1"),
			func(v *upgrade.Device) { v.Preempt, v.RootLogin = upgrade.PreemptInactive, false },
		},
		"a child of preempt deactivated": {
			set("set system services ssh root-login allow\nset chassis cluster redundancy-group 1 preempt delay 5\ndeactivate chassis cluster redundancy-group 1 preempt delay"),
			func(*upgrade.Device) {},
		},
		"a pending commit": {func(d *device) {
			d.commits = append([]commit{{time: "2026-03-01 09:30:00 UTC", log: "x", before: "active", pending: true}}, d.commits...)
		}, func(v *upgrade.Device) { v.Pending, v.Mark.Commit = true, "2026-03-01 09:30:00 UTC root netconf" }},
		"a confirmed commit in the history": {func(d *device) {
			d.commits = append([]commit{{time: "2026-03-01 09:31:00 UTC"}, {time: "2026-03-01 09:30:00 UTC", before: "active"}}, d.commits...)
		}, func(v *upgrade.Device) { v.Mark.Commit = "2026-03-01 09:31:00 UTC root netconf" }},
		"a pending mark of newer releases": {
			instead("get-commit-information", "<commit-information><commit-history><user>u</user><client>cli</client><date-time>T</date-time><commit-confirmed>rollback pending</commit-confirmed></commit-history></commit-information>"),
			func(v *upgrade.Device) { v.Pending, v.Mark.Commit = true, "T u cli" },
		},
		"uncommitted changes": {func(d *device) { d.extra = "[edit system]\n+  host-name x;" }, func(v *upgrade.Device) { v.Uncommitted = true }},
		"a standalone": {
			instead("get-chassis-cluster-status", `<xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><message>error: Chassis cluster is not enabled</message></xnm:error>`),
			func(v *upgrade.Device) { v.Cluster = nil },
		},
		"a release without nodes": {
			instead("get-software-information", "<software-information><host-name>solo</host-name><junos-version>18.4R1-S1.3</junos-version></software-information>"),
			func(v *upgrade.Device) { v.Nodes = []upgrade.NodeVersion{{Host: "solo", Version: "18.4R1-S1.3"}} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, wanted := newDevice(t, "active"), want()
			c.change(d)
			c.want(&wanted)
			got, err := d.peer().dial(t).View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("View (-want +got):\n%s", diff)
			}
		})
	}
}

func TestViewRefusesToGuessWhere(t *testing.T) {
	for operation, inner := range map[string]string{
		"get-software-information":   "<software-information/>",
		"get-chassis-cluster-status": "<chassis-cluster-status><cluster-id>6</cluster-id><redundancy-group><redundancy-group-id>0</redundancy-group-id></redundancy-group></chassis-cluster-status>",
		"get-configuration":          "<ok/>",
		"get-commit-information":     "<commit-information><commit-history/></commit-information>",
		"get-interface-information":  "<output>busy</output>",
	} {
		t.Run(operation+" is incomplete", func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = func(asked, _ string) (answer, bool) { return answer{inner: inner}, asked == operation }
			_, err := d.peer().dial(t).View(t.Context())
			wantKind(t, err, upgrade.Malformed)
		})
		t.Run(operation+" is refused", func(t *testing.T) {
			d := newDevice(t, "active")
			d.override = func(asked, _ string) (answer, bool) {
				return answer{inner: rpcError("permission denied")}, asked == operation
			}
			_, err := d.peer().dial(t).View(t.Context())
			wantKind(t, err, upgrade.Refused)
		})
	}
}

func TestClusterRefusesAmbiguousRows(t *testing.T) {
	row := "<device-name>node0</device-name><device-priority>1</device-priority><redundancy-group-status>primary</redundancy-group-status>"
	group := func(rows string) string {
		return "<redundancy-group><redundancy-group-id>0</redundancy-group-id><redundancy-group-failover-count>0</redundancy-group-failover-count><device-stats>" + rows + "</device-stats></redundancy-group>"
	}
	for name, groups := range map[string]string{
		"a node twice":     group(row + row),
		"a group twice":    group(row) + group(row),
		"a row cut short":  group(row + "<device-name>node1</device-name>"),
		"no state in it":   group("<device-name>node0</device-name><device-priority>1</device-priority>"),
		"no number for it": group(strings.Replace(row, ">1<", ">high<", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			p := &peer{answer: func(int, string, string) answer {
				return answer{inner: "<chassis-cluster-status><cluster-id>6</cluster-id>" + groups + "</chassis-cluster-status>"}
			}}
			_, err := p.start(t).dial(t).Cluster(t.Context())
			wantKind(t, err, upgrade.Malformed)
		})
	}
}

func TestConfigurationIsWrittenAsItStands(t *testing.T) {
	for format, want := range map[junos.Format]string{
		junos.Set: "set version 23.4R2-S3.9\nset system services ssh root-login allow\nset system login message \"a < b & c\n\"\n" +
			"set chassis cluster redundancy-group 1 preempt delay 5\n",
		junos.Text: "## Last commit: 2026-03-01 09:00:00 UTC by root\nversion 23.4R2-S3.9;\nsystem {\n    version 7; /* a < b & c */\n}\n## active\n",
	} {
		for _, piece := range []int{0, 1} {
			d := newDevice(t, "active")
			var got strings.Builder
			if err := (&peer{answer: d.answer, piece: piece}).start(t).dial(t).Configuration(t.Context(), format, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", format, diff)
			}
		}
	}
}

func TestConfigurationFailsWhere(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		want   upgrade.Kind
	}{
		"the device refuses":           {answer{inner: rpcError("permission denied")}, upgrade.Refused},
		"the device refuses in it":     {answer{inner: "<configuration-text>x\n</configuration-text>" + rpcError("cut")}, upgrade.Refused},
		"the reply holds none":         {answer{inner: "<ok/>"}, upgrade.Malformed},
		"a reference is unknown":       {answer{inner: "<configuration-text>&what;</configuration-text>"}, upgrade.Malformed},
		"it is never closed":           {answer{inner: "<configuration-text>x"}, upgrade.Malformed},
		"the connection is cut":        {answer{raw: "<rpc-reply message-id='1'><configuration-text>set a", hangUp: true}, upgrade.Unreachable},
		"it answers another request":   {answer{raw: reply("55", "<configuration-text>x</configuration-text>")}, upgrade.Malformed},
		"the message ends in the text": {answer{raw: "<rpc-reply message-id='1'><configuration-text>set a]]>]]>"}, upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			session := (&peer{answer: func(int, string, string) answer { return c.answer }}).start(t).dial(t)
			wantKind(t, session.Configuration(t.Context(), junos.Text, &strings.Builder{}), c.want)
		})
	}
	t.Run("the writer is full", func(t *testing.T) {
		session := newDevice(t, "active").peer().dial(t)
		err := session.Configuration(t.Context(), junos.Text, full{})
		wantKind(t, err, upgrade.Internal)
		if !errors.Is(err, os.ErrInvalid) {
			t.Errorf("the error %v hides the writer's", err)
		}
		if _, err := session.Cluster(t.Context()); err != nil {
			t.Errorf("the session did not survive: %v", err)
		}
	})
	t.Run("the format is unknown", func(t *testing.T) {
		wantKind(t, newDevice(t, "active").peer().dial(t).Configuration(t.Context(), "json", &strings.Builder{}), upgrade.Invalid)
	})
}

// full is a writer with no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrInvalid }

func TestDigestIgnoresTheTimeStampAndTheVersionOnly(t *testing.T) {
	base := "## Last commit: now\nversion 1;\nsystem {\n    version 2;\n}\n"
	for name, c := range map[string]struct {
		text string
		same bool
	}{
		"another time":         {strings.Replace(base, "now", "later", 1), true},
		"a changed candidate":  {strings.Replace(base, "commit", "changed", 1), true},
		"another version":      {strings.Replace(base, "version 1", "version 3", 1), true},
		"another statement":    {strings.Replace(base, "version 2", "version 3", 1), false},
		"a statement less":     {strings.Replace(base, "    version 2;\n", "", 1), false},
		"another kind of note": {"## Warning\n" + base, false},
	} {
		t.Run(name, func(t *testing.T) {
			if same := digest(base) == digest(c.text); same != c.same {
				t.Errorf("same digest: %v, want %v", same, c.same)
			}
		})
	}
}

func digest(text string) string {
	d := junos.NewDigest()
	for i := range len(text) { // in any pieces
		d.Write([]byte{text[i]})
	}
	return d.String()
}
