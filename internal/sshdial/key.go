package sshdial

import (
	"errors"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"vsrx-upgrade/internal/upgrade"
)

// keysLimit leaves one of the six logins that OpenSSH and Junos allow on a connection to the password (OpenSSH:
// MaxAuthTries). A server counts every key that it is shown and does not take.
const keysLimit = 5

// LoadKey reads a private key from a file in a format of ssh-keygen. The passphrase may be empty where the key has none.
// Errors are of kind Invalid.
func LoadKey(path string, passphrase upgrade.Secret) (ssh.Signer, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "reading the SSH key: %w", err)
	}
	key, err := ssh.ParsePrivateKey(content)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) && passphrase != "" {
		key, err = ssh.ParsePrivateKeyWithPassphrase(content, []byte(passphrase))
	}
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "reading the SSH key %s: %w", path, err).
			Advise("see whether \"ssh-keygen -y -f %s\" reads it, and with which passphrase", path)
	}
	return key, nil
}

// keys are the configured key and those of the agent, in this order. forget closes the connection to the agent, which
// signs during the login. An agent that cannot be asked is an error of kind Invalid.
func (d Dialer) keys() (keys []ssh.Signer, forget func(), err error) {
	if d.Key != nil {
		keys = append(keys, d.Key)
	}
	if d.Agent == "" {
		return keys, func() {}, nil
	}
	conn, err := net.Dial("unix", d.Agent)
	if err != nil {
		return nil, nil, agentError(err)
	}
	held, err := agent.NewClient(conn).Signers()
	if err != nil {
		conn.Close()
		return nil, nil, agentError(err)
	}
	keys = append(keys, held...)
	return keys[:min(len(keys), keysLimit)], func() { conn.Close() }, nil
}

func agentError(err error) error {
	return upgrade.Errorf(upgrade.Invalid, "asking the SSH agent for its keys: %w", err).
		Advise("see whether \"ssh-add -l\" lists them")
}
