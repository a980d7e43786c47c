// Package app is the settings and the wiring that worker, starter and tests share: one table of settings, one logger,
// one registration.
package app

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Config is the worker's own settings. The connection to Temporal is not among them: it comes from the temporal CLI's
// file and variables (TEMPORAL_ADDRESS, …).
type Config struct {
	Endpoint    string         // SoftLayer REST base URL
	User        string         // API user name
	APIKey      upgrade.Secret // API key of that user
	Archive     string         // bucket URL
	KnownHosts  string         // path of the known_hosts file
	FirstUse    bool           // learn the host keys of an address seen for the first time
	HostPort    int            // SSH of the KVM hosts
	DevicePort  int            // SSH of the gateways
	NETCONFPort int            // NETCONF of the gateways
	Rate        int            // API requests per second
	Concurrent  int            // activities at a time
	StopTimeout time.Duration  // for activities to hand over when the worker stops
	LogLevel    string         // debug, info, warn, error
	LogJSON     bool           // machine-readable log lines
}

// Setting is one environment variable.
type Setting struct {
	Name    string
	Default string // "" means required, unless Optional
	Help    string
	set     func(c *Config, value string) error
}

// Settings is the table of all environment variables of the worker.
func Settings() []Setting {
	return []Setting{
		{"VSRX_API_ENDPOINT", "https://api.softlayer.com/rest/v3.1/", "SoftLayer REST base URL; the private one is https://api.service.softlayer.com/rest/v3.1/",
			func(c *Config, v string) error { c.Endpoint = v; return webURL(v) }},
		{"VSRX_API_USER", "apikey", "API user: apikey for an IBM Cloud API key, <account>_<email> for a classic one",
			func(c *Config, v string) error { c.User = v; return nil }},
		{"VSRX_API_KEY", "", "API key", func(c *Config, v string) error { c.APIKey = upgrade.Secret(v); return nil }},
		{"VSRX_ARCHIVE", "", "bucket URL of the archive, e.g. file:///var/lib/vsrx-upgrade/archive?create_dir=true&no_tmp_dir=true&metadata=skip",
			func(c *Config, v string) error { c.Archive = v; return bucketURL(v) }},
		{"VSRX_KNOWN_HOSTS", "", "path of the known_hosts file with the SSH host keys of hosts and gateways, shared by all workers",
			func(c *Config, v string) error { c.KnownHosts = v; return nil }},
		{"VSRX_HOST_KEYS", "first-use", "first-use learns the keys of an address never seen before; known refuses it",
			func(c *Config, v string) error {
				c.FirstUse = v == "first-use"
				return oneOf(v, "first-use", "known")
			}},
		{"VSRX_HOST_SSH_PORT", "22", "SSH port of the KVM hosts", func(c *Config, v string) error { return port(&c.HostPort, v) }},
		{"VSRX_DEVICE_SSH_PORT", "22", "SSH port of the gateways", func(c *Config, v string) error { return port(&c.DevicePort, v) }},
		{"VSRX_DEVICE_NETCONF_PORT", "830", "NETCONF port of the gateways", func(c *Config, v string) error { return port(&c.NETCONFPort, v) }},
		{"VSRX_CONCURRENT", "20", "activities at a time: what the bastion's SSH capacity allows", func(c *Config, v string) error { return number(&c.Concurrent, v, 1, 1000) }},
		{"VSRX_STOP_TIMEOUT", "30s", "how long a stopping worker waits for its activities to hand over", func(c *Config, v string) (err error) {
			c.StopTimeout, err = time.ParseDuration(v)
			return err
		}},
		{"VSRX_API_RATE", "5", "API requests per second of this worker; IBM limits the account, other programs count too", func(c *Config, v string) error { return number(&c.Rate, v, 1, 1000) }},
		{"VSRX_LOG_LEVEL", "info", "debug, info, warn or error", func(c *Config, v string) error { c.LogLevel = v; return oneOf(v, "debug", "info", "warn", "error") }},
		{"VSRX_LOG_FORMAT", "json", "json or console", func(c *Config, v string) error { c.LogJSON = v == "json"; return oneOf(v, "json", "console") }},
	}
}

// Load reads the settings from an environment in the form of os.Environ. What is unknown, missing or malformed is
// refused by name, all at once.
func Load(environ []string) (Config, error) {
	given := map[string]string{}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, "VSRX_") {
			given[name] = value
		}
	}
	var c Config
	var wrong []string
	for _, s := range Settings() {
		value := given[s.Name]
		delete(given, s.Name)
		if value == "" {
			value = s.Default
		}
		if value == "" {
			wrong = append(wrong, s.Name+" is missing ("+s.Help+")")
		} else if err := s.set(&c, value); err != nil {
			wrong = append(wrong, s.Name+": "+err.Error())
		}
	}
	for name := range given {
		wrong = append(wrong, name+" is no setting of this program")
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return Config{}, upgrade.Errorf(upgrade.Invalid, "settings: %s", strings.Join(wrong, "; ")).Advise("correct the environment of the worker; the README lists every setting")
	}
	return c, nil
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

func port(to *int, v string) error { return number(to, v, 1, 65535) }

func number(to *int, v string, least, most int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return fmt.Errorf("%q is no number from %d to %d", v, least, most)
	}
	*to = n
	return nil
}
