package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// crowd counts the upgrades in flight and says whether one more may start: one of a pod at a time (IBM: vSRX upgrade, one
// gateway of a pod and account), and the limits of the order. The planner and the running fleet ask the same.
type crowd struct {
	limits    FleetLimits
	pods      map[string]bool
	centres   map[string]int
	wave, all int
}

func newCrowd(limits FleetLimits) *crowd {
	return &crowd{limits: limits, pods: map[string]bool{}, centres: map[string]int{}}
}

// admits reports whether a gateway of the pod may start now.
func (c *crowd) admits(pod string) bool {
	below := func(n, limit int) bool { return limit == 0 || n < limit }
	return !c.pods[pod] && below(c.wave, c.limits.Wave) && below(c.centres[centreOf(pod)], c.limits.DataCentre) && below(c.all, c.limits.All)
}

func (c *crowd) join(pod string, ofWave bool) { c.count(pod, ofWave, 1) }

func (c *crowd) leave(pod string) { c.count(pod, true, -1) }

func (c *crowd) count(pod string, ofWave bool, n int) {
	c.pods[pod] = n > 0
	c.centres[centreOf(pod)] += n
	c.all += n
	if ofWave {
		c.wave += n
	}
}

// centreOf is the data centre of a pod, such as dal10 of dal10.pod01.
func centreOf(pod string) string {
	centre, _, _ := strings.Cut(pod, ".")
	return centre
}

// Due lists the gateways of the wave at hand that may start now, in order, and marks those deferred that would not end
// within its window any more. Before the window opens none is due.
func (r *FleetReport) Due(limits FleetLimits, now time.Time) (due []*FleetGateway) {
	w := r.Current()
	if w == nil || w.Window != nil && now.Before(w.Window.Start) {
		return nil
	}
	c := newCrowd(limits)
	for i := range r.Waves {
		for _, g := range r.Waves[i].Gateways {
			if g.Open {
				c.join(g.Pod, &r.Waves[i] == w)
			}
		}
	}
	for i := range w.Gateways {
		g := &w.Gateways[i]
		if g.State != GatewayWaiting {
			continue
		}
		if err := w.Window.Fits(now, g.Needed); err != nil {
			g.State, g.Reason = GatewayDeferred, Brief(err.Error())
			continue
		}
		if !g.Open && c.admits(g.Pod) {
			c.join(g.Pod, true)
			due = append(due, g)
		}
	}
	return due
}

// line is what is left to do of one pod in a wave.
type line struct {
	pod   string
	queue []*FleetGateway
	left  Duration // sum of the queue
	ends  Duration // of the upgrade under way
	busy  bool
}

// estimate plays the waves through by their planned durations and writes down when each upgrade starts.
func (p *FleetPlan) estimate(limits FleetLimits, begin time.Time) {
	var at, bound Duration
	for i := range p.Waves {
		w := &p.Waves[i]
		if w.Window != nil {
			opens := Duration(w.Window.Start.Sub(begin))
			at, bound = max(at, opens), max(bound, opens)
		}
		w.Start, w.Bound = at, w.bound(limits)
		w.End = w.play(limits, at, begin, &p.Unfit)
		p.Makespan, p.Bound = max(p.Makespan, w.End), bound+w.Bound
		at, bound = w.End, p.Bound
		if i < len(p.Waves)-1 && w.End > w.Start {
			at, bound = at+w.Soak, bound+w.Soak
		}
	}
}

// bound is what no order of the wave's upgrades can beat: the work of the busiest pod, and what the limits make of all.
func (w *WaveReport) bound(limits FleetLimits) (bound Duration) {
	var all Duration
	pods, centres := map[string]Duration{}, map[string]Duration{}
	for _, g := range w.Gateways {
		all += g.Needed
		pods[g.Pod] += g.Needed
		centres[centreOf(g.Pod)] += g.Needed
		bound = max(bound, pods[g.Pod])
	}
	for _, limit := range []int{limits.Wave, limits.All} {
		if limit > 0 {
			bound = max(bound, all/Duration(limit))
		}
	}
	for _, work := range centres {
		if limits.DataCentre > 0 {
			bound = max(bound, work/Duration(limits.DataCentre))
		}
	}
	return bound
}

// play gives the end of a wave that begins at a moment.
func (w *WaveReport) play(limits FleetLimits, at Duration, begin time.Time, unfit *[]string) Duration {
	lines, c := w.lines(), newCrowd(limits)
	end := at
	for {
		for l := next(lines, c); l != nil; l = next(lines, c) {
			g := l.queue[0]
			l.queue, l.left = l.queue[1:], l.left-g.Needed
			if err := w.Window.Fits(begin.Add(at.D()), g.Needed); err != nil {
				*unfit = append(*unfit, fmt.Sprintf("%s: gateway %d (%s) could start at %s: %s", w.Name, g.ID, g.Name, begin.Add(at.D()).UTC().Format(time.RFC3339), err))
				continue
			}
			c.join(l.pod, true)
			g.At, l.busy, l.ends = at, true, at+g.Needed
			end = max(end, l.ends)
		}
		soonest := (*line)(nil)
		for _, l := range lines {
			if l.busy && (soonest == nil || l.ends < soonest.ends) {
				soonest = l
			}
		}
		if soonest == nil {
			return end
		}
		at, soonest.busy = soonest.ends, false
		c.leave(soonest.pod)
	}
}

// next is the pod with most work left among those whose first gateway may start; nil when there is none.
func next(lines []*line, c *crowd) (best *line) {
	for _, l := range lines {
		if len(l.queue) > 0 && !l.busy && (best == nil || l.left > best.left) && c.admits(l.pod) {
			best = l
		}
	}
	return best
}

func (w *WaveReport) lines() (lines []*line) {
	for i := range w.Gateways {
		g := &w.Gateways[i]
		if g.State != GatewayWaiting {
			continue
		}
		at := slices.IndexFunc(lines, func(l *line) bool { return l.pod == g.Pod })
		if at < 0 {
			lines = append(lines, &line{pod: g.Pod})
			at = len(lines) - 1
		}
		lines[at].queue, lines[at].left = append(lines[at].queue, g), lines[at].left+g.Needed
	}
	return lines
}
