package junos

import (
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// ParseCertificates reads "show security pki local-certificate" in any form (Juniper: show security pki
// local-certificate): one certificate of an identifier, in the order of the device. An empty answer has none; one that
// says something else is an error of kind Malformed, or Refused in the words of the device.
func ParseCertificates(raw string) ([]upgrade.Certificate, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readCertificates(o)
}

func readCertificates(o output) ([]upgrade.Certificate, error) {
	var certificates []upgrade.Certificate
	for _, p := range o.byNode() {
		found, err := textCertificates(p.text)
		if err != nil {
			return nil, err
		}
		for _, c := range append(treeCertificates(p.tree), found...) {
			if !slices.Contains(certificates, c) {
				certificates = append(certificates, c)
			}
		}
	}
	if len(certificates) == 0 && o.saysSomething() {
		return nil, unrecognised("certificate")
	}
	return certificates, nil
}

// certificateOwner is the line above the certificates of a logical system or tenant, which is there without any too.
var certificateOwner = regexp.MustCompile(`(?i)^(?:LSYS|tenant)\b`)

// saysSomething tells an output from an empty one.
func (o output) saysSomething() bool {
	said := slices.ContainsFunc(lines(o.text), func(line string) bool { return !certificateOwner.MatchString(line) && !nodeHeader.MatchString(line) })
	o.tree.walk(func(e *element) {
		said = said || e.text != "" && e.name != "output" && e.name != "re-name" && e.name != "banner"
	})
	return said
}

// treeCertificates takes every element that has an identifier and an end of validity of its own.
func treeCertificates(tree *element) []upgrade.Certificate {
	var certificates []upgrade.Certificate
	tree.walk(func(e *element) {
		for _, name := range []string{"certificate-identifier", "identifier", "certificate-id"} {
			if id := e.child(name); id != nil {
				certificates = append(certificates, upgrade.Certificate{ID: id.text, End: e.value("not-after")})
				return
			}
		}
	})
	return certificates
}

func textCertificates(text string) ([]upgrade.Certificate, error) {
	var certificates []upgrade.Certificate
	for _, line := range lines(text) {
		label, value, found := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(label) {
		case "certificate identifier":
			if !found || value == "" {
				return nil, incomplete("the list of certificates", line)
			}
			certificates = append(certificates, upgrade.Certificate{ID: value})
		case "not after":
			if len(certificates) == 0 {
				return nil, incomplete("the list of certificates", line)
			}
			certificates[len(certificates)-1].End = value
		}
	}
	return certificates, nil
}
