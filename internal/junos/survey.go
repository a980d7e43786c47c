package junos

import (
	"context"
	"io"

	"vsrx-upgrade/internal/upgrade"
)

// Survey reads what View and Facts give, side by side, and asks nothing twice. The configuration is read once, in text
// format, and written to config as it arrives; config may be nil, and holds a part of it after an error. Any part of the
// View that cannot be read is an error, of kind Refused, Malformed, Unreachable or Internal (config failed); the facts
// are given in any case.
func (s *Session) Survey(ctx context.Context, config io.Writer) (upgrade.Device, upgrade.DeviceFacts, error) {
	var device upgrade.Device
	facts := upgrade.DeviceFacts{Way: s.Way()}
	view := viewQuestions(&device, &facts, config)
	questions := append(view, factQuestions(&facts)...)
	errs := s.askAll(ctx, questions)
	s.note(&facts, questions, errs)
	for _, err := range errs[:len(view)] {
		if err != nil {
			return upgrade.Device{}, facts, err
		}
	}
	return device, facts, nil
}

// viewQuestions are those whose answers the view needs, some of which are facts too. The longest answer comes first.
func viewQuestions(device *upgrade.Device, facts *upgrade.DeviceFacts, config io.Writer) []question {
	return []question{
		{nil, func(ctx context.Context, lane *Session) error { return lane.surveyConfiguration(ctx, device, config) }},
		{[]string{"interfaces"}, func(ctx context.Context, lane *Session) error { return lane.surveyInterfaces(ctx, device, facts) }},
		{nil, func(ctx context.Context, lane *Session) (err error) { device.Nodes, err = lane.nodes(ctx); return err }},
		{nil, func(ctx context.Context, lane *Session) (err error) {
			device.Cluster, err = lane.Cluster(ctx)
			return err
		}},
		{[]string{"commits"}, func(ctx context.Context, lane *Session) error { return lane.surveyCommits(ctx, device, facts) }},
		{[]string{"dirty"}, func(ctx context.Context, lane *Session) error {
			difference, err := lane.difference(ctx)
			device.Uncommitted, facts.Dirty = difference != "", excerpt(difference)
			return err
		}},
	}
}

// surveyConfiguration reads the committed configuration once for its digest, the statements that an upgrade depends on,
// and the caller.
func (s *Session) surveyConfiguration(ctx context.Context, device *upgrade.Device, config io.Writer) error {
	p, digest := newPolicy(), NewDigest()
	statements := &curly{statement: p.meet}
	all := io.MultiWriter(digest, statements)
	if config != nil {
		all = io.MultiWriter(digest, statements, config)
	}
	if err := s.Configuration(ctx, Text, all); err != nil {
		return err
	}
	if err := statements.end(); err != nil {
		return err
	}
	device.Preempt, device.RootLogin, device.Mark.Digest = p.preempt.preempt(), p.rootLogin.active(), digest.String()
	return nil
}

func (s *Session) surveyInterfaces(ctx context.Context, device *upgrade.Device, facts *upgrade.DeviceFacts) error {
	addresses, err := ask(ctx, s, "<get-interface-information/>", func(o output) ([]upgrade.NodeMACs, error) {
		found, err := readInterfaces(o)
		if err != nil {
			return nil, err
		}
		facts.Interfaces = found
		return readHardwareAddresses(o)
	})
	device.NodeMACs = addresses
	return err
}

// surveyCommits reads the commit list; the mark is made of its newest entry as View makes it.
func (s *Session) surveyCommits(ctx context.Context, device *upgrade.Device, facts *upgrade.DeviceFacts) error {
	entries, err := ask(ctx, s, "<get-commit-information/>", func(o output) ([]entry, error) {
		commits, err := readHistory(o)
		if err != nil {
			return nil, err
		}
		facts.Commits = commits
		return readCommits(o.tree)
	})
	device.Mark.Commit, device.Pending = newest(entries).String(), newest(entries).pending
	return err
}
