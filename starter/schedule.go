package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
)

// scheduleCommand creates and steers the schedules of maintenance windows.
func scheduleCommand(s *shared) *cobra.Command {
	c := &cobra.Command{
		Use:   "schedule create|list|show|next|pause|resume|trigger|renew|delete",
		Short: "Upgrade gateways in maintenance windows that come again",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return upgrade.Errorf(kindUsage, "schedule has no command %q", args[0]).Advise("see: starter schedule --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.scheduleCreate(), s.scheduleList(), s.scheduleShow(), s.scheduleNext(),
		s.scheduleAct("trigger", "Start a run now; outside of its windows it is skipped", func(ctx context.Context, all app.Schedules, name string) (string, error) {
			return s.trigger(ctx, all, name, time.Now())
		}),
		s.scheduleAct("renew", "Write the next occurrences into the schedule, as each run does", func(ctx context.Context, all app.Schedules, name string) (string, error) {
			r, err := all.Renew(ctx, app.ScheduleID(name), time.Now())
			if r.Occurrences == 0 {
				return name + " is left as it is: its window does not open any more", err
			}
			return fmt.Sprintf("%s holds %d occurrences, the last one at %s", name, r.Occurrences, r.Last.Format(time.RFC3339)), err
		}),
		s.scheduleAct("delete", "Remove the schedule; a run that is open goes on to its end", func(ctx context.Context, all app.Schedules, name string) (string, error) {
			return name + " is deleted", all.Delete(ctx, name)
		}),
		s.scheduleSigned("pause", "Let the windows pass without a run", app.Schedules.Pause),
		s.scheduleSigned("resume", "Let a paused schedule go on", app.Schedules.Resume))
	return c
}

// newSchedule is the schedule that the flags ask for.
type newSchedule struct {
	order   upgrade.WindowOrder
	query   upgrade.GatewayQuery
	window  string
	input   string
	approve bool
	preempt string
	paused  bool
}

func (s *shared) scheduleCreate() *cobra.Command {
	var n newSchedule
	c := &cobra.Command{
		Use:   "create NAME --window FILE --gateways ID,ID --target VERSION",
		Short: "Create the schedule of a maintenance window",
		Long: "Create the schedule of a maintenance window. Everything is judged first, the gateways by a worker; nothing is created when\n" +
			"anything is wrong, and every reason is said at once.",
		Args: scheduleName,
		RunE: func(cmd *cobra.Command, args []string) error {
			order, err := n.read(cmd, args[0])
			if err != nil {
				return err
			}
			return s.create(cmd, order, n.paused)
		},
	}
	f := c.Flags()
	f.StringVar(&n.window, "window", "", "file with the window, YAML or JSON, - for standard input; its form is in docs/windows.md")
	f.IntSliceVar(&n.order.Gateways, "gateways", nil, "ids of the gateways, separated by commas, in the order in which they are started")
	f.StringVar(&n.query.NamePattern, "query-name", "", "in place of ids: names such as edge-*")
	f.StringVar(&n.query.Pod, "query-pod", "", "in place of ids: gateways of this pod")
	f.StringVar(&n.query.FromVersion, "query-from", "", "in place of ids: gateways on record with this version")
	f.StringVar(&n.order.TargetVersion, "target", "", "target version, e.g. 23.4R2-S5.5")
	f.StringVar(&n.order.Change, "change", "", "change ticket, kept in the reports")
	f.StringVar(&n.order.By, "by", os.Getenv("USER"), "who asks for it")
	f.StringVar(&n.preempt, "preempt", "", "an active preempt: deactivate or restore; without it a person is asked")
	f.BoolVar(&n.approve, "approve", false, "approve the reload of the second node beforehand: nobody is asked")
	f.IntSliceVar(&n.order.AcceptWarnings, "accept-warning", nil, "accept a readiness warning by its code (1176-1185)")
	f.StringVar(&n.input, "input", "", "read the order as JSON from a file, - for standard input; flags override it")
	f.BoolVar(&n.paused, "paused", false, "create it paused")
	return c
}

// read puts file and flags together.
func (n *newSchedule) read(cmd *cobra.Command, name string) (order upgrade.WindowOrder, err error) {
	if n.input != "" {
		if err := readJSON(n.input, cmd.InOrStdin(), &order); err != nil {
			return order, err
		}
	}
	if n.window != "" {
		if order.Calendar, err = readWindowFile(n.window, cmd.InOrStdin()); err != nil {
			return order, err
		}
	}
	order.Name = name
	if len(n.order.Gateways) > 0 {
		order.Gateways = n.order.Gateways
	}
	if n.query != (upgrade.GatewayQuery{}) {
		order.Query = &n.query
	}
	for _, set := range []struct {
		to    *string
		value string
	}{{&order.TargetVersion, n.order.TargetVersion}, {&order.Change, n.order.Change}, {&order.By, n.order.By}, {(*string)(&order.Preempt), n.preempt}} {
		if set.value != "" {
			*set.to = set.value
		}
	}
	if n.approve {
		order.Approval = upgrade.ApprovalNone
	}
	order.AcceptWarnings = append(order.AcceptWarnings, n.order.AcceptWarnings...)
	switch {
	case order.Calendar.Name == "" && order.Calendar.Start == "":
		return order, upgrade.Errorf(kindUsage, "no window").Advise("add --window FILE; docs/windows.md shows its form")
	case order.TargetVersion == "":
		return order, upgrade.Errorf(kindUsage, "no target version").Advise("add --target VERSION, e.g. --target 23.4R2-S5.5")
	}
	return order, nil
}

// examineTimeout is how long a worker may take to read the records of the gateways.
const examineTimeout = 10 * time.Minute

// create judges the order and makes its schedule. What is wrong can be said without a server and without a worker too.
func (s *shared) create(cmd *cobra.Command, order upgrade.WindowOrder, paused bool) error {
	timing, now := order.Timing.OrDefaults(), time.Now()
	wrong := append(order.Problems(), order.Calendar.Problems(now, upgrade.LeastNeeded(timing))...)
	var needed upgrade.Duration
	err := s.withSchedules(cmd, func(ctx context.Context, all app.Schedules) error {
		found, more, err := examine(ctx, all, order)
		needed, wrong = found, append(wrong, more...)
		return err
	})
	switch {
	case err != nil && len(wrong) == 0:
		return err
	case err != nil:
		wrong = append(wrong, "the gateways could not be judged: "+err.Error())
	}
	if len(wrong) > 0 {
		return upgrade.Errorf(upgrade.Invalid, "%s", strings.Join(wrong, "; ")).Advise("correct these; nothing was created")
	}
	return s.withSchedules(cmd, func(ctx context.Context, all app.Schedules) error {
		note := fmt.Sprintf("window %s, target %s", order.Calendar.Name, order.TargetVersion)
		if _, err := all.Create(ctx, order, needed, paused, note, now); err != nil {
			return err
		}
		view, err := all.Show(ctx, order.Name, now)
		if err != nil {
			return err
		}
		return s.print(cmd.OutOrStdout(), view, scheduleText(view))
	})
}

// examine asks a worker what is wrong with the gateways, and how long the longest upgrade takes.
func examine(ctx context.Context, all app.Schedules, order upgrade.WindowOrder) (needed upgrade.Duration, wrong []string, err error) {
	if len(order.Problems()) > 0 {
		order = order.Examinable()
	}
	if len(order.Problems()) > 0 {
		return 0, nil, nil // said already, and nothing is left to ask about
	}
	ctx, cancel := context.WithTimeout(ctx, examineTimeout)
	defer cancel()
	report, err := all.Examine(ctx, order)
	for _, u := range report.Upgrades {
		needed = max(needed, u.Needed)
		if u.Refused != "" {
			wrong = append(wrong, u.Refused)
		}
	}
	if err == nil && len(report.Upgrades) == 0 {
		wrong = append(wrong, "the query finds no gateway")
	}
	return needed, wrong, err
}

// trigger starts a run, and says whether it will find a window.
func (s *shared) trigger(ctx context.Context, all app.Schedules, name string, now time.Time) (string, error) {
	view, err := all.Show(ctx, name, now)
	if err != nil {
		return "", err
	}
	opening, err := view.Order.Calendar.Opening(now)
	if err != nil {
		return "", err
	}
	if err := all.Trigger(ctx, name); err != nil {
		return "", err
	}
	if opening.Outside != "" {
		return fmt.Sprintf("%s is triggered, and will be skipped: %s", name, opening.Outside), nil
	}
	return fmt.Sprintf("%s is triggered; its window ends at %s", name, opening.Window.End.Format(time.RFC3339)), nil
}

// scheduleName demands exactly one name.
func scheduleName(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return upgrade.Errorf(kindUsage, "exactly one schedule name is needed, not %d", len(args)).Advise("see: starter schedule list")
	}
	return nil
}

// withSchedules reaches Temporal for one command.
func (s *shared) withSchedules(cmd *cobra.Command, do func(context.Context, app.Schedules) error) error {
	c, err := connect(cmd.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	return do(cmd.Context(), app.NewSchedules(c))
}

// scheduleAct is a command that does one thing to a schedule.
func (s *shared) scheduleAct(name, short string, act func(context.Context, app.Schedules, string) (string, error)) *cobra.Command {
	return &cobra.Command{Use: name + " NAME", Short: short, Args: scheduleName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withSchedules(cmd, func(ctx context.Context, all app.Schedules) error {
				text, err := act(ctx, all, args[0])
				if err != nil {
					return err
				}
				return s.print(cmd.OutOrStdout(), map[string]string{"name": args[0], "text": text}, text)
			})
		}}
}

// scheduleSigned is a command that needs a person and a reason: they stand in the schedule's note.
func (s *shared) scheduleSigned(name, short string, act func(app.Schedules, context.Context, string, string) error) *cobra.Command {
	var in upgrade.Instruction
	c := s.scheduleAct(name, short, func(ctx context.Context, all app.Schedules, schedule string) (string, error) {
		text := name + "d by " + in.By + ": " + in.Reason
		return schedule + " is " + text, act(all, ctx, schedule, text)
	})
	c.Use += " --reason TEXT"
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := in.Validate(); err != nil {
			return err
		}
		return run(cmd, args)
	}
	c.Flags().StringVar(&in.By, "by", os.Getenv("USER"), "who says it")
	c.Flags().StringVar(&in.Reason, "reason", "", "why")
	return c
}
