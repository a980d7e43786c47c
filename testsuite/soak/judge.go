package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
	"vsrx-upgrade/workflows"
)

// judge holds everything that happened against the truth of the simulated cloud and against Temporal's records.
func (s *soak) judge(ctx context.Context) summary {
	verdict, ends := s.stage.Cloud.Verdict(), s.tally.endings()
	for _, v := range verdict.Violations {
		s.tally.object("the safety monitor saw %s on gateway %d at %s: %s", v.Rule, v.Gateway, v.At.Format(time.DateTime), v.Text)
		s.saveAll(ctx, ends, v.Gateway)
	}
	for _, p := range s.used {
		s.judgePod(ctx, p.name, ends)
		for _, g := range p.pairs {
			for _, objection := range judgePair(s.stage.Cloud.State(g.id), g, ends) {
				s.tally.object("gateway %s (%d): %s", g.name, g.id, objection)
				s.saveAll(ctx, ends, g.id)
			}
		}
	}
	var histories summary
	runs, err := s.runs(ctx, "")
	if err != nil {
		s.tally.object("%v", err)
	}
	for _, objection := range lost(runs, ends) {
		s.tally.object("%s", objection)
	}
	s.judgeHistories(ctx, runs, &histories)
	s.judgeFiles()
	seen := s.tally.summary(s.options)
	seen.Reloads, seen.Violations, seen.Histories, seen.Longest = verdict.Reloads, len(verdict.Violations), histories.Histories, histories.Longest
	return seen
}

// judgePair says what is wrong with a pair after all its upgrades: it must be whole, on the version that the last of
// them says, and reloaded as often as their reports say.
func judgePair(state sim.State, g *pair, ends []end) (objections []string) {
	object := func(format string, args ...any) { objections = append(objections, fmt.Sprintf(format, args...)) }
	if !state.Healthy || !state.Traffic {
		object("the pair is not whole: %+v", state)
	}
	accepted := 0
	for _, m := range state.Members {
		accepted += m.Reloads
	}
	reloads, unsettled := map[int]bool{}, 0
	version := ""
	for _, e := range ends {
		if e.gateway != g.id || !e.bearsReport {
			continue
		}
		own := 0
		for _, n := range e.report.Nodes {
			switch {
			case n.ReloadID != 0:
				reloads[n.ReloadID] = true
				own++
			case !n.Submitted.IsZero() && e.outcome == upgrade.OutcomeAbandoned:
				unsettled++ // a person ended the upgrade before it was known
			}
		}
		if own != e.report.Reloads {
			object("run %s reports %d reloads and names %d", e.run, e.report.Reloads, own)
		}
		switch e.outcome {
		case upgrade.OutcomeCompleted:
			version = e.report.Target
		case upgrade.OutcomeRolledBack:
			version = e.report.From
		case upgrade.OutcomeAbandoned:
			version = ""
		}
	}
	if accepted < len(reloads) || accepted > len(reloads)+unsettled {
		object("IBM accepted %d reloads, the reports name %d and leave %d unsettled", accepted, len(reloads), unsettled)
	}
	for _, m := range state.Members {
		if version != "" && m.Version != version {
			object("node%d runs %s, the last report says %s", m.Node, m.Version, version)
		}
	}
	return objections
}

// judgePod says what is wrong with a pod at the end: nobody may hold it or wait for it, and a taint must be somebody's.
// The lock hears of the last release within moments.
func (s *soak) judgePod(ctx context.Context, pod string, ends []end) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		objection := s.podTrouble(ctx, pod, ends)
		if objection == "" {
			return
		}
		if !pause(ctx, time.Second) {
			s.tally.object("pod %s: %s", pod, objection)
			return
		}
	}
}

func (s *soak) podTrouble(ctx context.Context, pod string, ends []end) string {
	state, exists, err := s.lock(ctx, pod)
	if err != nil {
		return err.Error()
	}
	held, err := s.held(ctx, pod)
	switch {
	case err != nil:
		return err.Error()
	case !exists && held:
		return "it is held and has no lock"
	case !exists:
		return ""
	case held || state.Current != nil || len(state.Queue) > 0:
		return fmt.Sprintf("it is not free: permit open %t, %s", held, state.Markdown())
	case state.Garbled > 0:
		return fmt.Sprintf("its lock could not read %d signals", state.Garbled)
	case state.Taint == nil:
		return ""
	}
	for _, e := range ends {
		if e.outcome == upgrade.OutcomeAbandoned && strings.Contains(state.Taint.Reason, e.name) {
			return ""
		}
	}
	return "it is tainted by nothing that was done: " + state.Taint.Reason
}

// lost compares what was begun with what Temporal knows.
func lost(runs []execution, ends []end) (objections []string) {
	known := map[string]bool{}
	for _, e := range ends {
		known[e.run] = true
		if e.outcome == "lost" {
			objections = append(objections, fmt.Sprintf("gateway %s (%d), run %s: %s", e.name, e.gateway, e.run, e.reason))
		}
	}
	upgrades := 0
	for _, r := range runs {
		if r.open && r.kind != workflows.TypePodLock {
			objections = append(objections, fmt.Sprintf("%s, run %s, is still open", r.id, r.run))
		}
		if r.kind != workflows.TypeUpgradeGateway {
			continue
		}
		upgrades++
		if !known[r.run] {
			objections = append(objections, fmt.Sprintf("nobody saw the end of %s, run %s", r.id, r.run))
		}
	}
	if upgrades != len(ends) {
		objections = append(objections, fmt.Sprintf("%d upgrades ended and Temporal knows %d", len(ends), upgrades))
	}
	return objections
}

// saveAll writes the histories of every run of a gateway.
func (s *soak) saveAll(ctx context.Context, ends []end, gateway int) {
	for _, e := range ends {
		if e.gateway == gateway && e.run != "" {
			s.save(ctx, e.id, e.run)
		}
	}
}
