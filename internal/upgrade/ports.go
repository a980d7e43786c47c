package upgrade

import (
	"fmt"
	"io"
)

// Endpoint is a place to log in to as root, with the password IBM has on record at this moment.
type Endpoint struct {
	Address  string
	User     string
	Password Secret
	Trust    Trust
	// PasswordOnly logs in by the password and nothing else, so that a login proves the password on record.
	PasswordOnly bool
}

// Secret is a text that is never printed or stored.
type Secret string

func (Secret) String() string { return "[redacted]" }

// Format keeps every verb of fmt from printing the secret.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// MarshalJSON keeps the secret out of histories and files.
func (Secret) MarshalJSON() ([]byte, error) {
	return nil, Errorf(Internal, "a secret must not be written")
}

// Trust says which SSH host keys an endpoint may show. The zero Trust accepts only keys known before. Epoch names an
// event of ours after which a new key is due, e.g. "upgrade/4711 reload of 72001": one new key is accepted in it, the
// first seen, and every later one must equal it.
type Trust struct {
	Epoch string `json:"epoch,omitempty"`
	// Floating marks an address that moves between nodes, so that earlier keys stay valid beside the new one.
	Floating bool `json:"floating,omitempty"`
}

// KeyEpoch names a reload of a server as the event after which new host keys are due.
func KeyEpoch(reload, server int) string {
	return fmt.Sprintf("reload %d of server %d", reload, server)
}

// Blob is something stored in the archive.
type Blob struct {
	Key    string `json:"key"`
	Digest string `json:"digest"` // SHA-256, hexadecimal
	Size   int64  `json:"size"`   // bytes
	// Object is the name under which the archive holds it, where that is not the key: it ends in .age where the content is
	// encrypted.
	Object string `json:"object,omitempty"`
}

// Answer is what a write that must not be repeated said.
type Answer string

// The answers of a reload submission. Only Accepted proves anything, and even it is proven by observation.
const (
	Accepted  Answer = "accepted"
	Ambiguous Answer = "ambiguous" // it may or may not have been executed
	NotSent   Answer = "not-sent"  // it was certainly not executed: not sent, or turned away before any work
	Declined  Answer = "refused"   // a business refusal, with text
	Changed   Answer = "changed"   // not sent by us: the server was not as the baseline says
)
