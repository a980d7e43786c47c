package junos_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// capturedFolder is where captured outputs stand beside the repository, where it is developed.
func capturedFolder(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(repositoryRoot(t), "..", "shared", "testdata", "junos")
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skip("shared/testdata/junos is not here")
	}
	return folder
}

func repositoryRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = parent
	}
}

// verify reads a captured file and says what is wrong with the result.
type verify func(raw string) error

// reads is the verification of a parser: it reads without an error, and what it reads fits.
func reads[T any](parse func(string) (T, error), fits func(T) bool) verify {
	return func(raw string) error {
		got, err := parse(raw)
		if err != nil {
			return err
		}
		if !fits(got) {
			return fmt.Errorf("read as %+v", got)
		}
		return nil
	}
}

// refusedBy is the verification of an output that refuses, in words that hold the text.
func refusedBy[T any](parse func(string) (T, error), text string) verify {
	return func(raw string) error {
		got, err := parse(raw)
		if upgrade.KindOf(err) != upgrade.Refused || !strings.Contains(err.Error(), text) {
			return fmt.Errorf("read as %+v, %v", got, err)
		}
		return nil
	}
}

func readable[T any](T) bool { return true }

// TestEveryCapturedFileIsRead has an entry for every file, so that a new one is noticed; until it has one it must at least
// be read as the command whose folder it stands in.
func TestEveryCapturedFileIsRead(t *testing.T) {
	folder := capturedFolder(t)
	entries, commands := capturedFiles(), capturedCommands()
	err := filepath.WalkDir(folder, func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() || filepath.Dir(path) == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t.Run(name, func(t *testing.T) {
			check, known := entries[name]
			if !known {
				check, known = commands[filepath.Dir(name)]
				t.Errorf("the file has no entry; its folder has one: %v", known)
			}
			if !known {
				return
			}
			if err := check(string(raw)); err != nil && (upgrade.KindOf(err) != upgrade.Refused || entries[name] != nil) { // an output may be a refusal
				t.Error(err)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// messages are those of a captured NETCONF stream.
func messages(raw string) []string { return strings.Split(raw, "]]>]]>") }

// session verifies a whole captured session: a hello, then replies that are read as what they hold.
func session(raw string) error {
	all := messages(raw)
	hello, err := junos.ParseHello(all[0])
	if err != nil || hello.SessionID == "" || hello.Class == "" {
		return fmt.Errorf("hello read as %+v, %v", hello, err)
	}
	if tail := all[len(all)-1]; !strings.Contains(tail, "<!--") {
		return fmt.Errorf("after the last message comes %q", tail)
	}
	for _, message := range all[1 : len(all)-1] {
		outcome, err := junos.ParseOutcome(message)
		if err != nil || outcome.Verdict == junos.Failed {
			return fmt.Errorf("a reply is read as %+v, %v", outcome, err)
		}
		for element, check := range map[string]verify{
			"<chassis-cluster-status>":              reads(junos.ParseCluster, func(c *upgrade.Cluster) bool { return len(c.Groups) == 2 }),
			"<chassis-cluster-information>":         reads(junos.ParseClusterInformation, func(n []junos.NodeInformation) bool { return len(n) == 2 }),
			"<chassis-cluster-interface-statistics": reads(junos.ParseClusterInterfaces, func(l *junos.ClusterInterfaces) bool { return len(l.Control) > 0 }),
			"<software-information>":                reads(junos.ParseVersions, func(n []upgrade.NodeVersion) bool { return len(n) == 2 }),
			"<alarm-information":                    reads(junos.ParseAlarms, readable),
		} {
			if strings.Contains(message, element) {
				if err := check(message); err != nil {
					return fmt.Errorf("%s: %w", element, err)
				}
			}
		}
	}
	return nil
}

// silentThenOK verifies a session whose first reply is empty and whose second is ok.
func silentThenOK(raw string) error {
	var verdicts []junos.Verdict
	for _, message := range messages(raw)[:2] {
		outcome, err := junos.ParseOutcome(message)
		if err != nil {
			return err
		}
		verdicts = append(verdicts, outcome.Verdict)
	}
	if !slices.Equal(verdicts, []junos.Verdict{junos.Quiet, junos.Done}) {
		return fmt.Errorf("read as %v", verdicts)
	}
	return nil
}
