package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
)

func (s *shared) scheduleList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the schedules", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.withSchedules(cmd, func(ctx context.Context, all app.Schedules) error {
				lines, err := all.List(ctx)
				if err != nil {
					return err
				}
				return s.print(cmd.OutOrStdout(), lines, scheduleTable(lines))
			})
		}}
}

func (s *shared) scheduleShow() *cobra.Command {
	return &cobra.Command{Use: "show NAME", Short: "Show a schedule, its last runs, and the windows that had none", Args: scheduleName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withSchedules(cmd, func(ctx context.Context, all app.Schedules) error {
				view, err := all.Show(ctx, args[0], time.Now())
				if err != nil {
					return err
				}
				return s.print(cmd.OutOrStdout(), view, scheduleText(view))
			})
		}}
}

func (s *shared) scheduleNext() *cobra.Command {
	var count int
	var window string
	c := &cobra.Command{Use: "next NAME | next --window FILE", Short: "Show when the windows open next, and which are frozen",
		Args: func(cmd *cobra.Command, args []string) error {
			if (window == "") == (len(args) == 0) || len(args) > 1 {
				return upgrade.Errorf(kindUsage, "either the name of a schedule or --window is needed").Advise("see: starter schedule list")
			}
			if count < 1 || count > 1000 {
				return upgrade.Errorf(kindUsage, "--count %d is not from 1 to 1000", count).Advise("see --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			show := func(c upgrade.Calendar) error {
				now := time.Now()
				if err := c.Validate(now, 0); err != nil {
					return err
				}
				list := c.Occurrences(now, count, true)
				return s.print(cmd.OutOrStdout(), list, occurrenceTable(c, list))
			}
			if window != "" {
				c, err := readWindowFile(window, cmd.InOrStdin())
				if err != nil {
					return err
				}
				return show(c)
			}
			return s.withSchedules(cmd, func(ctx context.Context, all app.Schedules) error {
				view, err := all.Show(ctx, args[0], time.Now())
				if err != nil {
					return err
				}
				return show(view.Order.Calendar)
			})
		}}
	c.Flags().IntVar(&count, "count", 10, "how many")
	c.Flags().StringVar(&window, "window", "", "file with a window, - for standard input, in place of a schedule")
	return c
}

// readWindowFile reads a window from a file, or from standard input for "-".
func readWindowFile(path string, stdin io.Reader) (c upgrade.Calendar, err error) {
	source := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return c, upgrade.Errorf(upgrade.Invalid, "reading the window: %w", err).Advise("check the path")
		}
		defer file.Close()
		source = file
	}
	text, err := io.ReadAll(source)
	if err != nil {
		return c, upgrade.Errorf(upgrade.Invalid, "reading the window from %s: %w", path, err).Advise("check the path")
	}
	return upgrade.ReadCalendar(text)
}

// scheduleTable is one line a schedule.
func scheduleTable(lines []app.ScheduleLine) string {
	if len(lines) == 0 {
		return "there is no schedule"
	}
	return table(func(w io.Writer) {
		fmt.Fprintln(w, "NAME\tSTATE\tNEXT (UTC)\tNOTE")
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Name, stateOf(l), instant(l.Next), l.Note)
		}
	})
}

func stateOf(l app.ScheduleLine) string {
	if l.Paused {
		return "paused"
	}
	return "active"
}

// occurrenceTable shows occurrences by the window's clock and in UTC.
func occurrenceTable(c upgrade.Calendar, list []upgrade.Occurrence) string {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC // refused by Validate
	}
	return table(func(w io.Writer) {
		fmt.Fprintf(w, "OPENS (%s)\tCLOSES\tOPENS (UTC)\tCLOSES (UTC)\t\n", c.Zone)
		for _, o := range list {
			note := ""
			if o.Freeze != "" {
				note = "FROZEN: " + o.Freeze
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.Start.In(zone).Format("Mon 2006-01-02 15:04:05 -0700"), o.End.In(zone).Format("Mon 2006-01-02 15:04:05 -0700"),
				instant(o.Start), instant(o.End), note)
		}
	})
}

// scheduleText shows one schedule at length: what did not happen comes before what did.
func scheduleText(v app.ScheduleView) string {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-10s %s", label, fmt.Sprintf(format, args...)), " ") + "\n")
	}
	c := v.Order.Calendar
	line("schedule", "%s, %s: %s", v.Name, stateOf(v.ScheduleLine), v.Note)
	line("window", "%s, %s long, %s", c.Name, c.Length, c.Zone)
	line("gateways", "%s", gatewaysOf(v.Order))
	line("target", "%s", v.Order.TargetVersion)
	line("next", "%s; %d are known, the last one at %s", instant(v.Next), v.Held, instant(v.Last))
	line("late", "a run is caught up to %s after its window has opened", v.Catchup)
	line("not run", "%d because another run was open, %d because it was too late", v.Overlap, v.Missed)
	for _, w := range v.Unserved {
		line("", "the window from %s to %s had no run", instant(w.Start), instant(w.End))
	}
	for _, r := range v.Runs {
		line("run", "%s  %s", instant(r.Scheduled), resultOf(r))
		if r.Result == nil {
			continue
		}
		for _, u := range r.Result.Upgrades {
			line("", "  %d %s: %s %s", u.GatewayID, u.Gateway, u.State, u.Reason)
		}
		for _, note := range r.Result.Notes {
			line("", "  %s", note)
		}
	}
	return b.String()
}

func gatewaysOf(o upgrade.WindowOrder) string {
	if o.Query == nil {
		return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(o.Gateways)), ", "), "[]")
	}
	var parts []string
	for _, p := range [][2]string{{"name", o.Query.NamePattern}, {"pod", o.Query.Pod}, {"from", o.Query.FromVersion}} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	return "all with " + strings.Join(parts, ", ")
}

func resultOf(r app.ScheduleRun) string {
	switch {
	case r.Error != "":
		return "failed: " + r.Error
	case r.Result == nil:
		return "is open: " + r.Workflow
	}
	return r.Result.Summary()
}

// table aligns columns.
func table(fill func(io.Writer)) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fill(w)
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// instant prints a time in UTC, a dash for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
