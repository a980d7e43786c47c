package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"vsrx-upgrade/internal/upgrade"
)

// none stands where there is nothing to say.
const none = "–"

// moment writes a time to the second, in UTC: a report is read far from where it happened.
func moment(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// lasted writes a duration in its two largest units, and keeps them on one line.
func lasted(d time.Duration) string {
	d = d.Round(time.Second)
	hours, minutes, seconds := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case d < 0:
		return none
	case hours >= 48:
		return fmt.Sprintf("%d\u00a0d\u00a0%d\u00a0h", hours/24, hours%24)
	case hours > 0:
		return fmt.Sprintf("%d\u00a0h\u00a0%d\u00a0min", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d\u00a0min\u00a0%d\u00a0s", minutes, seconds)
	}
	return fmt.Sprintf("%d\u00a0s", seconds)
}

// between is the time from one moment to another, where both are known.
func between(begin, end time.Time) string {
	if begin.IsZero() || end.IsZero() {
		return none
	}
	return lasted(end.Sub(begin))
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func or(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

// name is what people call the gateway.
func name(r upgrade.Report) string {
	return or(r.Gateway, fmt.Sprintf("gateway %d", r.GatewayID))
}

// listed writes numbers one after the other.
func listed(numbers []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ", "), "[]")
}

// printable makes visible what a terminal, a browser or an eye could be deceived with: control characters, and those that
// turn the direction of a text (Unicode, technical report 36). It is applied to a finished page, where nothing legitimate
// holds them.
func printable(page string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return ' '
		case c == '\n' || c == '\t':
			return c
		case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c), c == '\u2028' || c == '\u2029', c == '\ufffe' || c == '\uffff':
			return unicode.ReplacementChar
		}
		return c
	}, strings.ToValidUTF8(page, string(unicode.ReplacementChar)))
}
