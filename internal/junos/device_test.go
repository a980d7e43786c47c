package junos_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// device is the state behind a peer: a two-node cluster with a configuration, a candidate and a commit list.
type device struct {
	t *testing.T

	mutex     sync.Mutex
	preempt   string // "active", "inactive", "absent"
	candidate string // of preempt; "" = clean
	extra     string // lines that the candidate changes besides
	locked    int    // session that holds the lock, -1 for one that is lost
	foreign   bool   // somebody else holds it
	stuck     bool   // the cluster does not follow the configuration
	commits   []commit
	// override answers an operation in place of the device when it returns true. It is called with the mutex held.
	override func(operation, body string) (answer, bool)
}

type commit struct {
	time, log, before string // before: preempt to roll back to
	pending           bool
}

func newDevice(t *testing.T, preempt string) *device {
	return &device{t: t, preempt: preempt, commits: []commit{{time: "2026-03-01 09:00:00 UTC", log: "first light"}}}
}

// state is preempt and the commit list as they are now.
func (d *device) state() (string, []commit) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.preempt, slices.Clone(d.commits)
}

func (d *device) peer() *peer { return (&peer{answer: d.answer}).start(d.t) }

func (d *device) answer(session int, operation, body string) answer {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.override != nil {
		if a, mine := d.override(operation, body); mine {
			return a
		}
	}
	return answer{inner: d.reply(session, operation, body)}
}

func (d *device) reply(session int, operation, body string) string {
	switch operation {
	case "get-chassis-cluster-status":
		return d.cluster()
	case "get-configuration":
		return d.configuration(body)
	case "get-commit-information":
		return d.history()
	case "lock-configuration":
		if d.foreign || d.locked != 0 {
			d.locked = max(d.locked, 0) // -1 is the lock of a session that is just ending
			return rpcError("configuration database locked by:\n  somebody terminal pts/1 (pid 4711) on since 2026-03-01\n      exclusive")
		}
		d.locked = session
		return ""
	case "unlock-configuration":
		d.locked, d.candidate = 0, ""
		return ""
	case "load-configuration":
		d.load(body)
		return "<load-configuration-results><ok/></load-configuration-results>"
	case "commit-configuration":
		return d.commit(body)
	}
	content, err := os.ReadFile("testdata/23.4R2/" + operation + ".xml")
	if err != nil {
		return rpcError("syntax error")
	}
	return string(content)
}

func rpcError(message string) string {
	return "<rpc-error>\n<error-type>protocol</error-type>\n<error-severity>error</error-severity>\n<error-message>\n" + message + "\n</error-message>\n</rpc-error>"
}

func (d *device) load(body string) {
	switch {
	case strings.Contains(body, `rollback="0"`):
		d.candidate = ""
	case strings.Contains(body, `rollback="1"`):
		d.candidate = d.commits[0].before
	case strings.Contains(body, ">deactivate chassis cluster redundancy-group 1 preempt<"):
		d.candidate = "inactive"
	case strings.Contains(body, ">activate chassis cluster redundancy-group 1 preempt<"):
		d.candidate = "active"
	default:
		d.t.Errorf("unexpected load %s", body)
	}
}

func (d *device) commit(body string) string {
	switch {
	case strings.Contains(body, "<check/>"):
		// As clusters answer: a success that is never closed.
		return "<routing-engine junos:style=\"show-name\">\n<name>node1</name>\n<commit-check-success/>\n<nc:ok/>"
	case strings.Contains(body, "<confirmed/>"):
		_, rest, _ := strings.Cut(body, "<log>")
		log, _, _ := strings.Cut(rest, "</log>")
		d.commits = append([]commit{{time: fmt.Sprintf("2026-03-01 09:%02d:00 UTC", len(d.commits)), log: log, before: d.preempt, pending: true}}, d.commits...)
		d.preempt, d.candidate = d.candidate, ""
	default: // it confirms what waits, with the candidate if there is one
		d.commits[0].pending = false
		_, rest, _ := strings.Cut(body, "<log>")
		log, _, _ := strings.Cut(rest, "</log>")
		d.commits = append([]commit{{time: fmt.Sprintf("2026-03-01 09:%02d:00 UTC", len(d.commits)), log: log}}, d.commits...)
		if d.candidate != "" {
			d.preempt, d.candidate = d.candidate, ""
		}
	}
	return "<commit-results><routing-engine><name>node0</name><commit-success/></routing-engine></commit-results><nc:ok/>"
}

// rollBack is what the device does with a commit that nobody confirms.
func (d *device) rollBack() {
	d.preempt = d.commits[0].before
	d.commits[0].pending = false
	d.commits = append([]commit{{time: "2026-03-01 09:59:00 UTC"}}, d.commits...)
}

func (d *device) history() string {
	var b strings.Builder
	b.WriteString("<commit-information>")
	for i, c := range d.commits {
		fmt.Fprintf(&b, "<commit-history><sequence-number>%d</sequence-number><user>root</user><client>netconf</client><date-time>\n%s\n</date-time>", i, c.time)
		if c.before != "" {
			b.WriteString("<comment>commit confirmed, rollback in 10mins</comment>")
		}
		if c.log != "" {
			fmt.Fprintf(&b, "<log>%s</log>", c.log)
		}
		b.WriteString("</commit-history>")
		if i == 0 && c.before != "" && !c.pending { // the confirming commit is an entry of its own
			d.t.Error("a confirmed commit is entry 0 and does not wait")
		}
	}
	b.WriteString("</commit-information>")
	return b.String()
}

func (d *device) cluster() string {
	preempt := "no"
	if (d.preempt == "active") != d.stuck {
		preempt = "yes"
	}
	row := func(node, priority, status, preempt string) string {
		return "<device-name>" + node + "</device-name><device-priority>" + priority + "</device-priority><redundancy-group-status>" + status +
			"</redundancy-group-status><preempt>" + preempt + "</preempt><failover-mode>no</failover-mode><monitor-failures> None </monitor-failures>"
	}
	group := func(id, preempt string) string {
		return "<redundancy-group><cluster-id>6</cluster-id><redundancy-group-id>" + id + "</redundancy-group-id><redundancy-group-failover-count>2</redundancy-group-failover-count><device-stats>\n" +
			row("node0", "100", "primary", preempt) + row("node1", "1", "secondary", preempt) + "</device-stats></redundancy-group>"
	}
	return "<chassis-cluster-status><cluster-id>6</cluster-id>" + group("0", "no") + group("1", preempt) + "</chassis-cluster-status>"
}

func (d *device) configuration(body string) string {
	switch {
	case strings.Contains(body, "compare="):
		return "<configuration-information><configuration-output>\n" + d.difference() + "\n</configuration-output></configuration-information>"
	case strings.Contains(body, `format="set"`):
		return "<configuration-set>\n" + d.set() + "</configuration-set>"
	}
	return "<configuration-text xmlns=\"http://xml.juniper.net/xnm/1.1/xnm\">\n" + d.text() + "</configuration-text>"
}

func (d *device) difference() string {
	if d.candidate == "" || d.candidate == d.preempt {
		return d.extra
	}
	return "[edit chassis cluster redundancy-group 1]\n!      " + d.candidate + ": preempt;\n" + d.extra
}

func (d *device) set() string {
	lines := "set version 23.4R2-S3.9\nset system services ssh root-login allow\nset system login message &quot;a &lt; b &amp; c&#10;&quot;\n"
	if d.preempt != "absent" {
		lines += "set chassis cluster redundancy-group 1 preempt delay 5\n"
	}
	if d.preempt == "inactive" {
		lines += "deactivate chassis cluster redundancy-group 1 preempt\n"
	}
	return lines
}

func (d *device) text() string {
	return "## Last commit: " + d.commits[0].time + " by root\nversion 23.4R2-S3.9;\nsystem {\n    version 7; /* a &lt; b &amp; c */\n}\n## " + d.preempt + "\n"
}
