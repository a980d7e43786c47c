package report

import (
	"fmt"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// tone is how an outcome is meant, for its colour; the words beside it say the same.
type tone string

const (
	good    tone = "good"
	bad     tone = "bad"
	waiting tone = "waiting"
	neutral tone = "neutral"
)

// headline is the outcome: a word, and one sentence.
type headline struct {
	Tone     tone
	Word     string
	Sentence string
}

// headlineOf says how an upgrade went, or how it stands.
func headlineOf(r upgrade.Report, times upgrade.Times, lost outage) headline {
	who, from, to := name(r), or(r.From, "its version"), r.Target
	switch r.Outcome {
	case upgrade.OutcomeCompleted:
		text := fmt.Sprintf("%s was upgraded from %s to %s%s", who, from, to, took(times.Begun, r.Since))
		if n := len(r.ToDo); n > 0 {
			text += "; " + count(n, "thing is", "things are") + " left to people"
		}
		return headline{good, "completed", text + "."}
	case upgrade.OutcomePlanned:
		return headline{neutral, "planned", fmt.Sprintf("The upgrade of %s from %s to %s is possible as things are; this was a dry run, and nothing was changed.", who, from, to)}
	case upgrade.OutcomeRefused:
		return headline{bad, "refused", fmt.Sprintf("The upgrade of %s to %s was refused before anything was changed.", who, to)}
	case upgrade.OutcomeAborted:
		rest := "what had been prepared was undone"
		if len(r.ToDo) > 0 {
			rest = "not everything that had been prepared could be undone"
		}
		return headline{waiting, "aborted", fmt.Sprintf("The upgrade of %s to %s was aborted%s before any reload; %s.", who, to, by(r, "abort"), rest)}
	case upgrade.OutcomeRolledBack:
		text := fmt.Sprintf("%s was rolled back%s between the two reloads and is whole again on %s", who, by(r, "rollback"), from)
		if lost.measured() {
			text += "; traffic stood still for " + lasted(lost.End.Sub(lost.Begin))
		}
		return headline{waiting, "rolled back", text + "."}
	case upgrade.OutcomeAbandoned:
		return headline{bad, "abandoned", fmt.Sprintf("The upgrade of %s was ended%s after a reload; the gateway is left as it is and needs people.", who, by(r, "abort"))}
	}
	return underWay(r)
}

// underWay says where an upgrade stands that has not ended.
func underWay(r upgrade.Report) headline {
	what := fmt.Sprintf("The upgrade of %s from %s to %s", name(r), or(r.From, "its version"), r.Target)
	switch {
	case r.Hold != nil:
		return headline{bad, "holding", fmt.Sprintf("%s has stood still in phase %s since %s and waits for a person.", what, r.Phase, moment(r.Hold.Since))}
	case r.Ask != nil:
		return headline{waiting, "approval needed", fmt.Sprintf("%s has waited for an approval since %s.", what, moment(r.Ask.Since))}
	case r.Paused != nil:
		return headline{waiting, "paused", fmt.Sprintf("%s was paused by %s.", what, r.Paused.By)}
	case r.Waiting != "":
		return headline{waiting, "waiting", fmt.Sprintf("%s waits for its turn in phase %s.", what, r.Phase)}
	case r.Phase == "":
		return headline{neutral, "not begun", what + " has not told anything yet."}
	}
	return headline{neutral, "under way", fmt.Sprintf("%s is under way, in phase %s since %s.", what, r.Phase, moment(r.Since))}
}

// brokenOff says that nothing drives the upgrade any more.
func brokenOff(r upgrade.Report) headline {
	rest := "the gateway is as it was left then and needs people"
	if r.Reloads == 0 && len(r.Nodes) == 0 {
		rest = "nothing had been reloaded"
	}
	return headline{bad, "broken off", fmt.Sprintf("The workflow that upgraded %s to %s ended in phase %s without an outcome; %s.", name(r), r.Target, r.Phase, rest)}
}

// by names who said the decision last.
func by(r upgrade.Report, decision string) string {
	text := ""
	for _, d := range r.Decisions {
		if d.Name == decision {
			text = " by " + d.By
		}
	}
	return text
}

func took(begin, end time.Time) string {
	if begin.IsZero() || end.IsZero() {
		return ""
	}
	return " in " + between(begin, end)
}
