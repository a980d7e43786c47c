package junos

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// A vSRX shows a licence for evaluation in one of these ways, by release (Juniper: show system license; Junos XML API
// Operational Developer Reference, junos-license.dtd; libjunos-license: validity is permanent, count-down, date-based or
// invalid): its validity counts down from the first use, or the type of the key's order is trial, or the key is one that
// Juniper gives to everybody for that. A validity by date proves nothing: IBM's own licences have one too.
var (
	countsDown = regexp.MustCompile(`(?i)^(?:count-?down\b|\d+ (?:day|hour|minute|second)s?\b)`)
	forTrial   = regexp.MustCompile(`(?i)\b(?:eval(?:uation)?|trial|demo)\b|Juniper-?Eval`)
)

// judged says whether a row of the usage shows a licence for evaluation: by its end, or by one of its words.
func judged(l upgrade.Licence, words ...string) upgrade.Licence {
	if countsDown.MatchString(l.End) {
		l.Evaluation = "it counts down, " + l.End + " are left"
		return l
	}
	for _, word := range words {
		if countsDown.MatchString(word) || forTrial.MatchString(word) {
			l.Evaluation = word
		}
	}
	return l
}

// installed is one feature of a licence key, as the list of the installed keys has it. The key and its identifier are
// nobody's business here.
type installed struct {
	feature, evaluation string
}

// withInstalled marks the features of which a key is for evaluation: the usage shows the best of all keys only, and IBM's
// readiness check refuses any (readiness code 1120).
func withInstalled(licences []upgrade.Licence, keys []installed) []upgrade.Licence {
	for _, key := range keys {
		if key.evaluation == "" {
			continue
		}
		i := slices.IndexFunc(licences, func(l upgrade.Licence) bool { return strings.EqualFold(l.Feature, key.feature) })
		switch {
		case i < 0:
			licences = append(licences, upgrade.Licence{Feature: key.feature, Evaluation: key.evaluation})
		case licences[i].Evaluation == "":
			licences[i].Evaluation = key.evaluation
		}
	}
	return licences
}

// treeInstalled reads the license elements, whose children differ by release.
func treeInstalled(tree *element) []installed {
	var keys []installed
	for _, license := range tree.all("license") {
		ordered := trial(license.value("order-type", "license-order-type"), license.value("customer-id", "license-customer-id"))
		for _, feature := range license.all("feature") {
			evaluation := ordered
			if validity := feature.value("validity-type"); countsDown.MatchString(validity) || forTrial.MatchString(validity) || feature.first("remaining-time", "original-validity") != nil {
				evaluation = "the validity of a key is " + cmp.Or(validity, "count-down")
			}
			keys = append(keys, installed{feature.value("name"), evaluation})
		}
	}
	return keys
}

// keyFeature is the head of a feature in the list of keys, "name - description"; its validity stands on the next line.
var keyFeature = regexp.MustCompile(`^(\S.*?)\s+- \S`)

// textInstalled reads the list of keys. What a key has beside its order, customer and features differs by release.
func textInstalled(lines []string) []installed {
	var keys []installed
	order, customer := "", ""
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(name) {
		case "license identifier":
			order, customer = "", ""
			continue
		case "order type":
			order = value
			continue
		case "customer id":
			customer = value
			continue
		}
		if m := keyFeature.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "date-based") {
			keys = append(keys, installed{m[1], trial(order, customer)})
		} else if last := len(keys) - 1; last >= 0 && (countsDown.MatchString(line) || forTrial.MatchString(line)) {
			keys[last].evaluation = "the validity of a key is " + line
		}
	}
	return keys
}

// trial says by what a key's order shows that it is for evaluation. Releases before the order type have its customer only.
func trial(order, customer string) string {
	switch {
	case forTrial.MatchString(order):
		return "the order type of a key is " + order
	case order == "" && forTrial.MatchString(customer):
		return "a key was made for the customer " + customer
	}
	return ""
}
