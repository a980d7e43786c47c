package main

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// tally is what has happened so far. Everybody writes to it.
type tally struct {
	mu       sync.Mutex
	begun    time.Time
	counts   map[string]int // of what the soak did
	words    map[string]int // said by people, by name
	refused  map[string]int // said at a moment at which it made no sense
	faults   map[string]int
	holds    map[string]int // by kind
	outcomes map[upgrade.Outcome]int
	refusals map[string]int  // of upgrades, by kind
	open     map[string]bool // runs that are under way, by run id
	ends     []end
	findings []string
}

// end is how one run of an upgrade ended.
type end struct {
	gateway     int
	name        string
	id, run     string // of the workflow
	outcome     upgrade.Outcome
	reason      string
	report      upgrade.Report // empty of a refused one
	bearsReport bool
}

func newTally() *tally {
	return &tally{counts: map[string]int{}, words: map[string]int{}, refused: map[string]int{}, faults: map[string]int{},
		holds: map[string]int{}, refusals: map[string]int{}, outcomes: map[upgrade.Outcome]int{}, open: map[string]bool{}}
}

// begin is the moment from which the time counts.
func (t *tally) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun = time.Now()
}

// object takes a finding.
func (t *tally) object(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.findings = append(t.findings, fmt.Sprintf(format, args...))
}

func (t *tally) count(what string) { t.add(t.counts, what) }
func (t *tally) fault(name string) { t.add(t.faults, name) }
func (t *tally) hold(kind string)  { t.add(t.holds, kind) }

// said counts a word of a person; one that the upgrade refused is counted apart.
func (t *tally) said(name string, accepted bool) {
	if accepted {
		t.add(t.words, name)
	} else {
		t.add(t.refused, name)
	}
}

func (t *tally) add(to map[string]int, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	to[name]++
}

func (t *tally) started(run string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[run] = true
}

func (t *tally) ended(e end) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, e.run)
	t.ends = append(t.ends, e)
	t.outcomes[e.outcome]++
	if e.outcome == upgrade.OutcomeRefused {
		kind, _, _ := strings.Cut(e.reason, ":")
		t.refusals[kind]++
	}
}

// line is the progress so far, for people.
func (t *tally) line() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	faults, holds := 0, 0
	for _, n := range t.faults {
		faults += n
	}
	for _, n := range t.holds {
		holds += n
	}
	return fmt.Sprintf("%4.0fs  %d under way, ended %v; %d faults, %d holds, said %v; %v; %d findings",
		time.Since(t.begun).Seconds(), len(t.open), t.outcomes, faults, holds, t.words, t.counts, len(t.findings))
}

// summary is the last line of a soak.
type summary struct {
	Seed       uint64                  `json:"seed"`
	Seconds    float64                 `json:"seconds"`
	Speed      float64                 `json:"speed"`
	Upgrades   map[upgrade.Outcome]int `json:"upgrades"` // by outcome
	Refusals   map[string]int          `json:"refusals"` // by kind
	Reloads    int                     `json:"reloads"`
	Violations int                     `json:"violations"`
	Acts       map[string]int          `json:"acts"`
	Faults     map[string]int          `json:"faults"`
	Holds      map[string]int          `json:"holds"` // by kind
	Words      map[string]int          `json:"words"` // said by people
	TooLate    map[string]int          `json:"wordsRefused"`
	Histories  int                     `json:"histories"` // read, replayed and searched for secrets
	Longest    int                     `json:"longestHistory"`
	Findings   []string                `json:"findings"`
}

func (t *tally) summary(o options) summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	return summary{Seed: o.seed, Seconds: time.Since(t.begun).Seconds(), Speed: o.speed, Upgrades: maps.Clone(t.outcomes), Refusals: maps.Clone(t.refusals), Acts: maps.Clone(t.counts),
		Faults: maps.Clone(t.faults), Holds: maps.Clone(t.holds), Words: maps.Clone(t.words), TooLate: maps.Clone(t.refused),
		Findings: append([]string{}, t.findings...)}
}

// endings are the runs that have ended, in that order.
func (t *tally) endings() []end {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]end{}, t.ends...)
}
