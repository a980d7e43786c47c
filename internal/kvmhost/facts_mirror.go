package kvmhost

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// mirror is where apt gets its packages from.
type mirror struct{ host, port string }

// hostName is what a name may hold before it reaches a shell (RFC 1123, section 2.1); addresses of IPv4 fit too.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)

// readSources finds the mirror in the apt sources. grep's status 2 beside an output is a file that is not there.
func (s *survey) readSources(replies []reply) error {
	r := replies[0]
	if r.status != 0 && strings.TrimSpace(r.out) == "" {
		if r.status == 1 {
			return errors.New("the apt sources name no mirror")
		}
		return r.failed()
	}
	found, err := parseSources(r.out)
	if err != nil {
		return err
	}
	s.mirror = found
	return nil
}

// parseSources reads lines of sources.list(5), in its one-line and its deb822 form, and takes the first Ubuntu archive,
// or the first of all. An error shows nothing of a line, for a URI may hold a password.
func parseSources(text string) (mirror, error) {
	var first mirror
	for line := range strings.Lines(text) {
		for _, word := range strings.Fields(line) {
			m, path, ok := readURI(word)
			if !ok {
				continue
			}
			if strings.Contains(path, "ubuntu") {
				return m, nil
			}
			if first == (mirror{}) {
				first = m
			}
		}
	}
	if first == (mirror{}) {
		return first, errors.New("the apt sources name no mirror that is reached by HTTP")
	}
	return first, nil
}

func readURI(word string) (m mirror, path string, ok bool) {
	u, err := url.Parse(word)
	if err != nil || !hostName.MatchString(u.Hostname()) || len(u.Hostname()) > 253 {
		return mirror{}, "", false
	}
	ports := map[string]string{"http": "80", "https": "443"}
	port := ports[u.Scheme]
	if port == "" {
		return mirror{}, "", false
	}
	if u.Port() != "" {
		if n, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || n == 0 {
			return mirror{}, "", false
		}
		port = u.Port()
	}
	return mirror{host: u.Hostname(), port: port}, u.Path, true
}
