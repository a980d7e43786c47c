package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// almanac tells the moments of a fleet, which may run for weeks and be watched from elsewhere: by the clock of the reader's
// zone, its distance from UTC beside it.
type almanac struct {
	*upgrade.FleetReport
	zone *time.Location
}

// minute gives a planned moment, counted from the beginning of the fleet, to the nearest minute: the plan is made some seconds
// after that beginning, and what waits for a window must not be shown before it opens.
func (a almanac) minute(offset upgrade.Duration) string {
	return a.Begun.Add(offset.D()).Round(time.Minute).In(a.zone).Format("2006-01-02 15:04 -0700")
}

// second gives a moment that has been.
func (a almanac) second(t time.Time) string { return t.In(a.zone).Format("2006-01-02 15:04:05 -0700") }

// both gives a moment by the reader's clock and in UTC.
func (a almanac) both(t time.Time) string { return a.second(t) + " (" + instant(t) + ")" }

// gateways counts them.
func gateways(n int) string { return plural(n, "gateway", "gateways") }

// span gives a length without the zeros that Go prints: 24h and 1h30m, not 24h0m0s.
func span(d upgrade.Duration) string {
	text := d.String()
	if before, ok := strings.CutSuffix(text, "m0s"); ok {
		text = before + "m"
	}
	if before, ok := strings.CutSuffix(text, "h0m"); ok {
		text = before + "h"
	}
	return text
}

// planTable shows what a fleet would do: per wave its calendar, then what is not ready, then what does not fit.
func planTable(r *upgrade.FleetReport, zone *time.Location) string {
	a := almanac{r, zone}
	var b strings.Builder
	fmt.Fprintf(&b, "fleet %s → %s: %s, %d of them done already\n\n", r.Name, r.Target, gateways(len(r.All())), r.Count(upgrade.GatewayDone))
	b.WriteString(trimmed(table(func(w io.Writer) {
		fmt.Fprintln(w, "WAVE\tGATEWAY\tPOD\tSTART\tEND\tREADY\tNOTE")
		for i := range r.Waves {
			for j := range r.Waves[i].Gateways {
				g := &r.Waves[i].Gateways[j]
				if g.State == upgrade.GatewayDone {
					fmt.Fprintf(w, "%s\t%s\t%s\t–\t–\t–\tdone already\n", r.Waves[i].Name, gatewayText(g), g.Pod)
					continue
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Waves[i].Name, gatewayText(g), g.Pod, a.minute(g.At), a.minute(g.At+g.Needed), cmp.Or(string(g.Ready), "–"), g.Reason)
			}
		}
	})))
	b.WriteString("\n" + a.calendar())
	for _, text := range r.Unfit {
		fmt.Fprintf(&b, "does not fit: %s\n", text)
	}
	fmt.Fprintf(&b, "about %s in all; no order of these waves takes less than %s", span(minutes(r.Makespan)), span(minutes(r.Bound)))
	return b.String()
}

func minutes(d upgrade.Duration) upgrade.Duration { return upgrade.Duration(d.D().Round(time.Minute)) }

// calendar shows when each wave is planned, by the reader's clock and in UTC.
func (a almanac) calendar() string {
	return trimmed(table(func(w io.Writer) {
		fmt.Fprintln(w, "WAVE\tGATEWAYS\tFIRST START\tLAST END\tIN UTC\tSOAK")
		for _, wave := range a.Waves {
			utc := almanac{a.FleetReport, time.UTC}
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", wave.Name, len(wave.Gateways), a.minute(wave.Start), a.minute(wave.End),
				strings.TrimSuffix(utc.minute(wave.Start), " +0000")+" to "+strings.TrimSuffix(utc.minute(wave.End), " +0000"), span(wave.Soak))
		}
	}))
}

// fleetTable shows where a fleet stands, one line a gateway.
func fleetTable(r *upgrade.FleetReport, zone *time.Location) string {
	a := almanac{r, zone}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", strings.TrimRight(fmt.Sprintf("fleet %s → %s: %s %s", r.Name, r.Target, r.State, r.Reason), " "), r.Summary())
	b.WriteString(trimmed(table(func(w io.Writer) {
		fmt.Fprintln(w, "WAVE\tGATEWAY\tPOD\tSTATE\tSTARTED\tTOOK\tNOTE")
		for _, row := range rows(r) {
			started := "–"
			if !row.Started.IsZero() {
				started = a.second(row.Started)
			}
			fmt.Fprintf(w, "%s\t%d %s\t%s\t%s\t%s\t%s\t%s\n", row.Wave, row.ID, row.Name, row.Pod, row.State, started, row.Took, row.Reason)
		}
	})))
	b.WriteString("\n")
	for _, d := range r.Decisions {
		fmt.Fprintf(&b, "%s %s by %s: %s\n", a.second(d.At), d.Name, d.By, d.Reason)
	}
	fmt.Fprintf(&b, "begun %s\n", a.both(r.Begun))
	if !r.Ended.IsZero() {
		fmt.Fprintf(&b, "ended %s after %s\n", a.both(r.Ended), r.Ended.Sub(r.Begun).Round(time.Second))
	}
	b.WriteString("a gateway's own report: starter report GATEWAY; their keys in the archive: starter fleet report " + r.Name + " --format csv")
	return b.String()
}

// trimmed takes the blanks off the ends of lines whose last cell is empty.
func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

// row is a gateway of a fleet as tables show it.
type row struct {
	Wave, Name, Pod, State, Reason string
	ID                             int
	Started                        time.Time // zero before
	Took                           string    // "–" before
	Report                         string    // key in the archive
}

func rows(r *upgrade.FleetReport) (list []row) {
	for i := range r.Waves {
		for j := range r.Waves[i].Gateways {
			g := &r.Waves[i].Gateways[j]
			shown := row{Wave: r.Waves[i].Name, ID: g.ID, Name: g.Name, Pod: g.Pod, State: string(g.State), Reason: g.Reason, Took: "–", Report: g.Report()}
			if g.Run != "" {
				shown.Started = r.Begun.Add(seconds(g.From))
			}
			if g.Run != "" && g.To > 0 {
				shown.Took = seconds(g.To - g.From).String()
			}
			list = append(list, shown)
		}
	}
	return list
}
