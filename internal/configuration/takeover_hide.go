package configuration

import (
	"regexp"
	"slices"
	"strings"
)

// hashForm is a hash or an encrypted value by the mark it carries, see hashed.
var hashForm = regexp.MustCompile(`\$[15689]\$[^\s"';,]*`)

// Hide returns what a device says about the commands without the secrets in them: Junos quotes the line that it refuses.
func (t TakeOver) Hide(said string) string {
	var secrets []string
	t.Wanted.commands(func(_ string, words []string) {
		for i, word := range Mask(words) {
			if word != words[i] {
				secrets = append(secrets, words[i], strings.Join(strings.Fields(words[i]), " ")) // a message is one line
			}
		}
	})
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // one may be a part of another
	for _, secret := range slices.Compact(secrets) {
		if secret != "" {
			said = strings.ReplaceAll(said, secret, masked)
		}
	}
	return hashForm.ReplaceAllString(said, masked)
}
