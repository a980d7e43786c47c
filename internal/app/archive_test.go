package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// recipients makes some.
func recipients(t *testing.T, n int) []string {
	t.Helper()
	var made []string
	for range n {
		_, recipient, err := archive.NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, recipient)
	}
	return made
}

func TestTheArchivesSettingsAreReadAlone(t *testing.T) {
	to := recipients(t, 2)
	got, err := app.LoadArchive([]string{"HOME=/root", "VSRX_HOST_SSH_PORT=of no interest here", "VSRX_ARCHIVE=mem://",
		"VSRX_ARCHIVE_RECIPIENTS=" + to[0] + ", " + to[1], "VSRX_ARCHIVE_IDENTITY=/srv/identity"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(archive.Config{URL: "mem://", Recipients: to, Identity: "/srv/identity"}, got); diff != "" {
		t.Errorf("LoadArchive (-want +got):\n%s", diff)
	}
	if got, err = app.LoadArchive([]string{"VSRX_ARCHIVE=mem://", "VSRX_ARCHIVE_PLAINTEXT=yes"}); err != nil || !got.Plaintext {
		t.Errorf("read as %+v, %v, want plaintext", got, err)
	}
}

func TestTheWorkersSettingsHoldTheArchives(t *testing.T) {
	to := recipients(t, 1)
	c, err := app.Load(append(complete(), "VSRX_ARCHIVE_RECIPIENTS="+to[0], "VSRX_ARCHIVE_IDENTITY=/srv/identity"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(to, c.Recipients); diff != "" || c.Identity != "/srv/identity" || c.Plaintext {
		t.Errorf("read as %+v", c)
	}
}

func TestBadSettingsOfTheArchiveAreRefusedByName(t *testing.T) {
	to := recipients(t, 1)[0]
	identity, _, err := archive.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(strings.SplitN(string(identity), "\n", 2)[1])
	for name, c := range map[string]struct{ change, want string }{
		"no archive":               {"VSRX_ARCHIVE=", "VSRX_ARCHIVE is missing"},
		"no bucket URL":            {"VSRX_ARCHIVE=/srv/archive", "VSRX_ARCHIVE: "},
		"an unknown setting":       {"VSRX_ARCHIVE_RECIPIENT=" + to, "VSRX_ARCHIVE_RECIPIENT is no setting"},
		"no recipient":             {"VSRX_ARCHIVE_RECIPIENTS=age1nonsense", "VSRX_ARCHIVE_RECIPIENTS: number 1"},
		"a comma too many":         {"VSRX_ARCHIVE_RECIPIENTS=" + to + ",", "VSRX_ARCHIVE_RECIPIENTS: number 2"},
		"an identity by mistake":   {"VSRX_ARCHIVE_RECIPIENTS=" + secret, "VSRX_ARCHIVE_RECIPIENTS: number 1"},
		"neither yes nor no":       {"VSRX_ARCHIVE_PLAINTEXT=true", "VSRX_ARCHIVE_PLAINTEXT: "},
		"encrypted and plain both": {"VSRX_ARCHIVE_PLAINTEXT=yes\nVSRX_ARCHIVE_RECIPIENTS=" + to, "VSRX_ARCHIVE_PLAINTEXT: VSRX_ARCHIVE_RECIPIENTS"},
	} {
		t.Run(name, func(t *testing.T) {
			changes := strings.Split(c.change, "\n")
			for program, load := range map[string]func() error{
				"worker": func() error { _, err := app.Load(append(complete(), changes...)); return err },
				"command": func() error {
					_, err := app.LoadArchive(append([]string{"VSRX_ARCHIVE=mem://"}, changes...))
					return err
				},
			} {
				err := load()
				if upgrade.KindOf(err) != upgrade.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
					t.Errorf("%s: got %v, want %q in it", program, err, c.want)
				}
				if strings.Contains(fmt.Sprint(err), "SECRET-KEY") {
					t.Errorf("%s: the error holds an identity", program)
				}
			}
		})
	}
}
