package app

import (
	"fmt"
	"strings"

	"vsrx-upgrade/internal/archive"
)

// archiveSettings are those of the archive, which the worker shares with the commands that read it.
func archiveSettings() []Setting {
	return []Setting{
		required("VSRX_ARCHIVE", "bucket URL of the archive, e.g. file:///var/lib/vsrx-upgrade/archive?create_dir=true&no_tmp_dir=true&metadata=skip",
			func(c *Config, v string) error { c.Archive = v; return bucketURL(v) }),
		optional("VSRX_ARCHIVE_RECIPIENTS", "age recipients (age1…) separated by commas, as starter keys new prints them; the archive encrypts to each, and without one stores nothing",
			func(c *Config, v string) error { return c.setRecipients(v) }),
		optional("VSRX_ARCHIVE_IDENTITY", "path of a file with the age identity that opens the archive; a worker needs it to compare and to import",
			func(c *Config, v string) error { c.Identity = v; return nil }),
		with("VSRX_ARCHIVE_PLAINTEXT", "no", "yes stores configurations as they are, where there are no recipients",
			func(c *Config, v string) error { c.Plaintext = v == "yes"; return oneOf(v, "yes", "no") }),
	}
}

func (c *Config) setRecipients(list string) error {
	for i, text := range strings.Split(list, ",") {
		text = strings.TrimSpace(text)
		if err := archive.CheckRecipient(text); err != nil {
			return fmt.Errorf("number %d: %w", i+1, err)
		}
		c.Recipients = append(c.Recipients, text)
	}
	return nil
}

func (c Config) archiveContradictions() []string {
	if c.Plaintext && len(c.Recipients) > 0 {
		return []string{"VSRX_ARCHIVE_PLAINTEXT: VSRX_ARCHIVE_RECIPIENTS says to encrypt"}
	}
	return nil
}

func (c Config) archive() archive.Config {
	return archive.Config{URL: c.Archive, Recipients: c.Recipients, Identity: c.Identity, Plaintext: c.Plaintext}
}

// LoadArchive reads the archive's settings alone, for a program that needs none of the worker's others, from an
// environment in the form of os.Environ. What is unknown, missing or malformed among them is refused by name.
func LoadArchive(environ []string) (archive.Config, error) {
	var c Config
	wrong := c.apply(archiveSettings(), given(environ, "VSRX_ARCHIVE"))
	if err := refused(append(wrong, c.archiveContradictions()...), "this command"); err != nil {
		return archive.Config{}, err
	}
	return c.archive(), nil
}
