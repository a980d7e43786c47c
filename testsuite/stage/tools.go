// Package stage puts a whole installation on one machine: the Temporal dev server, a simulated cloud, the real worker
// and the real starter as processes of their own. The demo and the end-to-end tests stand on it.
package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tools are the programs of an installation, by path.
type Tools struct {
	Root     string // of the repository
	Temporal string
	Worker   string
	Starter  string
}

// Build makes the programs, telling on progress what takes long. The binaries of this repository go to dir; the
// Temporal CLI stays in Go's build cache.
func Build(ctx context.Context, dir string, progress io.Writer) (Tools, error) {
	t, err := BuildTemporal(ctx, progress)
	if err != nil {
		return t, err
	}
	fmt.Fprintln(progress, "building worker and starter …")
	if t.Worker, err = t.BuildProgram(ctx, dir, "worker"); err != nil {
		return t, err
	}
	t.Starter, err = t.BuildProgram(ctx, dir, "starter")
	return t, err
}

// BuildTemporal makes the Temporal CLI only, for those who bring their own worker.
func BuildTemporal(ctx context.Context, progress io.Writer) (t Tools, err error) {
	if t.Root, err = root(); err != nil {
		return t, err
	}
	fmt.Fprintln(progress, "building the Temporal CLI from its pinned source (the first time takes minutes) …")
	t.Temporal, err = goTool(ctx, t.Root, "temporal")
	return t, err
}

// BuildProgram makes one program of this repository, named by its folder, and gives its path in dir.
func (t Tools) BuildProgram(ctx context.Context, dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "./"+name)
	cmd.Dir = t.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return path, nil
}

// root finds the repository: the folder with go.mod above the working directory.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "tools", "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run this inside the repository: no tools/go.mod above the working directory")
		}
		dir = parent
	}
}

// goTool builds a pinned tool and gives its path.
func goTool(ctx context.Context, root, name string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "tool", "-modfile=tools/go.mod", "-n", name)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
