package archive_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// TestMain lets this program be the writer that is killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv("ARCHIVE_TEST_WRITE_TO"); folder != "" {
		writeUntilKilled(folder)
	}
	os.Exit(m.Run())
}

// writeUntilKilled puts a megabyte, says so, and waits for an end of the content that does not come.
func writeUntilKilled(folder string) {
	a, err := archive.Open(context.Background(), plain(fileURL(folder)))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	waiting := readerFunc(func([]byte) (int, error) { fmt.Println("written"); select {} })
	_, err = a.Put(context.Background(), key, io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), waiting))
	fmt.Println(err)
	os.Exit(1)
}

// The process ends by SIGKILL in the middle of a blob: no deferred function runs, and the driver's temporary file stays.
func TestAKilledWriterLeavesNothingThatCounts(t *testing.T) {
	folder := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	writer := exec.Command(program)
	writer.Env = append(os.Environ(), "ARCHIVE_TEST_WRITE_TO="+folder)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if killErr := writer.Process.Kill(); killErr != nil {
		t.Fatal(killErr)
	}
	_ = writer.Wait() // says that it was killed
	if line != "written\n" {
		t.Fatalf("the writer said %q, %v", line, err)
	}
	if left := files(t, folder); len(left) != 1 || left[0] == key {
		t.Fatalf("the writer left %q, want one temporary file: the test does not show what it is for", left)
	}
	a := open(t, plain(fileURL(folder)))
	_, err = a.Entry(t.Context(), key)
	wantKind(t, err, upgrade.NotFound)
	all, err := a.Upgrades(t.Context(), 0)
	if err != nil || len(all) != 1 || len(all[0].Entries) != 0 || len(all[0].Strays) != 1 || all[0].Complete() {
		t.Fatalf("listed %+v, %v, want one stray", all, err)
	}
	b := put(t, a, key, "whole")
	if got, err := get(t, a, b); err != nil || got != "whole" {
		t.Errorf("got %q, %v", got, err)
	}
	if all, err = a.Upgrades(t.Context(), 0); err != nil || len(all) != 1 {
		t.Fatalf("listed %+v, %v", all, err)
	}
	if err := a.Remove(t.Context(), all[0]); err != nil {
		t.Fatal(err)
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("left after the removal: %q", left)
	}
}
