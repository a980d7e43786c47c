package deploy_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// topology is a compose file and what the loader of docker compose makes of it.
type topology struct {
	root    string // absolute path of the repository
	text    string
	project *types.Project
}

// rule judges a topology; each finding starts with the service it is about.
type rule struct {
	name     string
	findings func(t topology) []string
}

// secrets is an environment with every required variable and nothing else.
func secrets() map[string]string {
	return map[string]string{
		"POSTGRES_PASSWORD": "obviously-fake-database-password",
		"VSRX_API_KEY":      "obviously-fake-api-key",
	}
}

// parse loads a compose text as docker compose does.
func parse(root, text string, environment map[string]string) (*types.Project, error) {
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  root,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(root, "docker-compose.yml"), Content: []byte(text)}},
		Environment: environment,
	}, func(o *loader.Options) { o.SetProjectName("vsrx-upgrade", false) })
}

// load parses a text that must be a valid compose file.
func load(t *testing.T, text string) topology {
	t.Helper()
	root := repository(t)
	project, err := parse(root, text, secrets())
	if err != nil {
		t.Fatalf("loading the compose file: %s", err)
	}
	return topology{root: root, text: text, project: project}
}

// services lists the services in the order of their names.
func (t topology) services() []types.ServiceConfig {
	var list []types.ServiceConfig
	for _, name := range slices.Sorted(maps.Keys(t.project.Services)) {
		list = append(list, t.project.Services[name])
	}
	return list
}

// environment is what a service finds in its environment, in the form of os.Environ.
func environment(s types.ServiceConfig) []string {
	var list []string
	for name, value := range s.Environment {
		if value != nil {
			list = append(list, name+"="+*value)
		}
	}
	slices.Sort(list)
	return list
}

// variable is one environment variable of a service, "" when it is not set.
func variable(s types.ServiceConfig, name string) string {
	if value := s.Environment[name]; value != nil {
		return *value
	}
	return ""
}

// repository is the absolute path of the directory above this one.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// read returns a file of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// spoil changes exactly one place of a text.
func spoil(t *testing.T, text, old, changed string) string {
	t.Helper()
	if n := strings.Count(text, old); n != 1 {
		t.Fatalf("%q stands %d times in the text, not once", old, n)
	}
	return strings.Replace(text, old, changed, 1)
}
