package junos

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// licenceRow is a row of the usage table of "show system license": name, used, installed, needed, expiry. A name may end
// in a number, after one blank.
var licenceRow = regexp.MustCompile(`^(\S+(?: \S+)*?)\s{2,}(\d+)\s+(\d+)\s+(\d+)\s+(\S.*)$`)

// ParseLicences reads "show system license" in any form: one feature of a kind, sorted, since both nodes hold the same.
// Errors are of kind Malformed, or Refused in the words of the device.
func ParseLicences(raw string) ([]upgrade.Licence, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readLicences(o)
}

func readLicences(o output) ([]upgrade.Licence, error) {
	var licences []upgrade.Licence
	recognised := false
	for _, p := range o.byNode() {
		found, is, err := partLicences(p)
		if err != nil {
			return nil, err
		}
		licences, recognised = append(licences, found...), recognised || is
	}
	if !recognised {
		return nil, unrecognised("licence information")
	}
	slices.SortFunc(licences, func(a, b upgrade.Licence) int {
		return cmp.Or(cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Needed, b.Needed), cmp.Compare(a.End, b.End), cmp.Compare(a.Evaluation, b.Evaluation))
	})
	return slices.Compact(licences), nil
}

// partLicences takes each value from the element that the release has for it.
func partLicences(p part) (licences []upgrade.Licence, recognised bool, err error) {
	information := p.tree.first("license-summary-information", "license-usage-summary")
	if information == nil {
		return textLicences(p.text)
	}
	for _, e := range information.all("feature-summary") {
		needed, err := number(e, "needed", "licenses-needed", "licensed-feature-needed-count")
		if err != nil {
			return nil, true, err
		}
		licences = append(licences, judged(upgrade.Licence{
			Feature: e.value("name"),
			Needed:  needed,
			End:     e.value("end-date", "remaining-validity-value", "remaining-time", "validity-type", "license-type"),
		}, e.value("name"), e.value("description"), e.value("validity-type"), e.value("license-type")))
	}
	return withInstalled(licences, treeInstalled(p.tree)), true, nil
}

// textLicences reads the usage table, which an empty line or the list of keys ends. Only the columns "Licenses used",
// "installed", "needed" and "Expiry" are promised.
func textLicences(text string) (licences []upgrade.Licence, recognised bool, err error) {
	all := lines(text)
	table := false
	for i, line := range all {
		low := strings.ToLower(line)
		switch {
		case strings.HasPrefix(low, "license usage"):
			table, recognised = false, true
		case strings.HasPrefix(low, "licenses installed"):
			return withInstalled(licences, textInstalled(all[i+1:])), true, nil
		case strings.HasPrefix(low, "feature name"):
			table, recognised = true, true
		case table:
			m := licenceRow.FindStringSubmatch(line)
			if m == nil {
				return nil, true, incomplete("the licence table", line)
			}
			needed, err := digits(m[4])
			if err != nil {
				return nil, true, err
			}
			licences = append(licences, judged(upgrade.Licence{Feature: m[1], Needed: needed, End: m[5]}, m[1]))
		}
	}
	return licences, recognised, nil
}
