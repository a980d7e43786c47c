package junos

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// alarms reads system and chassis alarms, one of a kind: both nodes raise the same.
func (s *Session) alarms(ctx context.Context) ([]upgrade.Alarm, error) {
	var alarms []upgrade.Alarm
	for _, operation := range []string{"<get-system-alarm-information/>", "<get-alarm-information/>"} {
		reply, _, err := s.ask(ctx, operation, "alarm-information")
		if err != nil {
			return nil, err
		}
		for _, e := range reply.all("alarm-detail") {
			text := strings.Join(strings.Fields(e.value("alarm-description")), " ")
			alarms = append(alarms, upgrade.Alarm{Class: e.value("alarm-class"), Text: text})
		}
	}
	slices.SortFunc(alarms, func(a, b upgrade.Alarm) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(alarms), nil
}

// coreDumps reads the names of core files. Junos lists them as elements or as text, where each folder without any gives
// a line "No such file or directory".
func (s *Session) coreDumps(ctx context.Context) ([]string, error) {
	reply, err := s.call(ctx, s.timeout, "<get-system-core-dumps/>")
	if err != nil {
		return nil, err
	}
	var files []string
	for _, node := range reply.byNode() {
		for _, file := range readCoreDumps(node.element) {
			if node.node != "" {
				file = node.node + ":" + file
			}
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func readCoreDumps(reply *element) []string {
	var files []string
	for _, e := range reply.all("file-information") {
		files = append(files, e.value("file-name"))
	}
	for _, output := range reply.all("output") {
		for line := range strings.Lines(output.text) {
			words := strings.Fields(line)
			if len(words) > 1 && strings.HasPrefix(words[0], "-") && strings.HasPrefix(words[len(words)-1], "/") {
				files = append(files, words[len(words)-1])
			}
		}
	}
	return files
}

// licences reads the licensed features, one of a kind: both nodes hold the same.
func (s *Session) licences(ctx context.Context) ([]upgrade.Licence, error) {
	reply, _, err := s.ask(ctx, "<get-license-summary-information/>", "license-summary-information")
	if err != nil {
		return nil, err
	}
	return readLicences(reply)
}

// readLicences takes each value from the element that the release has for it.
func readLicences(reply *element) ([]upgrade.Licence, error) {
	var licences []upgrade.Licence
	for _, e := range reply.all("feature-summary") {
		needed, err := number(e, "needed", "licenses-needed", "licensed-feature-needed-count")
		if err != nil {
			return nil, err
		}
		licences = append(licences, upgrade.Licence{
			Feature: e.value("name"),
			Needed:  needed,
			End:     e.value("end-date", "validity-type", "license-type"),
		})
	}
	slices.SortFunc(licences, func(a, b upgrade.Licence) int {
		return cmp.Or(cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Needed, b.Needed), cmp.Compare(a.End, b.End))
	})
	return slices.Compact(licences), nil
}
