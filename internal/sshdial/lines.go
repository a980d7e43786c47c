package sshdial

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// A line of ours is an ordinary known_hosts line (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Its comment says when and why:
//
//	[192.0.2.1]:830 ssh-ed25519 AAAA… learned 2026-01-02T15:04:05Z epoch "upgrade/1 reload of 2"
//
// A key that is not valid any more stays in the file as a comment:
//
//	# retired 2026-01-02T15:04:05Z epoch "upgrade/1 reload of 2": [192.0.2.1]:830 ssh-ed25519 AAAA… learned …
const (
	retiredMark = "# retired "
	epochMark   = " epoch "
)

func learnedLine(address, epoch string, at time.Time, key ssh.PublicKey) string {
	line := knownhosts.Line([]string{address}, key) + " learned " + at.UTC().Format(time.RFC3339)
	if epoch == "" {
		return line + " at first use"
	}
	return line + epochMark + strconv.Quote(epoch)
}

// learnedIn reports whether a line, valid or retired, is the one an epoch learned for an address.
func learnedIn(line, address, epoch string) bool {
	if retired, found := strings.CutPrefix(line, retiredMark); found {
		_, reason, _ := strings.Cut(retired, epochMark)
		quoted, err := strconv.QuotedPrefix(reason)
		if err != nil { // somebody's own comment
			return false
		}
		line = strings.TrimPrefix(reason[len(quoted):], ": ")
	}
	host, comment, _ := strings.Cut(line, " ")
	return host == knownhosts.Normalize(address) && strings.HasSuffix(comment, epochMark+strconv.Quote(epoch))
}

// retire takes the keys of an address out of force. A line that serves other addresses too keeps serving them.
func retire(lines []string, address, epoch string, at time.Time, keys []knownhosts.KnownKey) []string {
	reason := fmt.Sprintf("%s%s%s%s: ", retiredMark, at.UTC().Format(time.RFC3339), epochMark, strconv.Quote(epoch))
	var kept []string
	for i, line := range lines {
		ours := slices.ContainsFunc(keys, func(known knownhosts.KnownKey) bool { return known.Line == i+1 })
		if !ours || strings.HasPrefix(strings.TrimSpace(line), "@") { // a certificate authority is not a key of the host
			kept = append(kept, line)
			continue
		}
		line = strings.TrimSpace(line)
		kept = append(kept, reason+line)
		if patterns := strings.Fields(line)[0]; strings.ContainsAny(patterns, ",*?") {
			kept = append(kept, "!"+knownhosts.Normalize(address)+","+line)
		}
	}
	return kept
}

func splitLines(content []byte) []string {
	text := strings.TrimRight(string(content), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
