package archive

import (
	"fmt"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// settled is how long an upgrade must have been silent before it may be deleted: Temporal's list of open workflows, by
// which the caller knows the open ones, lags behind by seconds.
const settled = time.Hour

// Retention says how much history is kept. Where both limits are given, only what exceeds both is deleted.
type Retention struct {
	Keep      int           `json:"keep"`      // newest upgrades of each gateway that stay; 0 is no such limit
	OlderThan time.Duration `json:"olderThan"` // age, since the upgrade stored something last, up to which it stays; 0 is no such limit
}

// Validate refuses a retention without a limit. Errors are of kind Invalid.
func (r Retention) Validate() error {
	switch {
	case r.Keep < 0:
		return upgrade.Errorf(upgrade.Invalid, "%d upgrades cannot be kept", r.Keep).Advise("keep at least 1")
	case r.OlderThan < 0:
		return upgrade.Errorf(upgrade.Invalid, "an age of %s makes no sense", r.OlderThan).Advise("say an age such as 90d")
	case r.Keep == 0 && r.OlderThan == 0:
		return upgrade.Errorf(upgrade.Invalid, "nothing says what may be deleted").Advise("say how many upgrades of a gateway stay, from what age on they go, or both")
	}
	return nil
}

// Verdict is what a retention says of one upgrade.
type Verdict struct {
	Upgrade Upgrade `json:"upgrade"`
	Delete  bool    `json:"delete"`
	Reason  string  `json:"reason"`
}

// Judge decides about each upgrade, in the order of Upgrades: by gateway, the newest first. open has the run ids of the
// upgrades that have not ended. An open upgrade, the newest complete one of a gateway, a damaged one, and one that was
// written to within the last hour stay whatever the limits are.
func (r Retention) Judge(all []Upgrade, open map[string]bool, now time.Time) []Verdict {
	verdicts := make([]Verdict, 0, len(all))
	rank, newest := map[int]int{}, map[int]bool{}
	for _, u := range all {
		rank[u.Gateway]++
		last := u.Complete() && !newest[u.Gateway]
		newest[u.Gateway] = newest[u.Gateway] || u.Complete()
		age := now.Sub(u.Last())
		v := Verdict{Upgrade: u}
		switch {
		case open[u.Run]:
			v.Reason = "the upgrade is open"
		case last:
			v.Reason = "the newest complete one of its gateway"
		case len(u.Damage) > 0:
			v.Reason = "damaged: look at it first, then remove its folder by hand"
		case age < settled:
			v.Reason = "written to within the last hour"
		case r.Keep > 0 && rank[u.Gateway] <= r.Keep:
			v.Reason = fmt.Sprintf("one of the %d newest of its gateway", r.Keep)
		case r.OlderThan > 0 && age <= r.OlderThan:
			v.Reason = "not old enough"
		default:
			v.Delete, v.Reason = true, r.excess(rank[u.Gateway], age)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// excess says which limits an upgrade exceeds.
func (r Retention) excess(rank int, age time.Duration) string {
	days := fmt.Sprintf("%d days old", int(age.Hours()/24))
	if r.Keep == 0 {
		return days
	}
	return fmt.Sprintf("number %d of its gateway, %s", rank, days)
}
