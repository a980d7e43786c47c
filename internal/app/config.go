// Package app is the settings and the wiring that worker, starter and tests share: one table of settings, one logger,
// one registration.
package app

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

// Config is the worker's own settings. The connection to Temporal is not among them: it comes from the temporal CLI's
// file and variables (TEMPORAL_ADDRESS, …).
type Config struct {
	Endpoint       string         // SoftLayer REST base URL
	User           string         // API user name
	APIKey         upgrade.Secret // API key of that user
	Archive        string         // bucket URL
	Recipients     []string       // age recipients that the archive encrypts to
	Identity       string         // path of a file with age identities that open the archive, "" is none
	Plaintext      bool           // the archive may store without encryption
	KnownHosts     string         // path of the known_hosts file
	FirstUse       bool           // learn the host keys of an address seen for the first time
	HostPort       int            // SSH of the KVM hosts
	DevicePort     int            // SSH of the gateways
	NETCONFPort    int            // NETCONF of the gateways
	Bastions       []sshdial.Hop  // to hosts and gateways, the nearest first
	SSHKey         string         // path of a private key, "" is none
	PassphraseFile string         // path of its passphrase, "" is none
	Agent          bool           // the keys of the SSH agent are offered too
	AgentSocket    string         // SSH_AUTH_SOCK, the agent's own variable
	KeysFirst      bool           // hosts and gateways are offered the keys before the password
	KeepAlive      time.Duration  // between two keepalive requests
	Rate           int            // API requests per second
	Concurrent     int            // SSH connections at a time
	StopTimeout    time.Duration  // for activities to hand over when the worker stops
	LogLevel       string         // debug, info, warn, error
	LogJSON        bool           // machine-readable log lines
}

// Setting is one environment variable.
type Setting struct {
	Name     string
	Default  string // "" means required, unless Optional
	Optional bool   // may be missing or empty
	Help     string
	set      func(c *Config, value string) error
}

func required(name, help string, set func(*Config, string) error) Setting {
	return Setting{Name: name, Help: help, set: set}
}

func optional(name, help string, set func(*Config, string) error) Setting {
	return Setting{Name: name, Optional: true, Help: help, set: set}
}

func with(name, fallback, help string, set func(*Config, string) error) Setting {
	return Setting{Name: name, Default: fallback, Help: help, set: set}
}

// Settings is the table of all environment variables of the worker.
func Settings() []Setting {
	return slices.Concat(cloudSettings(), archiveSettings(), accessSettings(), workerSettings())
}

func cloudSettings() []Setting {
	return []Setting{
		with("VSRX_API_ENDPOINT", "https://api.softlayer.com/rest/v3.1/", "SoftLayer REST base URL; the private one is https://api.service.softlayer.com/rest/v3.1/",
			func(c *Config, v string) error { c.Endpoint = v; return webURL(v) }),
		with("VSRX_API_USER", "apikey", "API user: apikey for an IBM Cloud API key, <account>_<email> for a classic one",
			func(c *Config, v string) error { c.User = v; return nil }),
		required("VSRX_API_KEY", "API key", func(c *Config, v string) error { c.APIKey = upgrade.Secret(v); return nil }),
		with("VSRX_API_RATE", "5", "API requests per second of this worker; IBM limits the account, other programs count too",
			func(c *Config, v string) error { return number(&c.Rate, v, 1, 1000) }),
	}
}

// accessSettings are the way in to hosts and gateways.
func accessSettings() []Setting {
	return []Setting{
		required("VSRX_KNOWN_HOSTS", "path of the known_hosts file with the SSH host keys of bastions, hosts and gateways, shared by all workers",
			func(c *Config, v string) error { c.KnownHosts = v; return nil }),
		with("VSRX_HOST_KEYS", "first-use", "first-use learns the keys of an address never seen before; known refuses it",
			func(c *Config, v string) error {
				c.FirstUse = v == "first-use"
				return oneOf(v, "first-use", "known")
			}),
		with("VSRX_HOST_SSH_PORT", "22", "SSH port of the KVM hosts", func(c *Config, v string) error { return port(&c.HostPort, v) }),
		with("VSRX_DEVICE_SSH_PORT", "22", "SSH port of the gateways", func(c *Config, v string) error { return port(&c.DevicePort, v) }),
		with("VSRX_DEVICE_NETCONF_PORT", "830", "NETCONF port of the gateways", func(c *Config, v string) error { return port(&c.NETCONFPort, v) }),
		optional("VSRX_BASTION", "bastions between the worker and the hosts and gateways, as user@host or user@host:port separated by commas, the nearest first; they take the SSH key or the agent's keys",
			func(c *Config, v string) (err error) {
				c.Bastions, err = sshdial.ParseHops(v)
				return err
			}),
		optional("VSRX_SSH_KEY", "path of a private SSH key", func(c *Config, v string) error { c.SSHKey = v; return nil }),
		optional("VSRX_SSH_KEY_PASSPHRASE_FILE", "path of a file with the key's passphrase", func(c *Config, v string) error { c.PassphraseFile = v; return nil }),
		with("VSRX_SSH_AGENT", "no", "yes takes the keys of the SSH agent at SSH_AUTH_SOCK too", func(c *Config, v string) error {
			c.Agent = v == "yes"
			return oneOf(v, "yes", "no")
		}),
		with("VSRX_SSH_LOGIN", "password", "password logs in to hosts and gateways with the password on record alone, as IBM's automation does; keys-first offers the keys before it",
			func(c *Config, v string) error {
				c.KeysFirst = v == "keys-first"
				return oneOf(v, "password", "keys-first")
			}),
		with("VSRX_SSH_KEEPALIVE", "15s", "time between two keepalive requests on an SSH connection; three without an answer end it",
			func(c *Config, v string) error { return duration(&c.KeepAlive, v, time.Second, time.Hour) }),
	}
}

func workerSettings() []Setting {
	return []Setting{
		with("VSRX_CONCURRENT", "20", "SSH connections at a time: what the bastion bears",
			func(c *Config, v string) error { return number(&c.Concurrent, v, 1, 1000) }),
		with("VSRX_STOP_TIMEOUT", "30s", "how long a stopping worker waits for its activities to hand over", func(c *Config, v string) (err error) {
			c.StopTimeout, err = time.ParseDuration(v)
			return err
		}),
		with("VSRX_LOG_LEVEL", "info", "debug, info, warn or error",
			func(c *Config, v string) error { c.LogLevel = v; return oneOf(v, "debug", "info", "warn", "error") }),
		with("VSRX_LOG_FORMAT", "json", "json or console", func(c *Config, v string) error { c.LogJSON = v == "json"; return oneOf(v, "json", "console") }),
	}
}

// Load reads the settings from an environment in the form of os.Environ. What is unknown, missing or malformed is
// refused by name, all at once.
func Load(environ []string) (Config, error) {
	var c Config
	for _, line := range environ {
		if value, ok := strings.CutPrefix(line, "SSH_AUTH_SOCK="); ok {
			c.AgentSocket = value
		}
	}
	wrong := c.apply(Settings(), given(environ, "VSRX_"))
	wrong = slices.Concat(wrong, c.contradictions(), c.archiveContradictions())
	if err := refused(wrong, "the worker"); err != nil {
		return Config{}, err
	}
	return c, nil
}

// given are the variables of an environment whose names begin so.
func given(environ []string, prefix string) map[string]string {
	found := map[string]string{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, prefix) {
			found[name] = value
		}
	}
	return found
}

// apply takes the settings of a table from what is given, and lists what is wrong with them.
func (c *Config) apply(table []Setting, given map[string]string) (wrong []string) {
	for _, s := range table {
		value := cmp.Or(given[s.Name], s.Default)
		delete(given, s.Name)
		switch {
		case value == "" && !s.Optional:
			wrong = append(wrong, s.Name+" is missing ("+s.Help+")")
		case value != "":
			if err := s.set(c, value); err != nil {
				wrong = append(wrong, s.Name+": "+err.Error())
			}
		}
	}
	for name := range given {
		wrong = append(wrong, name+" is no setting of this program")
	}
	return wrong
}

// refused is the error for what is wrong with the settings of a program, nil for nothing.
func refused(wrong []string, program string) error {
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return upgrade.Errorf(upgrade.Invalid, "settings: %s", strings.Join(wrong, "; ")).Advise("correct the environment of %s; the README lists every setting", program)
}

// contradictions are settings that need another one.
func (c Config) contradictions() []string {
	var wrong []string
	if c.Agent && c.AgentSocket == "" {
		wrong = append(wrong, "VSRX_SSH_AGENT: SSH_AUTH_SOCK names no agent")
	}
	if c.PassphraseFile != "" && c.SSHKey == "" {
		wrong = append(wrong, "VSRX_SSH_KEY_PASSPHRASE_FILE: VSRX_SSH_KEY names no key")
	}
	if hasKeys := c.SSHKey != "" || c.Agent; !hasKeys && len(c.Bastions) > 0 {
		wrong = append(wrong, "VSRX_BASTION: a bastion takes keys, set VSRX_SSH_KEY or VSRX_SSH_AGENT")
	} else if !hasKeys && c.KeysFirst {
		wrong = append(wrong, "VSRX_SSH_LOGIN: there are no keys, set VSRX_SSH_KEY or VSRX_SSH_AGENT")
	}
	return wrong
}

func webURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is no http or https URL", v)
	}
	return nil
}

func bucketURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme == "" {
		return fmt.Errorf("%q is no bucket URL such as file:///path", v)
	}
	return nil
}

func oneOf(v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("%q is not one of %s", v, strings.Join(allowed, ", "))
	}
	return nil
}

func duration(to *time.Duration, v string, least, most time.Duration) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < least || d > most {
		return fmt.Errorf("%q is no duration from %s to %s", v, least, most)
	}
	*to = d
	return nil
}

func port(to *int, v string) error { return number(to, v, 1, 65535) }

func number(to *int, v string, least, most int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return fmt.Errorf("%q is no number from %d to %d", v, least, most)
	}
	*to = n
	return nil
}
