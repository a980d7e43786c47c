package sshdial

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"vsrx-upgrade/internal/upgrade"
)

// KnownHosts is a store of SSH host keys in one OpenSSH known_hosts file, shared by any number of processes.
type KnownHosts struct {
	// Learned, if set, is called after a new key was written: with the address, the epoch that allowed it ("" for a first
	// use), and the fingerprints of the keys known before ("" when there were none) and of the new one.
	Learned func(address, epoch, old, new string)

	path     string
	firstUse bool
	now      func() time.Time
}

// OpenKnownHosts opens the store, and creates an empty one when there is none. firstUse lets an address without any key
// be learned at its first contact. An unreadable file is an error of kind Invalid.
func OpenKnownHosts(path string, firstUse bool) (*KnownHosts, error) {
	resolved, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil: // the file behind a link is replaced, not the link
		path = resolved
	case errors.Is(err, fs.ErrNotExist):
		err = createEmpty(path)
	}
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "opening the known host keys: %w", err).
			Advise("name a file in a directory that this program may write")
	}
	k := &KnownHosts{path: path, firstUse: firstUse, now: time.Now}
	if _, err := k.keys("[127.0.0.1]:22"); err != nil {
		return nil, err
	}
	return k, nil
}

func createEmpty(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// Check accepts or refuses the key that an address ("host:port") shows. A known key passes. A key of an address without
// any is learned if the store was opened for first use. An unknown key where others are known passes once in an epoch of
// ours: the first one is written, and the older ones are retired unless the address floats between nodes. Anything else
// is an error of kind Untrusted with the fingerprints; a store that cannot be written is one of kind Internal.
func (k *KnownHosts) Check(address string, trust upgrade.Trust, key ssh.PublicKey) error {
	verdict, err := k.judge(address, trust, key)
	if err != nil || verdict.known {
		return err
	}
	unlock, err := lockFile(k.path + ".lock")
	if err != nil {
		return upgrade.Errorf(upgrade.Internal, "locking the known host keys: %w", err)
	}
	verdict, err = k.learn(address, trust, key)
	unlock()
	if err == nil && !verdict.known && k.Learned != nil {
		k.Learned(address, trust.Epoch, fingerprints(verdict.others), ssh.FingerprintSHA256(key))
	}
	return err
}

// verdict is what the store says of an acceptable key: it is known, or it may be learned beside the others.
type verdict struct {
	known  bool
	others []knownhosts.KnownKey
}

// learn judges again, now that no other process writes, and writes the key if it still is to be learned.
func (k *KnownHosts) learn(address string, trust upgrade.Trust, key ssh.PublicKey) (verdict, error) {
	v, err := k.judge(address, trust, key)
	if err != nil || v.known {
		return v, err
	}
	content, err := os.ReadFile(k.path)
	if err != nil {
		return v, upgrade.Errorf(upgrade.Internal, "reading the known host keys: %w", err)
	}
	lines := splitLines(content)
	if !trust.Floating {
		lines = retire(lines, address, trust.Epoch, k.now(), v.others)
	}
	lines = append(lines, learnedLine(address, trust.Epoch, k.now(), key))
	if err := replaceFile(k.path, []byte(strings.Join(lines, "\n")+"\n")); err != nil {
		return v, upgrade.Errorf(upgrade.Internal, "writing the known host keys: %w", err).
			Advise("free the disk or repair the rights of %s; nothing was changed in it", k.path)
	}
	return v, nil
}

func (k *KnownHosts) judge(address string, trust upgrade.Trust, key ssh.PublicKey) (verdict, error) {
	known, err := k.keys(address)
	if err != nil {
		return verdict{}, err
	}
	if slices.ContainsFunc(known, func(other knownhosts.KnownKey) bool { return sameKey(other.Key, key) }) {
		return verdict{known: true}, k.revoked(address, key)
	}
	if len(known) == 0 {
		if k.firstUse {
			return verdict{}, k.revoked(address, key)
		}
		host, port, _ := net.SplitHostPort(address)
		return verdict{}, upgrade.Errorf(upgrade.Untrusted, "no host key of %s is known; it shows %s", address, ssh.FingerprintSHA256(key)).
			Advise("compare the fingerprint with the one on the console, then: ssh-keyscan -p %s %s >> %s", port, host, k.path)
	}
	refusal := upgrade.Errorf(upgrade.Untrusted, "the host key of %s is %s, known are %s",
		address, ssh.FingerprintSHA256(key), fingerprints(known)).
		Advise("nobody announced a new key for %s: find out who answers there before any password is sent", address)
	if trust.Epoch == "" {
		return verdict{}, refusal
	}
	spent, err := k.epochSpent(address, trust.Epoch)
	if err != nil {
		return verdict{}, err
	}
	if spent {
		return verdict{}, refusal
	}
	return verdict{others: known}, k.revoked(address, key)
}

// epochSpent reports whether the epoch has learned a key for the address, also one that is retired by now.
func (k *KnownHosts) epochSpent(address, epoch string) (bool, error) {
	content, err := os.ReadFile(k.path)
	if err != nil {
		return false, upgrade.Errorf(upgrade.Internal, "reading the known host keys: %w", err)
	}
	return slices.ContainsFunc(splitLines(content), func(line string) bool { return learnedIn(line, address, epoch) }), nil
}

// keys are the keys known for an address. A key that cannot be in the file makes the library name all that are.
func (k *KnownHosts) keys(address string) ([]knownhosts.KnownKey, error) {
	var unknown *knownhosts.KeyError
	err := k.match(address, noKey{})
	if errors.As(err, &unknown) {
		return slices.DeleteFunc(unknown.Want, func(known knownhosts.KnownKey) bool { return known.Key == nil }), nil
	}
	if err == nil {
		err = errors.New("an impossible key is known")
	}
	return nil, upgrade.Errorf(upgrade.Invalid, "reading the known host keys: %w", err).
		Advise("repair the line, ssh-keygen -l -f %s shows whether the file can be read", k.path)
}

// revoked refuses a key that a @revoked line names, whatever the address.
func (k *KnownHosts) revoked(address string, key ssh.PublicKey) error {
	var revoked *knownhosts.RevokedError
	if errors.As(k.match(address, key), &revoked) {
		return upgrade.Errorf(upgrade.Untrusted, "the host key %s of %s is revoked", ssh.FingerprintSHA256(key), address)
	}
	return nil
}

func (k *KnownHosts) match(address string, key ssh.PublicKey) error {
	check, err := knownhosts.New(k.path)
	if err != nil {
		return err
	}
	return check(address, anywhere{}, key)
}

// algorithms puts the key types known for an address first, so that a server with several keys shows the known one.
func (k *KnownHosts) algorithms(address string) ([]string, error) {
	known, err := k.keys(address)
	if err != nil {
		return nil, err
	}
	var first, rest []string
	for _, algorithm := range ssh.SupportedAlgorithms().HostKeys {
		if strings.Contains(algorithm, "cert-v01") { // a certificate's authority is not a key of the host
			continue
		}
		has := slices.ContainsFunc(known, func(other knownhosts.KnownKey) bool {
			return other.Key.Type() == algorithm || other.Key.Type() == ssh.KeyAlgoRSA && strings.HasPrefix(algorithm, "rsa-sha2-")
		})
		if has {
			first = append(first, algorithm)
		} else {
			rest = append(rest, algorithm)
		}
	}
	return append(first, rest...), nil
}

func sameKey(a, b ssh.PublicKey) bool { return bytes.Equal(a.Marshal(), b.Marshal()) }

func fingerprints(keys []knownhosts.KnownKey) string {
	texts := make([]string, len(keys))
	for i, known := range keys {
		texts[i] = ssh.FingerprintSHA256(known.Key)
	}
	return strings.Join(texts, ", ")
}

// noKey is a key that no file holds.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

// anywhere is the remote address of a check that goes by the name alone.
type anywhere struct{}

func (anywhere) Network() string { return "tcp" }
func (anywhere) String() string  { return "0.0.0.0:0" }
