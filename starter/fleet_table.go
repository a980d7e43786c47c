package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// planTable shows what a fleet would do: per wave its calendar, then what is not ready, then what does not fit.
func planTable(r *upgrade.FleetReport) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fleet %s → %s: %d gateways, %d of them done already\n\n", r.Name, r.Target, len(r.All()), r.Count(upgrade.GatewayDone))
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WAVE\tGATEWAY\tPOD\tSTART\tEND\tREADY\tNOTE")
	for i := range r.Waves {
		wave := &r.Waves[i]
		for j := range wave.Gateways {
			g := &wave.Gateways[j]
			if g.State == upgrade.GatewayDone {
				fmt.Fprintf(w, "%s\t%s\t%s\t–\t–\t–\tdone already\n", wave.Name, gatewayText(g), g.Pod)
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", wave.Name, gatewayText(g), g.Pod, at(r, g.At), at(r, g.At+g.Needed), g.Ready, g.Reason)
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	b.WriteString("\n")
	for i := range r.Waves {
		wave := &r.Waves[i]
		fmt.Fprintf(&b, "%s: %d gateways, %s to %s, soak %s\n", wave.Name, len(wave.Gateways), at(r, wave.Start), at(r, wave.End), wave.Soak)
	}
	for _, text := range r.Unfit {
		fmt.Fprintf(&b, "does not fit: %s\n", text)
	}
	fmt.Fprintf(&b, "about %s in all; no order of these waves takes less than %s", r.Makespan.D().Round(time.Minute), r.Bound.D().Round(time.Minute))
	return b.String()
}

// fleetTable shows where a fleet stands, one line a gateway.
func fleetTable(r *upgrade.FleetReport) string {
	var b strings.Builder
	fmt.Fprintf(&b, "fleet %s → %s: %s %s\n%s\n\n", r.Name, r.Target, r.State, r.Reason, r.Summary())
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WAVE\tGATEWAY\tPOD\tSTATE\tSTARTED\tTOOK\tNOTE")
	for _, row := range rows(r) {
		fmt.Fprintf(w, "%s\t%d %s\t%s\t%s\t%s\t%s\t%s\n", row.Wave, row.ID, row.Name, row.Pod, row.State, row.Started, row.Took, row.Reason)
	}
	_ = w.Flush() // a strings.Builder takes everything
	for _, d := range r.Decisions {
		fmt.Fprintf(&b, "%s %s by %s: %s\n", d.At.Local().Format(time.DateTime), d.Name, d.By, d.Reason)
	}
	if !r.Ended.IsZero() {
		fmt.Fprintf(&b, "ended %s after %s", r.Ended.Local().Format(time.DateTime), r.Ended.Sub(r.Begun).Round(time.Second))
	}
	return b.String()
}

// row is a gateway of a fleet as tables show it.
type row struct {
	Wave, Name, Pod, State, Reason string
	ID                             int
	Started, Took                  string // "–" before
	Report                         string // key in the archive
}

func rows(r *upgrade.FleetReport) (list []row) {
	for i := range r.Waves {
		for j := range r.Waves[i].Gateways {
			g := &r.Waves[i].Gateways[j]
			shown := row{Wave: r.Waves[i].Name, ID: g.ID, Name: g.Name, Pod: g.Pod, State: string(g.State), Reason: g.Reason, Started: "–", Took: "–", Report: g.Report()}
			if g.Run != "" {
				shown.Started = r.Begun.Add(seconds(g.From)).Local().Format("2006-01-02 15:04:05")
			}
			if g.Run != "" && g.To > 0 {
				shown.Took = seconds(g.To - g.From).String()
			}
			list = append(list, shown)
		}
	}
	return list
}
