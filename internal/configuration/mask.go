package configuration

import (
	"slices"
	"strings"
)

// masked stands for a secret.
const masked = "***"

// Mask returns the words of a statement with its secrets masked: what follows a keyword that takes one, values that
// carry one of Junos' marks of a hash or an encrypted value ($1$, $5$, $6$, $8$, $9$), and passwords in URLs.
func Mask(words []string) []string {
	out := slices.Clone(words)
	for i, word := range words {
		switch {
		case hashed(word):
			out[i] = masked
		case i > 0 && takesSecret(words, i-1):
			out[i] = masked
		default:
			out[i] = maskURL(word)
		}
	}
	return out
}

func hashed(word string) bool {
	word = strings.TrimPrefix(word, `"`)
	return len(word) >= 3 && word[0] == '$' && word[2] == '$' && strings.IndexByte("15689", word[1]) >= 0
}

// takesSecret reports whether the word behind words[i] is a secret.
func takesSecret(words []string, i int) bool {
	switch words[i] {
	case "encrypted-password", "plain-text-password-value", "secret", "ascii-text", "hexadecimal", "privacy-key", "authentication-password",
		"privacy-password", "simple-password", "chap-secret", "pap-password", "local-password", "shared-secret", "passphrase", "password":
		return true
	case "pre-shared-key": // with ascii-text or hexadecimal in between, as a rule
		return i+1 < len(words) && words[i+1] != "ascii-text" && words[i+1] != "hexadecimal"
	case "authentication-key": // of BGP; the one of NTP is a number with a value
		return i+2 >= len(words)
	case "value":
		return slices.Contains(words[:i], "authentication-key")
	case "community":
		return i == 0 || slices.Contains(words[:i], "snmp")
	case "key":
		return slices.Contains(words[:i], "md5") || slices.Contains(words[:i], "license") || i+1 < len(words) && len(words[i+1]) > 5
	}
	return false
}

// maskURL masks the password of scheme://user:password@host.
func maskURL(word string) string {
	scheme, rest, ok := strings.Cut(word, "://")
	if !ok {
		return word
	}
	login, host, ok := strings.Cut(rest, "@")
	user, _, withPassword := strings.Cut(login, ":")
	if !ok || !withPassword || strings.Contains(login, "/") {
		return word
	}
	return scheme + "://" + user + ":" + masked + "@" + host
}
