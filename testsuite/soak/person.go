package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// person is on call for one upgrade: reads its status and says what the seed makes of it. What a person says to the nth
// question or the nth hold is drawn in that order, whenever it comes.
type person struct {
	chance *rand.Rand
	begun  time.Time
	whims  []whim // unasked, in order
	knows  bool   // that the pair was reloaded before, so that IBM's backup of the old machine is gone

	about string    // what is being answered: its name and since when
	reply word      // to it
	due   time.Time // when it is said
	tries int       // retries in the same case
	held  string    // the case: the kind of the hold, and at which reload
}

// word is one update with its input.
type word struct {
	name  string
	codes []int
}

// whim is something said without being asked.
type whim struct {
	after time.Duration
	word  string
}

// cancel is no update: the workflow is cancelled by Temporal's own means.
const cancel = "cancel"

// enough is how many retries make a person look for another way out. A submission that nobody can find is looked for a
// few times more, and then no retry helps: the program never submits it again.
const (
	enough  = 25
	unfound = 3
)

// onCall draws a person for an upgrade.
func onCall(r *rand.Rand, now time.Time, knows bool) *person {
	p := &person{chance: r, begun: now, knows: knows}
	if r.IntN(4) == 0 {
		at := time.Duration(r.Int64N(int64(60 * time.Second)))
		p.whims = append(p.whims, whim{at, workflows.UpdatePause}, whim{at + time.Duration(r.Int64N(int64(15*time.Second))), workflows.UpdateResume})
	}
	switch r.IntN(20) {
	case 0:
		p.whims = append(p.whims, whim{time.Duration(r.Int64N(int64(20 * time.Second))), workflows.UpdateAbort})
	case 1:
		p.whims = append(p.whims, whim{time.Duration(r.Int64N(int64(90 * time.Second))), cancel})
	}
	return p
}

// says gives what the person says now, if anything. A person who is told to come to an end says nothing but what brings
// the upgrade there.
func (p *person) says(r upgrade.Report, now time.Time, ending bool) (w word, speaks bool) {
	if r.Hold != nil {
		if held := fmt.Sprint(r.Hold.Kind, len(r.Nodes), r.Rollback != nil); held != p.held {
			p.held, p.tries = held, 0
		}
	}
	if len(p.whims) > 0 && !ending && now.Sub(p.begun) >= p.whims[0].after {
		name := p.whims[0].word
		p.whims = p.whims[1:]
		return word{name: name}, name == cancel || slices.Contains(r.Choices, name)
	}
	if r.Paused != nil && ending {
		return word{name: workflows.UpdateResume}, true
	}
	about := p.asked(r)
	switch {
	case about == "":
		p.about = ""
		return word{}, false
	case about != p.about:
		p.about, p.reply = about, p.answer(r, ending)
		p.due = now.Add(200*time.Millisecond + time.Duration(p.chance.Int64N(int64(3*time.Second))))
		return word{}, false
	case now.Before(p.due):
		return word{}, false
	}
	p.about = "" // an answer that is lost or refused is followed by another one, if the question stands
	if p.reply.name == workflows.UpdateRetry {
		p.tries++
	}
	return p.reply, true
}

// asked names what waits for the person; "" is nothing.
func (p *person) asked(r upgrade.Report) string {
	switch {
	case r.Hold != nil:
		return fmt.Sprint("hold ", r.Hold.Since.UnixNano())
	case r.Ask != nil:
		return fmt.Sprint("ask ", r.Ask.Since.UnixNano())
	}
	return ""
}

func (p *person) answer(r upgrade.Report, ending bool) word {
	dice := p.chance.IntN(100)
	if r.Hold != nil {
		return p.cure(r, dice, ending)
	}
	offered := func(name string) bool { return slices.Contains(r.Choices, name) }
	switch {
	case ending:
	case dice < 16 && offered(workflows.UpdateRollback) && !p.knows, dice < 2 && offered(workflows.UpdateRollback):
		return word{name: workflows.UpdateRollback}
	case dice >= 95 && offered(workflows.UpdateAbort):
		return word{name: workflows.UpdateAbort}
	case dice >= 88 && offered(workflows.UpdatePause):
		p.whims = append([]whim{{0, workflows.UpdateResume}}, p.whims...)
		return word{name: workflows.UpdatePause}
	}
	return word{name: workflows.UpdateApprove}
}

// warning finds the codes of readiness warnings in what an upgrade holds at.
var warning = regexp.MustCompile(`\b11(7[6-9]|8[0-5])\b`)

// cure answers a hold. Nobody leaves a rollback half done, unless it cannot even begin.
func (p *person) cure(r upgrade.Report, dice int, ending bool) word {
	offered := func(name string) bool { return slices.Contains(r.Choices, name) }
	var codes []int
	for _, text := range warning.FindAllString(r.Hold.Reason, -1) {
		if n, err := strconv.Atoi(text); err == nil {
			codes = append(codes, n)
		}
	}
	stuck := p.tries >= enough
	hopeless := p.tries >= unfound && (r.Hold.Kind == upgrade.Undecided || r.Phase == upgrade.PhaseRollback && noBackup.MatchString(r.Hold.Reason))
	switch {
	case len(codes) > 0 && p.tries%2 == 0:
		p.tries++
		return word{name: workflows.UpdateAccept, codes: codes}
	case hopeless && offered(workflows.UpdateAbort):
		return word{name: workflows.UpdateAbort}
	case (stuck || !ending && dice < 6) && offered(workflows.UpdateRollback) && !p.knows:
		return word{name: workflows.UpdateRollback}
	case (stuck || !ending && dice >= 98) && offered(workflows.UpdateAbort) && r.Rollback == nil:
		return word{name: workflows.UpdateAbort}
	}
	return word{name: workflows.UpdateRetry}
}

// noBackup is the reason for which a rollback cannot begin, however often it is tried.
var noBackup = regexp.MustCompile(`no backup image`)
