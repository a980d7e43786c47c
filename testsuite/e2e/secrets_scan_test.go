package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// head is how many bytes of a needle the scanner looks for first; nothing shorter can be looked for.
const head = 8

// needle is one form in which a secret may lie in a file.
type needle struct {
	secret string // what it is, never the secret itself
	form   string
	text   []byte
}

// scanner looks for many secrets at once: one pass over the data, however many there are.
type scanner struct {
	needles map[[head]byte][]needle
	begins  [1 << 16]bool // by the first two bytes
}

// newScanner looks for secrets, each with what it is.
func newScanner(secrets map[string]string) *scanner {
	s := &scanner{needles: map[[head]byte][]needle{}}
	for secret, what := range secrets {
		for form, text := range forms(secret) {
			if len(text) < head {
				panic(fmt.Sprintf("the %s is too short to be looked for as %s", what, form))
			}
			key := [head]byte([]byte(text[:head]))
			s.needles[key] = append(s.needles[key], needle{what, form, []byte(text)})
			s.begins[int(key[0])<<8|int(key[1])] = true
		}
	}
	return s
}

// forms are the ways in which a secret is written: as it is, in JSON (with and without HTML's characters escaped, and JSON
// as text in JSON), in a URL, in hexadecimal, and in base64 at each of the three places it may begin at, as bytes in JSON
// and the login of a request are.
func forms(secret string) map[string]string {
	all := map[string]string{"plain text": secret, "URL": url.QueryEscape(secret), "hexadecimal": hex.EncodeToString([]byte(secret))}
	for name, text := range map[string]string{"": secret, " of JSON": escaped(secret, true), " of plain JSON": escaped(secret, false)} {
		all["JSON"+name] = escaped(text, true)
		all["plain JSON"+name] = escaped(text, false)
		for before := range 3 {
			bits := append(make([]byte, before), text...)
			from, to := (before*8+5)/6, len(bits)*8/6 // what neighbours have no part in
			all[fmt.Sprintf("base64 at %d%s", before, name)] = base64.StdEncoding.EncodeToString(bits)[from:to]
			all[fmt.Sprintf("URL-safe base64 at %d%s", before, name)] = base64.URLEncoding.EncodeToString(bits)[from:to]
		}
	}
	seen := map[string]bool{}
	for name, text := range all {
		if seen[text] {
			delete(all, name)
		}
		seen[text] = true
	}
	return all
}

// escaped is a text as it stands between the quotes of a JSON string.
func escaped(text string, html bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if err := e.Encode(text); err != nil {
		panic(err) // a string in memory can always be written
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}

// invented are what no file may hold whichever world it comes from: the simulator's passwords, also those of a host that
// was reloaded again since, and private keys.
var invented = regexp.MustCompile(`fake-(?:apikey|stale|vsrx-root|vsrx-admin|host-root)-[0-9a-f]{8}|AGE-SECRET-KEY-1|-----BEGIN [A-Z ]*PRIVATE KEY|not-a-real-hash-`)

// scan names every secret in the data, once each, with its form.
func (s *scanner) scan(data []byte) (found []string) {
	for i := 0; i+head <= len(data); i++ {
		if !s.begins[int(data[i])<<8|int(data[i+1])] {
			continue
		}
		for _, n := range s.needles[[head]byte(data[i:i+head])] {
			if bytes.HasPrefix(data[i:], n.text) {
				found = append(found, n.secret+" as "+n.form)
			}
		}
	}
	for _, at := range invented.FindAllIndex(data, -1) {
		kind := data[at[0]:at[1]]
		found = append(found, fmt.Sprintf("something like %.12s…", kind))
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestAPlantedSecretIsFoundInEveryForm(t *testing.T) {
	const secret = `Pl4nted <& "obviously" fake\`
	s := newScanner(map[string]string{secret: "planted password", "another-obviously-fake-one": "other"})
	payload, err := json.Marshal(map[string]string{"reason": "the login with " + secret + " was refused"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(map[string]string{"details": string(payload)})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a log line":                        `level=error msg="login failed" password=` + secret + " host=x",
		"a payload":                         string(payload),
		"a payload in a payload":            string(again),
		"a payload without HTML's escapes":  `{"reason":"` + escaped(secret, false) + `"}`,
		"a request's address":               "/login?password=" + url.QueryEscape(secret),
		"a dump":                            hex.EncodeToString([]byte("x" + secret)),
		"the data of a payload, at place 0": base64.StdEncoding.EncodeToString([]byte(secret + "!")),
		"the data of a payload, at place 1": base64.StdEncoding.EncodeToString([]byte("{" + secret + "}")),
		"the data of a payload, at place 2": base64.StdEncoding.EncodeToString([]byte(`{"` + secret + `"}`)),
		"the data of a whole payload":       base64.StdEncoding.EncodeToString(payload),
		"a token":                           base64.RawURLEncoding.EncodeToString([]byte("user:" + secret)),
		"bytes around it":                   "\x00\x1a\xff" + secret + "\x00",
	} {
		if found := s.scan([]byte(text)); len(found) == 0 || !strings.Contains(found[0], "planted password") {
			t.Errorf("in %s it finds %q", name, found)
		}
	}
	for name, text := range map[string]string{
		"a password of the simulator": "login fake-host-root-0badcafe refused",
		"an age identity":             "AGE-SECRET-KEY-1OBVIOUSLYFAKE",
		"a private key":               "-----BEGIN OPENSSH PRIVATE KEY-----",
		"a hash":                      `encrypted-password "$6$invalid$not-a-real-hash-root"`,
	} {
		if found := s.scan([]byte(text)); len(found) != 1 || strings.Contains(found[0], "0badcafe") {
			t.Errorf("%s is found as %q", name, found)
		}
	}
	for _, text := range []string{"", "Pl4nted", "a password was refused", strings.Repeat("fake-host ", 100), string(payload[:len(payload)/2])} {
		if found := s.scan([]byte(text)); len(found) > 0 {
			t.Errorf("in %q it finds %q", text, found)
		}
	}
}
