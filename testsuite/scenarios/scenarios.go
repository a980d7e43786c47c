// Package scenarios reads the worlds that a simulated cloud can start with: gateways, versions, configurations, and what
// goes wrong when. The shipped ones are the YAML files beside this one, known by their names; README.md of testsuite
// describes the form.
package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vsrx-upgrade/testsuite/sim"
)

// shipped has to be a variable: go:embed knows no other way.
//
//go:embed *.yaml *.set
var shipped embed.FS

// extension is the end of every scenario's file name.
const extension = ".yaml"

// Names are the shipped scenarios, sorted.
func Names() []string {
	files, err := fs.Glob(shipped, "*"+extension)
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, extension)
	}
	return files
}

// Load reads a shipped scenario by its name, or a file if what it is given has a slash or ends in ".yaml". Errors name
// the scenario and the line.
func Load(nameOrFile string) (sim.Options, error) {
	s, err := find(nameOrFile)
	if err != nil {
		return sim.Options{}, fmt.Errorf("reading scenario %s: %w", nameOrFile, err)
	}
	opts, err := s.options()
	if err != nil {
		return sim.Options{}, fmt.Errorf("reading scenario %s: %w", nameOrFile, err)
	}
	return opts, nil
}

func find(nameOrFile string) (*scenario, error) {
	if strings.ContainsRune(nameOrFile, filepath.Separator) || strings.HasSuffix(nameOrFile, extension) {
		return read(os.DirFS(filepath.Dir(nameOrFile)), filepath.Base(nameOrFile))
	}
	return readShipped(nameOrFile)
}

func readShipped(name string) (*scenario, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("no scenario %q is shipped; there are %s", name, strings.Join(Names(), ", "))
	}
	return read(shipped, name+extension)
}

// read decodes one file, what it takes from another scenario and its gateways' configuration files included.
func read(from fs.FS, file string) (*scenario, error) {
	text, err := fs.ReadFile(from, file)
	if err != nil {
		return nil, err
	}
	s, err := decode(text)
	if err != nil {
		return nil, err
	}
	for i := range s.Gateways {
		if err := s.Gateways[i].readConfiguration(from); err != nil {
			return nil, err
		}
	}
	if s.Like == "" {
		return s, nil
	}
	base, err := readShipped(s.Like)
	if err != nil {
		return nil, fmt.Errorf("like %s: %w", s.Like, err)
	}
	s.inherit(base)
	return s, nil
}
