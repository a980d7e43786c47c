package junos

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

// Digest computes the digest of upgrade.Mark from a configuration in text format that is written to it in any pieces:
// SHA-256 of its lines except the time stamp ("## Last commit" or "## Last changed") and the top-level version
// statement, which change without a change of the configuration.
type Digest struct {
	sum   hash.Hash
	lines lineWriter
}

// NewDigest returns a Digest of nothing.
func NewDigest() *Digest {
	d := &Digest{sum: sha256.New()}
	d.lines.line = func(line string) {
		if stamp := strings.HasPrefix(line, "## Last commit") || strings.HasPrefix(line, "## Last changed"); stamp || strings.HasPrefix(line, "version ") {
			return
		}
		d.sum.Write([]byte(line + "\n"))
	}
	return d
}

// Write never fails.
func (d *Digest) Write(p []byte) (int, error) { return d.lines.Write(p) }

// String ends the configuration and returns the digest in hexadecimal.
func (d *Digest) String() string {
	d.lines.end()
	return hex.EncodeToString(d.sum.Sum(nil))
}

// lineWriter cuts what is written into lines.
type lineWriter struct {
	line func(string)
	rest []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		at := bytes.IndexByte(w.rest, '\n')
		if at < 0 {
			return len(p), nil
		}
		w.line(string(w.rest[:at]))
		w.rest = w.rest[at+1:]
	}
}

// end gives the last line, if no newline closed it.
func (w *lineWriter) end() {
	if len(w.rest) > 0 {
		w.line(string(w.rest))
		w.rest = nil
	}
}
