package junos

import (
	"regexp"
	"strings"
)

// bannerLine is a prompt around a comparison; "[edit ...]" inside it names what changes.
var bannerLine = regexp.MustCompile(`^\{\w+(?::[\w-]+)*\}(?:\[edit[^\]]*\])?$|^[\w.-]+@[\w.-]+[>#%](?:\s|$)`)

// ParseDifference reads a comparison of configurations ("| compare rollback N") in any form: its lines without prompts
// and empty lines, none where the configurations are the same. The lines hold secrets as they are. Errors are of kind
// Malformed, or Refused in the words of the device.
func ParseDifference(raw string) ([]string, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	text := o.text
	if o.tree != nil {
		if text, err = readDifference(o); err != nil {
			return nil, err
		}
	}
	var kept []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\n")
		if line != "" && !bannerLine.MatchString(line) {
			kept = append(kept, line)
		}
	}
	return kept, nil
}
