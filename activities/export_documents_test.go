package activities_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

// documents are those of a gateway that has everything but a rescue configuration, as IBM's have.
func documents() map[upgrade.Document]script[string] {
	return map[upgrade.Document]script[string]{
		upgrade.DocumentRescue:       fails[string](upgrade.Errorf(upgrade.NotFound, "the gateway has none")),
		upgrade.DocumentLicences:     says("License usage:\n"),
		upgrade.DocumentLicenceKeys:  says("FAKE0001 notakey notakey\n"),
		upgrade.DocumentCertificates: says("Certificate identifier: north-vpn\n"),
	}
}

func (s session) Document(_ context.Context, name upgrade.Document, dst io.Writer) error {
	text, err := keyed(s.world, s.documents, name, "read document "+string(name))
	if text == "" {
		return err
	}
	if wrote := content(dst, text, nil); wrote != nil {
		return upgrade.Errorf(upgrade.Internal, "writing the %s: %w", name, wrote)
	}
	return err
}

// A release may lack a command, and a gateway what it shows. Neither may keep the rest from being stored.
func TestADocumentThatCannotBeHadIsNamed(t *testing.T) {
	long := strings.Repeat("no such thing here, ", 40)
	for name, c := range map[string]struct {
		says    script[string]
		outcome upgrade.DocumentOutcome
		reason  string
	}{
		"when the release does not know the command": {fails[string](upgrade.Errorf(upgrade.Refused, "syntax error,\nget-pki-local-certificate")), upgrade.DocumentUnread, "syntax error, get-pki-local-certificate"},
		"when the answer is no XML":                  {fails[string](upgrade.Errorf(upgrade.Malformed, "the answer is no XML of a reply")), upgrade.DocumentUnread, "the answer is no XML of a reply"},
		"when the refusal comes in the middle":       {script[string]{{value: "Certificate id", err: upgrade.Errorf(upgrade.Refused, "permission denied")}}, upgrade.DocumentUnread, "permission denied"},
		"when the refusal is long":                   {fails[string](upgrade.Errorf(upgrade.Refused, "%s", long)), upgrade.DocumentUnread, long[:400] + " …"},
		"when the gateway has none":                  {fails[string](upgrade.Errorf(upgrade.NotFound, "the gateway has none")), upgrade.DocumentNone, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, document := range upgrade.Documents() {
				w := newWorld(t)
				w.documents[document] = c.says
				got, err := run(w, w.activities().Export, exporting())
				if err != nil {
					t.Fatal(err)
				}
				i := slices.IndexFunc(got.Documents, func(d upgrade.StoredDocument) bool { return d.Name == document })
				if want := (upgrade.StoredDocument{Name: document, Outcome: c.outcome, Reason: c.reason}); i < 0 || got.Documents[i] != want {
					t.Errorf("got %+v, want %+v", got.Documents, want)
				}
				for key := range w.stored {
					if strings.Contains(key, "/"+string(document)+".") {
						t.Errorf("a part is stored as %s", key)
					}
				}
				if got.Mark != device(oldVersion).Mark || len(got.Documents) != len(upgrade.Documents()) {
					t.Errorf("the rest is not there: %+v", got)
				}
			}
		})
	}
}
