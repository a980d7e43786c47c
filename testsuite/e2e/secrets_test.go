package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/testsuite/sim"
)

// ledger is what the tests know of secrets (S12: none in histories, logs, reports, nor the archive in the clear): those of
// all worlds, and where one was found. Worlds and their files go with their test; the server's database is judged at the
// end.
type ledger struct {
	mu      sync.Mutex
	secrets map[string]string // what each is
	found   []string
	files   int // scanned
}

var secrets = ledger{secrets: map[string]string{}}

// learn notes the secrets of a world as they are now: a reload changes those of a host.
func (l *ledger) learn(a sim.Access) (known map[string]string) {
	known = map[string]string{a.APIKey: "API key"}
	for _, g := range a.Gateways {
		known[g.RootPassword] = "root password of gateway " + g.Name
		for _, m := range g.Members {
			known[m.HostPassword] = fmt.Sprintf("host password of node%d of %s", m.Node, g.Name)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for secret, what := range known {
		l.secrets[secret] = what
	}
	return known
}

// report notes what was found in a file.
func (l *ledger) report(path string, found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files++
	for _, secret := range found {
		l.found = append(l.found, path+": "+secret)
	}
}

// search looks through the files that a test leaves: logs, requests, the archive as it lies there and its reports and
// snapshots as they read. The exported configurations are secret as a whole, and encrypted.
func (l *ledger) search(dir, identity string, known map[string]string) error {
	s := newScanner(known)
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == identity {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		l.report(path, s.scan(data))
		if filepath.Ext(path) != ".age" || strings.HasPrefix(filepath.Base(path), "configuration.") {
			return nil
		}
		if data, err = opened(path, identity); err != nil {
			return err
		}
		l.report(path+" (decrypted)", s.scan(data))
		return nil
	})
}

// opened is the content of an encrypted file.
func opened(path, identity string) ([]byte, error) {
	key, err := os.Open(identity)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	identities, err := age.ParseIdentities(key)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := age.Decrypt(file, identities...)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return io.ReadAll(content)
}

// keepsSecrets looks through everything of this installation when its test has ended.
func (in *installation) keepsSecrets() {
	in.t.Helper()
	known := secrets.learn(in.Cloud.Access())
	if err := secrets.search(in.Dir, in.Identity(), known); err != nil {
		in.t.Errorf("looking for secrets: %v", err)
	}
}

// said keeps what a starter has told, to be looked through. What archive get gives out is what a person has asked for.
func (in *installation) said(args []string, stdout, stderr string) {
	in.t.Helper()
	if slices.Contains(args, "archive") {
		stdout = ""
	}
	file, err := os.OpenFile(filepath.Join(in.Dir, "starter.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.WriteString(stdout + stderr)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		in.t.Errorf("keeping what the starter said: %v", err)
	}
}

// plant gives the database what a scan must find.
func plant(ctx context.Context, c client.Client) error {
	_, text := planted()
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "planted", TaskQueue: "served-by-nobody"}, "Planted", text)
	return err
}

// judge looks through the stopped server's database and log for the secrets of every world, and lists all that was found.
// It is an error too if what was planted cannot be found: then nothing is proven.
func (l *ledger) judge(database, log string) error {
	l.mu.Lock()
	marks, _ := planted()
	s, control := newScanner(l.secrets), newScanner(marks)
	l.mu.Unlock()
	found := map[string]bool{}
	err := records(database, func(record []byte) {
		for _, mark := range control.scan(record) {
			found[mark] = true
		}
		if hits := s.scan(record); len(hits) > 0 {
			l.report(database, hits)
		}
	})
	if err != nil {
		return fmt.Errorf("reading %s: %w", database, err)
	}
	if len(found) < len(marks) {
		return fmt.Errorf("of %d marks in the database the scan finds %d: what it does not find proves nothing", len(marks), len(found))
	}
	for _, path := range []string{database, database + "-wal", log} { // also what was deleted, and what is not yet in its place
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && path != log {
			continue
		}
		if err != nil {
			return err
		}
		l.report(path, s.scan(data))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.found) == 0 {
		return nil
	}
	slices.Sort(l.found)
	return fmt.Errorf("secrets were found:\n%s", strings.Join(slices.Compact(l.found), "\n"))
}
