package junos

import (
	"cmp"
	"context"
	"slices"

	"vsrx-upgrade/internal/upgrade"
)

// alarms reads system and chassis alarms, one of a kind: both nodes raise the same.
func (s *Session) alarms(ctx context.Context) ([]upgrade.Alarm, error) {
	system, err := ask(ctx, s, "<get-system-alarm-information/>", readAlarms)
	if err != nil {
		return nil, err
	}
	chassis, err := ask(ctx, s, "<get-alarm-information/>", readAlarms)
	if err != nil {
		return nil, err
	}
	all := append(system, chassis...)
	slices.SortFunc(all, func(a, b upgrade.Alarm) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(all), nil
}

func (s *Session) coreDumps(ctx context.Context) ([]string, error) {
	return ask(ctx, s, "<get-system-core-dumps/>", readCoreDumps)
}

func (s *Session) licences(ctx context.Context) ([]upgrade.Licence, error) {
	return ask(ctx, s, "<get-license-summary-information/>", readLicences)
}
