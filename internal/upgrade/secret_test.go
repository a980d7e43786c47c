package upgrade_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

const fakePassword = "obviously-fake-Passw0rd"

func endpoint() upgrade.Endpoint {
	return upgrade.Endpoint{Address: "10.77.8.11", User: "root", Password: fakePassword}
}

// reveals reports whether a text shows the password, plain or in hexadecimal.
func reveals(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, strings.ToLower(fakePassword)) || strings.Contains(strings.ReplaceAll(text, " ", ""), hex.EncodeToString([]byte(fakePassword)))
}

func TestASecretIsNeverPrinted(t *testing.T) {
	secret, e := upgrade.Secret(fakePassword), endpoint()
	for name, value := range map[string]any{
		"itself": secret, "a pointer": &secret, "an endpoint": e, "a pointer to one": &e, "a list": []upgrade.Secret{secret},
		"a map": map[string]upgrade.Secret{"root": secret}, "any": []any{secret},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%#q", "%10v", "%-40s", "%.3s"} {
			if text := fmt.Sprintf(verb, value); reveals(text) {
				t.Errorf("%s of %s: %s", verb, name, text)
			}
		}
	}
	for _, text := range []string{fmt.Sprint(secret), fmt.Sprintln(e), fmt.Errorf("login with %v: %w", e, upgrade.Errorf(upgrade.Denied, "refused %s", secret)).Error()} {
		if reveals(text) {
			t.Error(text)
		}
	}
}

func TestASecretIsNeverWritten(t *testing.T) {
	e := endpoint()
	for name, value := range map[string]any{"itself": e.Password, "an endpoint": e, "a pointer": &e, "a map": map[string]any{"password": e.Password}} {
		text, err := json.Marshal(value)
		if err == nil {
			t.Errorf("%s was written: %s", name, text)
		} else if reveals(err.Error()) {
			t.Errorf("%s: the error shows it: %v", name, err)
		}
	}
}

func TestASecretIsNeverLogged(t *testing.T) {
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("login", "endpoint", endpoint(), "password", endpoint().Password)
	}
	if out.Len() == 0 || reveals(out.String()) {
		t.Errorf("logged: %s", out.String())
	}
}

func TestASecretCanStillBeUsed(t *testing.T) {
	if got := string(endpoint().Password); got != fakePassword {
		t.Errorf("the password became %q", got)
	}
}
