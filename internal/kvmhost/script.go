package kvmhost

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// reply is what one command of a script wrote, and its exit status.
type reply struct {
	out, errs string
	status    int
}

// failed is nil for exit status 0, and else what the command said on its way out.
func (r reply) failed() error {
	if r.status == 0 {
		return nil
	}
	const most = 300 // characters of what a command says; the reason stands at the beginning
	said := strings.Join(strings.Fields(strings.ToValidUTF8(r.errs, "?")), " ")
	if runes := []rune(said); len(runes) > most {
		said = string(runes[:most]) + "…"
	}
	switch {
	case said == "" && r.status == statusTimeout:
		said = "it did not end in time"
	case said == "":
		return fmt.Errorf("exit status %d", r.status)
	}
	return fmt.Errorf("exit status %d: %s", r.status, said)
}

// statusTimeout is how timeout(1) ends when the command under it did not.
const statusTimeout = 124

// errNoShell is a session that ended without having run anything.
var errNoShell = errors.New("the host takes the session but runs no command")

// newMarker makes a line that no output holds by chance or on purpose.
func newMarker() string { return "vsrx-upgrade-" + rand.Text() }

// script joins commands so that each one's output, on either stream, ends with the marker on a line of its own, and on
// stdout with the exit status behind it. A command is a list of one line; a failing one does not stop the next.
func script(marker string, commands []string) string {
	var text strings.Builder
	for i, command := range commands {
		if i > 0 {
			text.WriteByte('\n')
		}
		fmt.Fprintf(&text, `%s; printf '\n%%s %%d\n' %s $?; printf '\n%%s\n' %s >&2`, command, marker, marker)
	}
	return text.String()
}

// split takes the streams of a script apart. It gives the replies of the commands that came to their end; an error tells
// that what follows them cannot be read.
func split(stdout, stderr, marker string, commands int) ([]reply, error) {
	var replies []reply
	for len(replies) < commands {
		out, rest, found := strings.Cut(stdout, "\n"+marker+" ")
		line, after, ended := strings.Cut(rest, "\n")
		if !found || !ended {
			return replies, upgrade.Errorf(upgrade.Malformed, "the output ends after %d of %d commands", len(replies), commands)
		}
		status, err := strconv.Atoi(line)
		if err != nil || status < 0 || status > 255 {
			return replies, upgrade.Errorf(upgrade.Malformed, "command %d of %d ends with the exit status %q", len(replies)+1, commands, line)
		}
		errs, others, _ := strings.Cut(stderr, "\n"+marker+"\n")
		replies = append(replies, reply{out: out, errs: errs, status: status})
		stdout, stderr = after, others
	}
	return replies, nil
}
