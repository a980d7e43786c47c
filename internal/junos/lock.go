package junos

import (
	"regexp"
	"slices"
	"strings"
)

// DatabaseLock is what a device says of the people who have its configuration open.
type DatabaseLock struct {
	// Locked is set when a lock was refused, or when the database is being modified.
	Locked  bool
	Words   string // of the device, in one line
	Editors []Editor
}

// Editor is somebody who has the configuration open.
type Editor struct {
	User     string
	Terminal string // "" over NETCONF
	PID      string // of the session, which kill-session takes
	Since    string // as the device prints it
	Idle     string
	Mode     string // exclusive, private; "" where it is not said
}

// String names the editor for a person.
func (e Editor) String() string {
	parts := []string{e.User}
	for _, p := range []struct{ before, text string }{
		{"on ", e.Terminal}, {"pid ", e.PID}, {"since ", e.Since}, {"idle ", e.Idle}, {"", e.Mode},
	} {
		if p.text != "" {
			parts = append(parts, p.before+p.text)
		}
	}
	return strings.Join(parts, ", ")
}

// editorLine is what Junos prints of an editor, over one line or two. The terminal may be missing.
var editorLine = regexp.MustCompile(`(\S+) terminal\s+(\S*?)\s*\(pid (\d+)\) on since (\d{4}-\d\d-\d\d(?:\s+\d\d:\d\d:\d\d)?(?:\s+[A-Z]{2,5}\b)?)` +
	`(?:,\s*idle\s+([\dwdhms:]+))?(?:\s+(exclusive|private)\b)?`)

// lockSayings are how a lock is refused or the database found in use (Juniper: configure exclusive; show system
// configuration database usage).
var lockSayings = regexp.MustCompile(`(?i)configuration database (?:locked|modified)|private edits in use|database is currently being modified|` +
	`lock-configuration failed|lock-denied`)

// ParseLock reads the refusal of a lock, or the list of those who edit the configuration, in any form: the lines of the
// CLI, the message of an rpc-error, database-status elements. An output that speaks of none of it is an error of kind
// Malformed, or Refused in the words of the device.
func ParseLock(raw string) (DatabaseLock, error) {
	o, err := readOutput(raw)
	said := o.text
	if err != nil && o.tree != nil {
		said = err.Error() // the messages, wherever in the tree they stand
	}
	lock := lockOf(o.tree, said)
	if lock.Locked || len(lock.Editors) > 0 {
		return lock, nil
	}
	if err == nil {
		err = unrecognised("lock")
	}
	return DatabaseLock{}, err
}

// lockOf reads the editors that elements and words name.
func lockOf(tree *element, said string) DatabaseLock {
	lock := DatabaseLock{Words: words(said), Locked: lockSayings.MatchString(said)}
	for _, e := range tree.all("database-status") {
		editor := Editor{User: e.value("user"), Terminal: e.value("terminal"), PID: e.value("pid"), Since: words(e.value("start-time")), Idle: e.value("idle-time")}
		for _, mode := range []string{"exclusive", "private"} {
			if e.child(mode) != nil {
				editor.Mode = mode
			}
		}
		lock.Editors = append(lock.Editors, editor)
	}
	for _, m := range editorLine.FindAllStringSubmatch(lock.Words, -1) {
		e := Editor{User: m[1], Terminal: m[2], PID: m[3], Since: m[4], Idle: m[5], Mode: m[6]}
		if !slices.Contains(lock.Editors, e) {
			lock.Editors = append(lock.Editors, e)
		}
	}
	return lock
}
