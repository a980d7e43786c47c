package archive

import (
	"crypto/rand"
	"encoding/hex"
	"path"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// What the archive puts behind a key to name the objects that belong to it. No key ends so.
const (
	sealedSuffix = ".age"        // the content is encrypted
	besideSuffix = ".beside"     // the content stands beside one that a dead writer left
	entrySuffix  = ".entry.json" // the entry
)

var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._/-]*$`)

// checkKey keeps keys plain enough to be file names and object names alike. fileblob keeps its own data in names that
// end in .attrs.
func checkKey(key string) error {
	good := keyForm.MatchString(key) && path.Clean(key) == key && !strings.Contains(key, "..")
	for _, taken := range []string{".attrs", sealedSuffix, besideSuffix, entrySuffix} {
		good = good && !strings.HasSuffix(key, taken)
	}
	if good {
		return nil
	}
	return upgrade.Errorf(upgrade.Invalid, "%q is not a key of the archive", key).
		Advise("a key has lower-case letters, digits, and . _ - between slashes")
}

// besideName is a name for content that nobody else chooses.
func besideName(key string) string {
	var chance [4]byte
	_, _ = rand.Read(chance[:]) // never fails, see crypto/rand
	return key + "." + hex.EncodeToString(chance[:]) + besideSuffix
}

var besideForm = regexp.MustCompile(`^\.[0-9a-f]{8}\` + besideSuffix + `$`)

// belongs reports whether an object may hold the content of a key.
func belongs(object, key string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(object, sealedSuffix), key)
	return ok && (rest == "" || besideForm.MatchString(rest))
}

func isSealed(object string) bool { return strings.HasSuffix(object, sealedSuffix) }

// objectOf is the object that holds a blob.
func objectOf(b upgrade.Blob) string {
	if b.Object != "" {
		return b.Object
	}
	return b.Key
}

// Kind is what an entry holds, as its name tells.
type Kind string

// The kinds of content.
const (
	KindConfiguration Kind = "configuration"
	KindSnapshot      Kind = "snapshot"
	KindReport        Kind = "report"
	KindFacts         Kind = "facts"        // what the readiness checks were judged by
	KindResults       Kind = "results"      // how they were judged
	KindPrecheck      Kind = "precheck"     // a host's log of IBM's checks
	KindRescue        Kind = "rescue"       // the rescue configuration
	KindLicences      Kind = "licences"     // as the device lists them
	KindLicenceKeys   Kind = "licence-keys" // the keys themselves
	KindCertificates  Kind = "certificates" // the inventory, without keys
	KindOther         Kind = "other"
)

// kindOf reads the kind from a key.
func kindOf(key string) Kind {
	name, _, _ := strings.Cut(path.Base(key), ".")
	switch kind := Kind(name); kind {
	case KindConfiguration, KindSnapshot, KindReport, KindFacts, KindResults, KindPrecheck, KindRescue, KindLicences, KindLicenceKeys, KindCertificates:
		return kind
	}
	return KindOther
}
