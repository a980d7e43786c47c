package junos

import (
	"regexp"
	"strings"
)

// Checksum is that of a file on the device.
type Checksum struct {
	Method string // MD5, SHA1, SHA-256
	File   string
	Sum    string // hexadecimal, lower case
}

var (
	checksumLine = regexp.MustCompile(`^([A-Z][\w-]*)\s*\((\S+)\)\s*=\s*([0-9a-fA-F]+)$`)
	hexadecimal  = regexp.MustCompile(`^[0-9a-f]{32,128}$`)
)

// ParseChecksum reads "file checksum md5", "... sha1" or "... sha-256" in any form. Errors are of kind Malformed, or
// Refused in the words of the device.
func ParseChecksum(raw string) (Checksum, error) {
	o, err := readOutput(raw)
	if err != nil {
		return Checksum{}, err
	}
	var sum Checksum
	if e := o.tree.first("file-checksum"); e != nil {
		sum = Checksum{Method: e.value("computation-method"), File: e.value("input-file"), Sum: strings.ToLower(e.value("checksum"))}
	}
	for _, line := range lines(o.text) {
		if m := checksumLine.FindStringSubmatch(line); m != nil {
			sum = Checksum{Method: m[1], File: m[2], Sum: strings.ToLower(m[3])}
		}
	}
	if !hexadecimal.MatchString(sum.Sum) {
		return Checksum{}, unrecognised("checksum")
	}
	return sum, nil
}
