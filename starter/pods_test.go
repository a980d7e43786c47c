package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

// moment is a time of one night, as the tables print it.
func moment(hour, minute int) time.Time {
	return time.Date(2027, time.August, 9, hour, minute, 0, 0, time.Local)
}

func request(n string, since time.Time) upgrade.PodRequest {
	return upgrade.PodRequest{ID: "run-" + n + "/ams03.pod02/1", Holder: "upgrade/60" + n, Run: "run-" + n, GatewayID: 600, Gateway: "rim-" + n, Reason: "CHG-5" + n, Since: since}
}

// held is a pod with a holder, two waiters and a history.
func held() upgrade.PodLock {
	return upgrade.PodLock{Account: 700700, Pod: "ams03.pod02",
		Current: &upgrade.PodHold{Request: request("1", moment(20, 0)), Granted: moment(21, 5)},
		Queue:   []upgrade.PodRequest{request("2", moment(20, 30)), request("3", moment(20, 45))},
		Last:    []upgrade.PodHold{{Request: request("0", moment(9, 0)), Granted: moment(9, 1), Ended: moment(19, 0), End: "released"}},
		Acts:    []upgrade.Decision{{Name: "remove", By: "R. Adeyemi", Reason: "wrong night", At: moment(20, 50)}}}
}

// lines gives a table with one blank between its cells and none at its ends.
func lines(table string) []string {
	var list []string
	for _, line := range strings.Split(strings.TrimRight(table, "\n"), "\n") {
		list = append(list, strings.Join(strings.Fields(line), " "))
	}
	return list
}

func TestThePodsAreShownOneALine(t *testing.T) {
	free := upgrade.PodLock{Account: 700700, Pod: "ams03.pod01"}
	ill := held()
	ill.Pod, ill.Taint, ill.Blocked = "ams03.pod03", &upgrade.Taint{Reason: "the hold of gateway rim-0 ended by a release by force"}, "gateway rim-9 (609): node1 is lost"
	const head = "ACCOUNT POD HELD FOR SINCE WAITING NOTE"
	for name, c := range map[string]struct {
		locks []upgrade.PodLock
		want  []string
	}{
		"none":           {nil, []string{"no pod has had an upgrade yet"}},
		"a free one":     {[]upgrade.PodLock{free}, []string{head, "700700 ams03.pod01 – – 0"}},
		"one in use":     {[]upgrade.PodLock{held()}, []string{head, "700700 ams03.pod02 rim-1 2027-08-09 21:05:00 2"}},
		"one that waits": {[]upgrade.PodLock{ill}, []string{head, "700700 ams03.pod03 rim-1 2027-08-09 21:05:00 2 tainted: the hold of gateway rim-0 ended by a release by force; gateway rim-9 (609): node1 is lost"}},
		"two":            {[]upgrade.PodLock{free, held()}, []string{head, "700700 ams03.pod01 – – 0", "700700 ams03.pod02 rim-1 2027-08-09 21:05:00 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, lines(podTable(c.locks))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What queue shows is what release and withdraw need: the ids of the requests stand in it.
func TestTheQueueOfAPodIsShownAtLength(t *testing.T) {
	const head = "PLACE GATEWAY WORKFLOW SINCE REQUEST"
	holds := "holds rim-1 upgrade/601 2027-08-09 21:05:00 run-1/ams03.pod02/1"
	waits := []string{"1 rim-2 upgrade/602 2027-08-09 20:30:00 run-2/ams03.pod02/1 CHG-52", "2 rim-3 upgrade/603 2027-08-09 20:45:00 run-3/ams03.pod02/1 CHG-53"}
	before := "before rim-0 upgrade/600 2027-08-09 09:01:00 run-0/ams03.pod02/1 released"
	act := "2027-08-09 20:50:00 remove by R. Adeyemi: wrong night"
	for name, c := range map[string]struct {
		change func(*upgrade.PodLock)
		want   []string
	}{
		"in use": {func(*upgrade.PodLock) {}, []string{"pod ams03.pod02 of account 700700", head, holds, waits[0], waits[1], before, act}},
		"free":   {func(l *upgrade.PodLock) { l.Current, l.Queue = nil, nil }, []string{"pod ams03.pod02 of account 700700", head, before, act}},
		"new":    {func(l *upgrade.PodLock) { *l = upgrade.PodLock{Account: 1, Pod: "p"} }, []string{"pod p of account 1", head}},
		"blocked": {func(l *upgrade.PodLock) {
			l.Current, l.Last, l.Acts, l.Blocked = nil, nil, nil, "gateway rim-9 (609) Updating"
		},
			[]string{"pod ams03.pod02 of account 700700", "gateway rim-9 (609) Updating", head, waits[0], waits[1]}},
		"tainted": {func(l *upgrade.PodLock) {
			l.Current, l.Queue, l.Acts, l.Taint = nil, nil, nil, &upgrade.Taint{Reason: "a release by force"}
		},
			[]string{"pod ams03.pod02 of account 700700", "tainted: a release by force", head, before}},
	} {
		t.Run(name, func(t *testing.T) {
			l := held()
			c.change(&l)
			if diff := cmp.Diff(c.want, lines(queueTable(l))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Bad input is refused before anybody is asked: the server of these tests does not exist.
func TestBadInputOfPodIsRefused(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	t.Setenv("USER", "")
	signed := []string{"--by", "R. Adeyemi", "--reason", "stuck"}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing":                        {[]string{"pod"}, "a pod and what to do are needed"},
		"a pod alone":                    {[]string{"pod", "ams03.pod02"}, "a pod and what to do are needed"},
		"one word too many":              {[]string{"pod", "ams03.pod02", "queue", "now"}, "a pod and what to do are needed"},
		"a word that is none":            {[]string{"pod", "ams03.pod02", "unlock"}, `"unlock" is none of queue, release, withdraw, clear-taint`},
		"an update by its own name":      {[]string{"pod", "ams03.pod02", "force-release"}, `"force-release" is none of queue`},
		"an unknown flag":                {[]string{"pod", "ams03.pod02", "queue", "--force"}, "unknown flag: --force"},
		"release by nobody":              {[]string{"pod", "ams03.pod02", "release", "--reason", "stuck", "--request", "r"}, "an instruction needs by"},
		"release without a reason":       {[]string{"pod", "ams03.pod02", "release", "--by", "R. Adeyemi", "--request", "r"}, "an instruction needs by"},
		"release of no request":          {append([]string{"pod", "ams03.pod02", "release"}, signed...), "release needs --request"},
		"withdraw of no request":         {append([]string{"pod", "ams03.pod02", "withdraw"}, signed...), "withdraw needs --request"},
		"clear-taint without a reason":   {[]string{"pod", "ams03.pod02", "clear-taint", "--by", "R. Adeyemi"}, "an instruction needs by"},
		"a name of two lines":            {[]string{"pod", "ams03.pod02", "clear-taint", "--by", "R.\nAdeyemi", "--reason", "well"}, "an instruction needs by"},
		"a reason of a thousand signs":   {[]string{"pod", "ams03.pod02", "clear-taint", "--by", "R. Adeyemi", "--reason", strings.Repeat("x", 1000)}, "an instruction needs by"},
		"pods with a word too many":      {[]string{"pods", "ams03.pod02"}, ""},
		"pods with a flag that it lacks": {[]string{"pods", "--all"}, "unknown flag: --all"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), c.args, &out, &errs)
			if code != 2 || !strings.Contains(errs.String(), c.want) || out.Len() != 0 {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %q", code, &out, &errs, c.want)
			}
			if !strings.Contains(errs.String(), "→") {
				t.Errorf("there is no advice in %q", &errs)
			}
		})
	}
}

// Good input goes as far as the server, which is not there.
func TestGoodInputOfPodAsksTheServer(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	signed := []string{"--by", "R. Adeyemi", "--reason", "stuck", "--request", "run-1/ams03.pod02/1"}
	for _, args := range [][]string{
		{"pods"},
		{"pod", "ams03.pod02", "queue"},
		append([]string{"pod", "700700/ams03.pod02", "release"}, signed...),
		append([]string{"pod", "ams03.pod02", "withdraw"}, signed...),
		append([]string{"pod", "ams03.pod02", "clear-taint"}, signed[:4]...),
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			var out, errs bytes.Buffer
			if code := run(ctx, args, &out, &errs); code != 5 || !strings.Contains(errs.String(), "no Temporal server answers at 127.0.0.1:1") {
				t.Errorf("exit code %d, stderr %q", code, &errs)
			}
		})
	}
}

func TestTheHelpNamesThePodCommands(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"--help"}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d, stderr %q", code, &errs)
	}
	for _, name := range []string{"pods", "pod"} {
		if !strings.Contains(out.String(), "\n  "+name+" ") {
			t.Errorf("the help does not name %s", name)
		}
	}
}
