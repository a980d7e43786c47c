package upgrade_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// clearanceFor is what the reload of the step may be submitted on.
func clearanceFor(t *testing.T, step int) upgrade.Clearance {
	t.Helper()
	plan, timing := validPlan(t), upgrade.DefaultTiming()
	leg := []upgrade.Leg{plan.First(), plan.Second(timing)}[step]
	c := upgrade.Clearance{Plan: plan, Leg: leg, Mark: exportedMark(), Readiness: readyRows(), Timing: timing,
		Window: &upgrade.Window{Start: evening(1, 0), End: evening(16, 0)}}
	return c
}

// pictureFor is the picture before a step, with IBM's rows as they are then.
func pictureFor(step int) upgrade.Picture {
	p := pictureAt([]upgrade.Moment{upgrade.BeforeFirst, upgrade.Between}[step])
	p.Readiness = readyRows().Rows
	for i := range p.Readiness {
		if row := &p.Readiness[i]; step > 0 && row.MemberID == secondaryMember && row.Category == upgrade.UpgradeCheck {
			row.Value, row.Raw = upgrade.Current, "Current" // the member that is done has nothing newer to install
		}
	}
	return p
}

func TestAFitGatewayIsCleared(t *testing.T) {
	for step, name := range []string{"first reload", "second reload"} {
		for note, change := range map[string]func(*upgrade.Picture, *upgrade.Clearance){
			"as it is":                 func(*upgrade.Picture, *upgrade.Clearance) {},
			"without a window":         func(_ *upgrade.Picture, c *upgrade.Clearance) { c.Window = nil },
			"with an inactive preempt": func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Device.Preempt = upgrade.PreemptInactive },
			"with an accepted warning": func(p *upgrade.Picture, c *upgrade.Clearance) {
				p.Readiness[0].Code, c.Accepted = 1176, []int{1176}
			},
		} {
			t.Run(name+" "+note, func(t *testing.T) {
				p, c := pictureFor(step), clearanceFor(t, step)
				change(&p, &c)
				if found := upgrade.JudgeSubmission(p, c); len(found) > 0 {
					t.Errorf("found:\n%s", texts(found))
				}
			})
		}
	}
}

func TestAFitGatewayIsNotClearedForTheOtherStep(t *testing.T) {
	for step := range 2 {
		if found := upgrade.JudgeSubmission(pictureFor(1-step), clearanceFor(t, step)); len(found) == 0 {
			t.Errorf("the picture of step %d clears step %d", 1-step, step)
		}
	}
}

// forbidden is one reason not to submit now.
type forbidden struct {
	spoil func(*upgrade.Picture, *upgrade.Clearance)
	check string
	says  string
}

func forbiddenAtBothSteps() map[string]forbidden {
	pic := func(change func(*upgrade.Picture)) func(*upgrade.Picture, *upgrade.Clearance) {
		return func(p *upgrade.Picture, _ *upgrade.Clearance) { change(p) }
	}
	return map[string]forbidden{
		"preempt is configured":      {pic(func(p *upgrade.Picture) { p.Device.Preempt = upgrade.PreemptActive }), "preempt", "preempt is active"},
		"preempt is in force":        {pic(func(p *upgrade.Picture) { p.Device.Cluster.Groups[1].Nodes[1].Preempt = upgrade.Yes }), "preempt", "preempt is active"},
		"the configuration changed":  {pic(func(p *upgrade.Picture) { p.Device.Mark.Digest = "beef" }), "drift", "platypus"},
		"somebody committed":         {pic(func(p *upgrade.Picture) { p.Device.Mark.Commit = "2031-05-17 21:59:01 UTC by emu via cli" }), "drift", "emu"},
		"a commit to be confirmed":   {pic(func(p *upgrade.Picture) { p.Device.Pending = true }), "pending-commit", "confirm"},
		"uncommitted changes":        {pic(func(p *upgrade.Picture) { p.Device.Uncommitted = true }), "candidate", "uncommitted"},
		"a busy server":              {pic(func(p *upgrade.Picture) { p.Servers[0].ActiveCount = 1 }), "transaction", "quokka-a"},
		"a device that is not asked": {pic(func(p *upgrade.Picture) { p.Device = upgrade.Device{Error: "no answer"} }), "device-login", "no answer"},
		"the check has expired":      {pic(func(p *upgrade.Picture) { p.At = evening(5, 21) }), "readiness-age", "expired"},
		"the check expires just now": {pic(func(p *upgrade.Picture) { p.At = evening(5, 20) }), "readiness-age", "expired"}, // 0:30 + 5 h - 10 min
		"no check was seen running":  {func(_ *upgrade.Picture, c *upgrade.Clearance) { c.Readiness.SeenRunning = nil }, "readiness-age", "expired"},
		"a validity of nothing":      {func(_ *upgrade.Picture, c *upgrade.Clearance) { c.Timing.ReadinessValid = 0 }, "readiness-age", "expired"},
		"a warning nobody accepted":  {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Readiness[0].Code = 1180 }, "readiness", "1180"},
		"no rows":                    {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Readiness = nil }, "readiness", "no row"},
		"the server says expired": {func(p *upgrade.Picture, _ *upgrade.Clearance) {
			p.Readiness[0].Value, p.Readiness[0].Raw = upgrade.Expired, "Expired"
		}, "readiness", "Expired"},
	}
}

func TestJudgeSubmissionForbids(t *testing.T) {
	first := map[string]forbidden{
		"the member is current": {func(p *upgrade.Picture, _ *upgrade.Clearance) {
			p.Readiness[1].Value, p.Readiness[1].Raw = upgrade.Current, "Current"
		}, "readiness", "Current"},
		"the roles have changed":    {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Device.Cluster = wholeCluster("node1") }, "role", "node1 has become primary"},
		"the window is closed":      {func(_ *upgrade.Picture, c *upgrade.Clearance) { c.Window.Start = evening(2, 1) }, "window", "opens only"},
		"the window is too short":   {func(_ *upgrade.Picture, c *upgrade.Clearance) { c.Window.End = evening(11, 59) }, "window", "are planned"},
		"a node of another version": {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Device.Nodes[1].Version = newRelease }, "version", "node1"},
	}
	second := map[string]forbidden{
		"the old machine runs":    {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Hosts[0].Domains[0].State = "running" }, "peer-power", "quokka-a"},
		"the first came back old": {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Device.Nodes[0].Version = oldRelease }, "version", "node1"},
		"the member is not ready": {func(p *upgrade.Picture, _ *upgrade.Clearance) {
			p.Readiness[0].Value, p.Readiness[0].Code = upgrade.NotReadyYet, 1118
		}, "readiness", "1118"},
		"the member is current": {func(p *upgrade.Picture, _ *upgrade.Clearance) { p.Readiness[0].Value = upgrade.Current }, "readiness", "611"},
	}
	for step, own := range []map[string]forbidden{first, second} {
		for _, table := range []map[string]forbidden{forbiddenAtBothSteps(), own} {
			for name, c := range table {
				t.Run([]string{"first/", "second/"}[step]+name, func(t *testing.T) {
					p, clearance := pictureFor(step), clearanceFor(t, step)
					c.spoil(&p, &clearance)
					found := upgrade.JudgeSubmission(p, clearance)
					names := checksOf(t, found)
					if !slices.Equal(names, []string{c.check}) {
						t.Errorf("checks %v, want only %s:\n%s", names, c.check, texts(found))
					}
					if !strings.Contains(texts(found), c.says) {
						t.Errorf("found %q, want %q in it", texts(found), c.says)
					}
				})
			}
		}
	}
}

func TestTheReadinessMarginIsKeptFreeBeforeASubmission(t *testing.T) {
	p, c := pictureFor(0), clearanceFor(t, 0)
	c.Window = nil
	p.At = evening(5, 20).Add(-time.Second)
	if found := upgrade.JudgeSubmission(p, c); len(found) > 0 {
		t.Errorf("a second before the margin:\n%s", texts(found))
	}
	c.Timing.ReadinessMargin = hours(1)
	if found := upgrade.JudgeSubmission(p, c); !slices.Equal(checksOf(t, found), []string{"readiness-age"}) {
		t.Errorf("with a margin of an hour:\n%s", texts(found))
	}
}

func TestJudgeSubmissionNamesEveryReasonAtOnce(t *testing.T) {
	p, c := pictureFor(0), clearanceFor(t, 0)
	p.Device.Preempt, p.Device.Pending, p.Device.Uncommitted, p.Device.Mark.Digest = upgrade.PreemptActive, true, true, "beef"
	p.Servers[0].IPMIDisabled, p.At, p.Readiness[3].Code = true, evening(6, 1), 1185
	want := []string{"ipmi", "preempt", "drift", "pending-commit", "candidate", "readiness", "readiness-age", "window"}
	if names := checksOf(t, upgrade.JudgeSubmission(p, c)); !slices.Equal(names, want) {
		t.Errorf("checks %v, want %v", names, want)
	}
}
