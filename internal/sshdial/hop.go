package sshdial

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Hop is a bastion: an SSH server that forwards connections (RFC 4254, section 7.2: direct-tcpip).
type Hop struct {
	User    string
	Address string
	Port    int
}

// String is the hop as a setting names it, user@host:port.
func (h Hop) String() string { return h.User + "@" + h.hostPort() }

func (h Hop) hostPort() string { return net.JoinHostPort(h.Address, strconv.Itoa(h.Port)) }

// ParseHops reads a list of hops, user@host or user@host:port, separated by commas; the first is dialled from here. An
// IPv6 address stands in brackets. An empty text is no hop. Errors are of kind Invalid.
func ParseHops(text string) ([]Hop, error) {
	var hops []Hop
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" && text == "" {
			continue
		}
		hop, err := parseHop(part)
		if err != nil {
			return nil, upgrade.Errorf(upgrade.Invalid, "%q is no bastion of the form user@host or user@host:port: %w", part, err)
		}
		hops = append(hops, hop)
	}
	return hops, nil
}

func parseHop(text string) (Hop, error) {
	user, place, found := strings.Cut(text, "@")
	if !found || user == "" || strings.ContainsAny(text, " \t/") || strings.Contains(place, "@") {
		return Hop{}, fmt.Errorf("it names no user")
	}
	host, port, err := net.SplitHostPort(place)
	if err != nil { // without a port
		host, port, err = net.SplitHostPort(place + ":22")
	}
	if err != nil {
		return Hop{}, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || host == "" {
		return Hop{}, fmt.Errorf("it names no host, or a port that does not exist")
	}
	return Hop{User: user, Address: host, Port: int(n)}, nil
}
