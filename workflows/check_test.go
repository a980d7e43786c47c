package workflows_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// checkStage plays one readiness check: our own checks and IBM's answer what the test says, one time after the other, and
// the last answer stays. Its exported methods are activities.
type checkStage struct {
	*testing.T
	env    *testsuite.TestWorkflowEnvironment
	calls  []string
	asked  []activities.CheckInput
	native []answered[[]upgrade.CheckResult]
	ibm    []answered[upgrade.Readiness]
	shown  upgrade.CheckReport // while IBM's checks run
	then   func()              // what happens while they run
}

// answered is what a call gives.
type answered[T any] struct {
	value T
	err   error
}

func gives[T any](value T) answered[T]    { return answered[T]{value: value} }
func breaks[T any](err error) answered[T] { return answered[T]{err: err} }
func found(v upgrade.CheckVerdict) answered[[]upgrade.CheckResult] {
	return gives([]upgrade.CheckResult{{Name: "vendor", Subject: "gateway", Verdict: upgrade.CheckPass}, {Name: "pod", Subject: "gateway", Verdict: v, Evidence: "seen"}})
}

// rows are IBM's answer for both members, seen while they ran.
func (s *checkStage) rows(value upgrade.ReadinessValue, code int) answered[upgrade.Readiness] {
	r := upgrade.Readiness{SeenRunning: map[upgrade.Category]time.Time{}}
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		r.SeenRunning[category] = night
		for _, member := range []int{memberA, memberB} {
			r.Rows = append(r.Rows, upgrade.ReadinessRow{Category: category, MemberID: member, Value: value, Raw: string(value), Code: code})
		}
	}
	return gives(r)
}

func newCheckStage(t *testing.T) *checkStage {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := &checkStage{T: t, env: suite.NewTestWorkflowEnvironment()}
	s.native, s.ibm = []answered[[]upgrade.CheckResult]{found(upgrade.CheckPass)}, []answered[upgrade.Readiness]{s.rows(upgrade.Ready, 0)}
	s.env.SetStartTime(night)
	s.env.SetTestTimeout(time.Minute) // of silence in real time; a loaded machine must not end a play
	s.env.RegisterWorkflowWithOptions(workflows.CheckReadiness, workflow.RegisterOptions{Name: workflows.TypeCheckReadiness})
	s.env.RegisterActivity(&checkDesk{s})
	return s
}

// checkDesk holds the activities apart from what a test may do.
type checkDesk struct{ s *checkStage }

func (d *checkDesk) Check(_ context.Context, in activities.CheckInput) ([]upgrade.CheckResult, error) {
	d.s.calls, d.s.asked = append(d.s.calls, "ours"), append(d.s.asked, in)
	return next(&d.s.native)
}

func (d *checkDesk) CheckReadiness(context.Context, activities.ReadinessInput) (upgrade.Readiness, error) {
	d.s.calls, d.s.shown = append(d.s.calls, "IBM's"), d.s.status()
	if d.s.then != nil {
		d.s.then()
	}
	return next(&d.s.ibm)
}

func next[T any](list *[]answered[T]) (T, error) {
	said := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return said.value, said.err
}

func (s *checkStage) status() (r upgrade.CheckReport) {
	v, err := s.env.QueryWorkflow(workflows.QueryStatus)
	if err == nil {
		err = v.Get(&r)
	}
	if err != nil {
		s.Errorf("status: %v", err)
	}
	return r
}

func (s *checkStage) play(order upgrade.CheckOrder) (r upgrade.CheckReport, err error) {
	s.Helper()
	s.env.ExecuteWorkflow(workflows.TypeCheckReadiness, order)
	if err := s.env.GetWorkflowError(); err != nil {
		return r, err
	}
	return r, s.env.GetWorkflowResult(&r)
}

func (s *checkStage) wantCalls(want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, s.calls); diff != "" {
		s.Errorf("calls (-want +got):\n%s", diff)
	}
}

func wantedCheck() upgrade.CheckOrder {
	return upgrade.CheckOrder{GatewayID: gatewayID, TargetVersion: target, AcceptWarnings: []int{1176}}
}

func TestANativeCheckAsksOnceAndLeavesIBMsChecksOut(t *testing.T) {
	for _, verdict := range []upgrade.CheckVerdict{upgrade.CheckPass, upgrade.CheckWarn, upgrade.CheckFail, upgrade.CheckError} {
		t.Run(string(verdict), func(t *testing.T) {
			s, order := newCheckStage(t), wantedCheck()
			s.native, order.NativeOnly = []answered[[]upgrade.CheckResult]{found(verdict)}, true
			r, err := s.play(order)
			if err != nil {
				t.Fatal(err)
			}
			s.wantCalls("ours")
			if r.Verdict != verdict || len(r.Results) != 2 || r.IBM != nil || !r.ValidTo.IsZero() || r.Doing != "" || r.At.Before(night) || r.GatewayID != gatewayID || r.Target != target {
				t.Errorf("report: %+v", r)
			}
			q := s.asked[0].Request
			if !q.NativeOnly || q.Moment != upgrade.BeforeFirst || q.Request.TargetVersion != target || len(q.Request.AcceptWarnings) != 1 || q.SeenRunning != nil {
				t.Errorf("it asked %+v", q)
			}
		})
	}
}

func TestAWholeCheckJudgesWhatIBMSaid(t *testing.T) {
	s := newCheckStage(t)
	r, err := s.play(wantedCheck())
	if err != nil {
		t.Fatal(err)
	}
	s.wantCalls("ours", "IBM's", "ours")
	if first, second := s.asked[0].Request, s.asked[1].Request; !first.NativeOnly || second.NativeOnly || !second.SeenRunning[upgrade.UpgradeCheck].Equal(night) {
		t.Errorf("it asked first %+v, then %+v", first, second)
	}
	valid := night.Add(upgrade.DefaultTiming().ReadinessValid.D())
	if r.Verdict != upgrade.CheckPass || r.IBM == nil || len(r.IBM.Rows) != 4 || !r.ValidTo.Equal(valid) {
		t.Errorf("verdict %q, IBM's %+v, valid until %s, want %s", r.Verdict, r.IBM, r.ValidTo, valid)
	}
	t.Run("and shows what it has found while IBM's checks run", func(t *testing.T) {
		if s.shown.Verdict != "" || len(s.shown.Results) != 2 || !strings.Contains(s.shown.Doing, "IBM's own checks") {
			t.Errorf("the status was %+v", s.shown)
		}
	})
}

func TestTheReleaseThatWasChosenIsJudgedToTheEndAndShown(t *testing.T) {
	for name, c := range map[string]struct{ ordered, first, then, want string }{
		"none was named":                   {"", target, target, target},
		"IBM offers another one meanwhile": {"", target, "99.4R1", target},
		"one was named":                    {"22.2R2", "22.2R2", "22.2R2", "22.2R2"},
		"none could be chosen at first":    {"", "", target, target},
		"none could be chosen":             {"", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, order := newCheckStage(t), wantedCheck()
			order.TargetVersion, s.native = c.ordered, nil
			for _, chosen := range []string{c.first, c.then} {
				s.native = append(s.native, gives([]upgrade.CheckResult{{Name: "vendor", Verdict: upgrade.CheckPass}, {Name: "target", Verdict: upgrade.CheckPass, Target: chosen}}))
			}
			r, err := s.play(order)
			if err != nil {
				t.Fatal(err)
			}
			if first, second := s.asked[0].Request.Request.TargetVersion, s.asked[1].Request.Request.TargetVersion; first != c.ordered || second != c.first {
				t.Errorf("it asked for %q, then for %q; want %q, then %q", first, second, c.ordered, c.first)
			}
			if details := (&stage{T: t, env: s.env}).details(); r.Target != c.want || c.want != "" && !strings.Contains(details, " for "+c.want) {
				t.Errorf("the report is for %q, want %q; the details are:\n%s", r.Target, c.want, details)
			}
		})
	}
}

func TestIBMsChecksRunOnceMoreOnlyIfThatMayHelp(t *testing.T) {
	for name, c := range map[string]struct {
		value upgrade.ReadinessValue
		code  int
		calls []string
	}{
		"ready":                         {upgrade.Ready, 0, []string{"ours", "IBM's", "ours"}},
		"ready with a warning":          {upgrade.Ready, 1176, []string{"ours", "IBM's", "ours"}},
		"not ready without a reason":    {upgrade.NotReadyYet, 0, []string{"ours", "IBM's", "ours", "IBM's", "ours"}},
		"a timeout":                     {upgrade.NotReadyYet, 1014, []string{"ours", "IBM's", "ours", "IBM's", "ours"}},
		"an exception":                  {upgrade.NotReadyYet, 1022, []string{"ours", "IBM's", "ours", "IBM's", "ours"}},
		"a full file system":            {upgrade.NotReadyYet, 1110, []string{"ours", "IBM's", "ours"}},
		"too little memory":             {upgrade.NotReadyYet, 1114, []string{"ours", "IBM's", "ours"}},
		"a gateway that cannot be done": {upgrade.CannotBe, 0, []string{"ours", "IBM's", "ours"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newCheckStage(t)
			s.ibm = []answered[upgrade.Readiness]{s.rows(c.value, c.code)}
			if _, err := s.play(wantedCheck()); err != nil {
				t.Fatal(err)
			}
			s.wantCalls(c.calls...)
		})
	}
}

func TestTheLastRoundOfIBMsChecksCounts(t *testing.T) {
	s := newCheckStage(t)
	s.ibm = []answered[upgrade.Readiness]{s.rows(upgrade.NotReadyYet, 1014), s.rows(upgrade.Ready, 0)}
	s.native = []answered[[]upgrade.CheckResult]{found(upgrade.CheckPass), found(upgrade.CheckFail), found(upgrade.CheckWarn)}
	r, err := s.play(wantedCheck())
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != upgrade.CheckWarn || r.IBM.Rows[0].Value != upgrade.Ready {
		t.Errorf("verdict %q, IBM's %+v", r.Verdict, r.IBM.Rows)
	}
}

func TestACheckThatCannotBeDoneSaysWhyAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*checkStage, *upgrade.CheckOrder)
		kind   upgrade.Kind
		calls  []string
	}{
		"no gateway":        {func(_ *checkStage, o *upgrade.CheckOrder) { o.GatewayID = 0 }, upgrade.Invalid, nil},
		"no release":        {func(_ *checkStage, o *upgrade.CheckOrder) { o.TargetVersion = "newest" }, upgrade.Invalid, nil},
		"an accepted error": {func(_ *checkStage, o *upgrade.CheckOrder) { o.AcceptWarnings = []int{1110} }, upgrade.Invalid, nil},
		"a bad timing":      {func(_ *checkStage, o *upgrade.CheckOrder) { o.Timing.Poll = -1 }, upgrade.Invalid, nil},
		"an unknown gateway": {func(s *checkStage, _ *upgrade.CheckOrder) {
			s.native = []answered[[]upgrade.CheckResult]{breaks[[]upgrade.CheckResult](says(upgrade.NotFound, "no gateway 5150"))}
		}, upgrade.NotFound, []string{"ours"}},
		"IBM's checks that never run": {func(s *checkStage, _ *upgrade.CheckOrder) {
			s.ibm = []answered[upgrade.Readiness]{breaks[upgrade.Readiness](says(upgrade.NotReady, "never seen running"))}
		}, upgrade.NotReady, []string{"ours", "IBM's"}},
		"a right to start them that is missing": {func(s *checkStage, _ *upgrade.CheckOrder) {
			s.ibm = []answered[upgrade.Readiness]{breaks[upgrade.Readiness](says(upgrade.Denied, "no right"))}
		}, upgrade.Denied, []string{"ours", "IBM's"}},
		"an API that goes away before the second look": {func(s *checkStage, _ *upgrade.CheckOrder) {
			s.native = append(s.native, breaks[[]upgrade.CheckResult](says(upgrade.Denied, "the key is refused")))
		}, upgrade.Denied, []string{"ours", "IBM's", "ours"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, order := newCheckStage(t), wantedCheck()
			c.change(s, &order)
			_, err := s.play(order)
			(&stage{T: t}).refusedAs(err, c.kind)
			if adviceIn(t, err) == "" {
				t.Error("there is no advice")
			}
			if diff := cmp.Diff(c.calls, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestACanceledCheckIsCanceled(t *testing.T) {
	s := newCheckStage(t)
	s.then = s.env.CancelWorkflow
	s.ibm = []answered[upgrade.Readiness]{breaks[upgrade.Readiness](temporal.NewCanceledError())}
	if _, err := s.play(wantedCheck()); !temporal.IsCanceledError(err) {
		t.Errorf("it ended with %v", err)
	}
}

func TestTemporalWebShowsWhatForbidsAnUpgradeFirst(t *testing.T) {
	s, order := newCheckStage(t), wantedCheck()
	s.native, order.NativeOnly = []answered[[]upgrade.CheckResult]{found(upgrade.CheckFail)}, true
	if _, err := s.play(order); err != nil {
		t.Fatal(err)
	}
	details := (&stage{T: t, env: s.env}).details()
	failed, passed := strings.Index(details, "| fail | pod"), strings.Index(details, "| pass | vendor")
	if failed < 0 || passed < failed || !strings.HasPrefix(details, fmt.Sprintf("Gateway %d: **fail**", gatewayID)) {
		t.Errorf("the details are:\n%s", details)
	}
}
