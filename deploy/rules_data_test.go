package deploy_test

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"

	"vsrx-upgrade/internal/app"
)

// volumeAt names the volume that holds a path of a service, "" when none does.
func volumeAt(s types.ServiceConfig, file string) string {
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeVolume && (file == v.Target || strings.HasPrefix(file, v.Target+"/")) {
			return v.Source
		}
	}
	return ""
}

func namedVolumes(t topology) (found []string) {
	for _, s := range t.services() {
		for _, v := range s.Volumes {
			switch {
			case v.Type == types.VolumeTypeVolume && v.Source == "":
				found = append(found, fmt.Sprintf("%s: %s is an anonymous volume", s.Name, v.Target))
			case v.Type == types.VolumeTypeBind && !v.ReadOnly:
				found = append(found, fmt.Sprintf("%s: %s is written into the host's file system", s.Name, v.Target))
			}
		}
	}
	worker := t.project.Services["worker"]
	archive, err := url.Parse(variable(worker, "VSRX_ARCHIVE"))
	if err != nil {
		return append(found, fmt.Sprintf("worker: VSRX_ARCHIVE: %s", err))
	}
	data := []struct {
		service types.ServiceConfig
		path    string
	}{
		{t.project.Services["postgres"], "/var/lib/postgresql/data"}, // PGDATA of the official image, up to version 17
		{worker, archive.Path},
		{worker, path.Dir(variable(worker, "VSRX_KNOWN_HOSTS"))},
	}
	for _, d := range data {
		if volumeAt(d.service, d.path) == "" {
			found = append(found, fmt.Sprintf("%s: %s is in no volume", d.service.Name, d.path))
		}
	}
	return found
}

// A secret's variable has such a name; its value demands a variable of the caller and has no default.
var (
	secretName = regexp.MustCompile(`(PASSWORD|PWD|_KEY|SECRET|TOKEN)$`)
	demanded   = regexp.MustCompile(`^\$\{[A-Z_]+:\?[^}]+\}$`)
)

// paths name files, whatever their names end in.
var paths = map[string]bool{"VSRX_SSH_KEY": true}

func demandedSecrets(t topology) (found []string) {
	var raw struct {
		Services map[string]struct {
			Environment map[string]string `yaml:"environment"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal([]byte(t.text), &raw); err != nil {
		return []string{fmt.Sprintf("reading the text: %s", err)}
	}
	for service, s := range raw.Services {
		for name, value := range s.Environment {
			if secretName.MatchString(name) && !paths[name] && !demanded.MatchString(value) {
				found = append(found, fmt.Sprintf("%s: %s does not demand a variable of the caller", service, name))
			}
		}
	}
	for _, s := range t.services() {
		s.Environment = nil
		rest, err := yaml.Marshal(s)
		if err != nil {
			return append(found, fmt.Sprintf("%s: %s", s.Name, err))
		}
		for name, value := range secrets() {
			if strings.Contains(string(rest), value) {
				found = append(found, fmt.Sprintf("%s: %s stands outside its environment", s.Name, name))
			}
		}
	}
	return found
}

func workerSettings(t topology) []string {
	if _, err := app.Load(environment(t.project.Services["worker"])); err != nil {
		return []string{fmt.Sprintf("worker: %s", err)}
	}
	return nil
}

func handOver(t topology) []string {
	worker := t.project.Services["worker"]
	config, err := app.Load(environment(worker))
	if err != nil {
		return nil // workerSettings says it
	}
	grace := 10 * time.Second // the engine's default
	if worker.StopGracePeriod != nil {
		grace = time.Duration(*worker.StopGracePeriod)
	}
	if grace <= config.StopTimeout {
		return []string{fmt.Sprintf("worker: stop_grace_period %s is not longer than VSRX_STOP_TIMEOUT %s", grace, config.StopTimeout)}
	}
	return nil
}

func usedFiles(t topology) (found []string) {
	for _, s := range t.services() {
		var files []string
		if s.Build != nil {
			if s.Build.Context != t.root {
				found = append(found, fmt.Sprintf("%s: is built from %s", s.Name, s.Build.Context))
			}
			files = append(files, filepath.Join(t.root, s.Build.Dockerfile))
		}
		mounted := map[string]bool{}
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeBind {
				files = append(files, v.Source)
				mounted[v.Target] = true
			}
		}
		for _, file := range files {
			name, err := filepath.Rel(t.root, file)
			if err != nil || !filepath.IsLocal(name) {
				found = append(found, fmt.Sprintf("%s: %s is outside the repository", s.Name, file))
			} else if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
				found = append(found, fmt.Sprintf("%s: %s is no file of the repository", s.Name, name))
			}
		}
		for _, file := range mountedFiles(s) {
			if !mounted[file] {
				found = append(found, fmt.Sprintf("%s: %s is not mounted", s.Name, file))
			}
		}
	}
	return found
}

// mountedFiles lists what a service of a foreign image uses below the folder of our mounts.
func mountedFiles(s types.ServiceConfig) []string {
	if s.Build != nil {
		return nil // the image holds its files; see the rules of the image
	}
	words := slices.Concat(s.Entrypoint, s.Command)
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		words = append(words, variable(s, name))
	}
	return slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, "/etc/vsrx-upgrade/") })
}
