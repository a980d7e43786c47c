package upgrade_test

import (
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// The checks tell a person beforehand what the judge of the moment would refuse: they must never be kinder.
func TestTheChecksRefuseWhateverTheMomentsJudgeRefuses(t *testing.T) {
	for moment, at := range map[upgrade.Moment]situation{upgrade.BeforeFirst: pairBefore, upgrade.Between: pairBetween} {
		for _, table := range []map[string]blemish{always(), particular()[moment]} {
			for name, c := range table {
				w := healthy(t, at)
				c.spoil(&w.f.Picture)
				judged := upgrade.Forbidding(upgrade.Judge(w.f.Picture, *w.q.Plan, moment))
				if verdict := upgrade.Overall(w.ask()); len(judged) > 0 && verdict != upgrade.CheckFail && verdict != upgrade.CheckError {
					t.Errorf("%s, %s: the judge refuses, the checks say %s", moment, name, verdict)
				}
			}
		}
	}
}

func TestTheChecksRefuseWhateverASubmissionIsRefusedFor(t *testing.T) {
	for name, b := range blots() {
		w := b.world(t)
		if b.at != pairBefore && b.at != pairBetween || w.q.Plan == nil || w.q.Step > 1 {
			continue // a submission is judged for a step of a pair's plan
		}
		c := clearanceFor(t, w.q.Step)
		c.Window, c.Accepted, c.Readiness.SeenRunning = w.q.Request.Window, w.q.Request.AcceptWarnings, w.q.SeenRunning
		found := upgrade.Forbidding(upgrade.JudgeSubmission(w.f.Picture, c))
		blocks := upgrade.Overall(w.ask())
		left := map[string]bool{
			"cluster: preempt will be deactivated": true, // by the upgrade itself, before its submission
			"plan: too little for the second node": true, // to a person, whom the submission asks
		}
		if len(found) > 0 && blocks != upgrade.CheckFail && blocks != upgrade.CheckError && !left[name] {
			t.Errorf("%s: a submission is refused (%s), the checks say %s", name, texts(found), blocks)
		}
	}
}

// IBM's rows are read by two judges: of a submission, and of a person's question.
func TestTheRowsBlockHereWhereTheyBlockASubmission(t *testing.T) {
	for _, raw := range []string{"Ready", "Not Ready", "Running", "Incomplete", "Unsupported", "Expired", "Unchecked", "Current", "Odd", ""} {
		for _, code := range []int{0, 1014, 1118, 1177, 1180, 1999} {
			for row := range 4 {
				for step, at := range []situation{pairBefore, pairBetween} {
					w := healthy(t, at)
					w.q.Request.AcceptWarnings = []int{1177}
					r := &w.f.Picture.Readiness[row]
					r.Raw, r.Value, r.Code = raw, upgrade.ReadReadiness(raw), code
					var done []int
					if step > 0 {
						done = append(done, w.q.Plan.Steps[0].MemberID)
					}
					found := upgrade.Readiness{Rows: w.f.Picture.Readiness}.Blocking(w.q.Plan.Steps[step].MemberID, done, w.q.Request.AcceptWarnings)
					blocks := false
					for _, result := range w.ask() {
						blocks = blocks || result.Blocks()
					}
					if blocks != (len(found) > 0) {
						t.Errorf("%s, row %d %q code %d: the checks block: %v, a submission is refused for %s", at, row, raw, code, blocks, texts(found))
					}
				}
			}
		}
	}
}
