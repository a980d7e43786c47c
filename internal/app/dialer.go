package app

import (
	"os"
	"strings"

	"go.temporal.io/sdk/log"
	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/sshdial"
	"vsrx-upgrade/internal/upgrade"
)

// dialer is the one way in to hosts and gateways.
func dialer(c Config, log log.Logger) (sshdial.Dialer, error) {
	known, err := sshdial.OpenKnownHosts(c.KnownHosts, c.FirstUse)
	if err != nil {
		return sshdial.Dialer{}, err
	}
	known.Learned = func(address, epoch, old, new string) {
		log.Info("A host key was learned", "address", address, "epoch", epoch, "old", old, "new", new)
	}
	key, err := sshKey(c)
	if err != nil {
		return sshdial.Dialer{}, err
	}
	d := sshdial.Dialer{KnownHosts: known, Timeout: loginTimeout, Via: c.Bastions, Key: key, KeysFirst: c.KeysFirst, KeepAlive: c.KeepAlive}
	if c.Agent {
		d.Agent = c.AgentSocket
	}
	return d, nil
}

// sshKey is the configured private key, nil when there is none.
func sshKey(c Config) (ssh.Signer, error) {
	if c.SSHKey == "" {
		return nil, nil
	}
	passphrase := ""
	if c.PassphraseFile != "" {
		content, err := os.ReadFile(c.PassphraseFile)
		if err != nil {
			return nil, upgrade.Errorf(upgrade.Invalid, "reading the passphrase of the SSH key: %w", err)
		}
		passphrase = strings.TrimRight(string(content), "\r\n") // an editor ends the line
	}
	return sshdial.LoadKey(c.SSHKey, upgrade.Secret(passphrase))
}
