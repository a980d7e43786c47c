package report

import "time"

// tick is a mark on the time axis.
type tick struct {
	Left  float64 // share of the picture in per cent
	Label string
}

// mostTicks is what a phone's page has room for.
const mostTicks = 6

// ticksOf marks round moments between begin and end.
func ticksOf(begin, end time.Time) []tick {
	begin, end = begin.UTC(), end.UTC()
	step := stepFor(end.Sub(begin))
	form := "15:04"
	switch {
	case step < time.Minute:
		form = "15:04:05"
	case step >= 24*time.Hour:
		form = "2 Jan"
	}
	var ticks []tick
	whole := float64(end.Sub(begin))
	for t := begin.Truncate(step); !t.After(end); t = t.Add(step) {
		left := 100 * float64(t.Sub(begin)) / whole
		if left < 0 || left > 95 { // a label further right would leave the picture
			continue
		}
		label := t.Format(form)
		if step < 24*time.Hour && t.Equal(t.Truncate(24*time.Hour)) {
			label = t.Format("2 Jan")
		}
		ticks = append(ticks, tick{Left: left, Label: label})
	}
	return ticks
}

// stepFor is the smallest step that makes no more ticks than there is room for.
func stepFor(whole time.Duration) time.Duration {
	const day = 24 * time.Hour
	for _, step := range []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute,
		15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 28 * day} {
		if whole/step < mostTicks {
			return step
		}
	}
	return whole / (mostTicks - 1)
}
