package archive

import (
	"bytes"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"vsrx-upgrade/internal/upgrade"
)

// CheckRecipient reports whether a text is an age recipient, of either kind that age itself has: X25519 (age1…) or
// hybrid post-quantum (age1pq1…). The error, of kind Invalid, never repeats the text: it may be an identity given by
// mistake.
func CheckRecipient(text string) error {
	_, err := parseRecipient(text)
	return err
}

func parseRecipient(text string) (age.Recipient, error) {
	if strings.HasPrefix(text, "age1") {
		if found, err := age.ParseRecipients(strings.NewReader(text)); err == nil && len(found) == 1 {
			return found[0], nil
		}
	}
	return nil, upgrade.Errorf(upgrade.Invalid, "what is given is no age recipient (age1…)").
		Advise("a recipient is what starter keys new prints; the identity stays in its file")
}

// NewIdentity makes a key pair: the text of an identity file, in the form of age-keygen, and the recipient.
func NewIdentity() (identity []byte, recipient string, err error) {
	pair, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, "", upgrade.Errorf(upgrade.Internal, "making an age identity: %w", err)
	}
	recipient = pair.Recipient().String()
	return []byte("# recipient: " + recipient + "\n" + pair.String() + "\n"), recipient, nil
}

// readKeys takes recipients and identities, and proves that they go together.
func (a *Archive) readKeys(c Config) error {
	for _, text := range c.Recipients {
		r, err := parseRecipient(text)
		if err != nil {
			return err
		}
		a.recipients = append(a.recipients, r)
	}
	if c.Plaintext && len(a.recipients) > 0 {
		return upgrade.Errorf(upgrade.Invalid, "the archive is told to store plaintext and to encrypt").Advise("set VSRX_ARCHIVE_RECIPIENTS or VSRX_ARCHIVE_PLAINTEXT=yes, not both")
	}
	if c.Identity != "" {
		if err := a.readIdentities(c.Identity); err != nil {
			return err
		}
	}
	if len(a.recipients) == 0 {
		return nil
	}
	return a.tryKeys()
}

// readIdentities reads an identity file. What is wrong within it is not repeated: every line of it is a secret.
func (a *Archive) readIdentities(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return upgrade.Errorf(upgrade.Invalid, "reading the archive's identity: %w", err).Advise("set VSRX_ARCHIVE_IDENTITY to a file that this program may read")
	}
	defer file.Close()
	if a.identities, err = age.ParseIdentities(file); err != nil {
		return upgrade.Errorf(upgrade.Invalid, "%s holds no age identity, or something beside it", path).Advise("make one with: starter keys new -o FILE")
	}
	return nil
}

// tryKeys encrypts nothing to the recipients and opens it again, so that keys which do not go together are found at the
// start and not by an export.
func (a *Archive) tryKeys() error {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, a.recipients...)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return upgrade.Errorf(upgrade.Invalid, "encrypting to the archive's recipients: %w", err).Advise("post-quantum recipients (age1pq1…) go with their like only")
	}
	if len(a.identities) == 0 {
		return nil
	}
	if _, err := age.Decrypt(&sealed, a.identities...); err != nil {
		return upgrade.Errorf(upgrade.Invalid, "the archive's identity is that of none of its recipients").
			Advise("add its recipient to VSRX_ARCHIVE_RECIPIENTS, or name another file by VSRX_ARCHIVE_IDENTITY")
	}
	return nil
}

// seal gives a writer that encrypts into w, or w itself where plaintext is allowed.
func (a *Archive) seal(w io.Writer) (io.WriteCloser, error) {
	if len(a.recipients) == 0 {
		return unsealed{w}, nil
	}
	return age.Encrypt(w, a.recipients...)
}

// unsealed is a writer that has nothing to finish.
type unsealed struct{ io.Writer }

func (unsealed) Close() error { return nil }
