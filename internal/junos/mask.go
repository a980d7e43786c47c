package junos

import (
	"fmt"
	"regexp"
	"strings"
)

// What is secret in a configuration: what Junos marks with SECRET-DATA, what follows a keyword of a secret, and what has
// the form of a hash or an obfuscated password ($9$ can be turned back into plain text).
var (
	secretData  = regexp.MustCompile(`(?:"(?:[^"\\]|\\.)*"?|\S+?)(;?\s*## SECRET-DATA)`)
	secretName  = regexp.MustCompile(`\b(encrypted-password|plain-text-password-value|secret|pre-shared-key|ascii-text|hexadecimal|authentication-key|privacy-key|authentication-password|privacy-password|simple-password|community|password|passphrase|key)((?:\s+(?:ascii-text|hexadecimal))?\s+)("(?:[^"\\]|\\.)*(?:"|$)|[^\s;{]+)`)
	secretValue = regexp.MustCompile(`"?\$[15689]\$[^\s;"]*"?`)
)

const masked = "***" // as in every other text that shows a configuration

// maskSecrets hides the secrets of a line of configuration, in curly or set form or of a comparison.
func maskSecrets(line string) string {
	line = secretName.ReplaceAllString(line, "${1}${2}"+masked)
	line = secretValue.ReplaceAllString(line, masked)
	return secretData.ReplaceAllString(line, masked+"${1}")
}

// How much of a comparison is told.
const (
	excerptLines = 20
	excerptWidth = 160
)

// excerpt is the beginning of a comparison without secrets.
func excerpt(difference string) string {
	var kept []string
	total := 0
	for line := range strings.Lines(difference) {
		if line = strings.TrimRight(line, " \t\r\n"); line == "" {
			continue
		}
		if total++; total > excerptLines {
			continue
		}
		line = maskSecrets(line)
		if len(line) > excerptWidth {
			line = strings.ToValidUTF8(line[:excerptWidth], "") + " …"
		}
		kept = append(kept, line)
	}
	if total > excerptLines {
		kept = append(kept, fmt.Sprintf("… and %d more lines", total-excerptLines))
	}
	return strings.Join(kept, "\n")
}
