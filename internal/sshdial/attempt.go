package sshdial

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"vsrx-upgrade/internal/upgrade"
)

// attempt is one login: every key is shown once, then the password is given to one method, once. Junos and OpenSSH count
// every refused method as a failed login (Juniper: login retry-options), so a second method with the same password would
// cost a second failure.
type attempt struct {
	keys     []ssh.Signer // not shown yet
	password upgrade.Secret
	offered  bool // something was shown or given
	spent    bool // the password was given to a method
	ended    bool // the server asked for one more method after all that
	none     bool // the server takes nothing that we have
}

// next is the ssh.ClientConfig.AuthCallback: it names the method to try now.
func (a *attempt) next(server *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	takes := func(method string) bool { return slices.Contains(server.AllowedMethods, method) }
	hasPassword := a.password != "" && !a.spent
	switch {
	case len(a.keys) > 0 && takes("publickey"):
		keys := a.keys
		a.keys, a.offered = nil, true
		return ssh.PublicKeys(keys...), nil
	case hasPassword && takes("password"):
		a.offered, a.spent = true, true
		return ssh.Password(string(a.password)), nil
	case hasPassword && takes("keyboard-interactive"):
		a.offered, a.spent = true, true
		return ssh.KeyboardInteractive(a.answer), nil
	case a.offered:
		a.ended = true
		return nil, nil
	}
	a.none = true
	return nil, fmt.Errorf("the server takes %s, and we have %s", strings.Join(server.AllowedMethods, ", "), a.holds())
}

func (a *attempt) holds() string {
	switch {
	case a.password != "" && len(a.keys) > 0:
		return "keys and a password"
	case a.password != "":
		return "a password"
	case len(a.keys) > 0:
		return "keys"
	}
	return "no key and no password"
}

// answer gives the password to the one hidden question of a keyboard-interactive login. A round without questions is
// only information (RFC 4256, section 3.4).
func (a *attempt) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	if len(questions) > 1 || echos[0] || a.ended {
		return nil, errors.New("the server asks for more than a password")
	}
	a.ended = true
	return []string{string(a.password)}, nil
}

// refused tells a login that was turned down from a connection that broke during it.
func (a *attempt) refused(err error) bool {
	if a.none {
		return true
	}
	if strings.Contains(err.Error(), "oo many authentication failures") { // OpenSSH's disconnect message
		return true
	}
	var network net.Error
	return a.offered && a.ended && !errors.Is(err, io.EOF) && !errors.As(err, &network)
}
