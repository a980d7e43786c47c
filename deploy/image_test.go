package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// image is the Dockerfile of the product and what belongs to it.
type image struct {
	root, dockerfile, ignore string
	packages                 []string // folders of our packages that worker and starter are built from
	volumes                  []string // folders that the worker's volumes are mounted on
}

var (
	from       = regexp.MustCompile(`(?m)^FROM (\S+)`)
	user       = regexp.MustCompile(`(?m)^USER (\S+)`)
	copied     = regexp.MustCompile(`(?m)^COPY ([^-\n].*)$`) // from the build context, not from a stage
	ownedPaths = regexp.MustCompile(`install -d -o (\d+) -g (\d+) -m 0700 (.*)`)
)

func imageRules() map[string]func(image) []string {
	return map[string]func(image) []string{
		"bases are exact":                   exactBases,
		"it does not run as root":           ordinaryUser,
		"it can write its volumes":          writableVolumes,
		"what is copied exists and is sent": sentSources,
		"it holds every package":            completeSources,
	}
}

func exactBases(i image) (found []string) {
	for _, m := range from.FindAllStringSubmatch(i.dockerfile, -1) {
		if !exact.MatchString(m[1]) {
			found = append(found, fmt.Sprintf("base %q has no exact tag", m[1]))
		}
	}
	return found
}

func ordinaryUser(i image) []string {
	all := user.FindAllStringSubmatch(i.dockerfile, -1)
	if len(all) == 0 {
		return []string{"runs as root, for it names no user"}
	}
	// A number, so that Kubernetes' runAsNonRoot can judge it without the image's passwd file.
	if last := all[len(all)-1][1]; !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(last) {
		return []string{fmt.Sprintf("runs as %q, which is no number other than root's", last)}
	}
	return nil
}

func writableVolumes(i image) (found []string) {
	owned := map[string]string{} // owner of each folder that the image prepares
	for _, m := range ownedPaths.FindAllStringSubmatch(i.dockerfile, -1) {
		for _, folder := range strings.Fields(m[3]) {
			owned[folder] = m[1] + ":" + m[2]
		}
	}
	runs := user.FindStringSubmatch(i.dockerfile)
	for _, folder := range i.volumes {
		if runs == nil || owned[folder] != runs[1] {
			found = append(found, fmt.Sprintf("%s belongs to %q, not to the user of the image", folder, owned[folder]))
		}
	}
	return found
}

// sources lists what the Dockerfile copies from the build context.
func (i image) sources() []string {
	var list []string
	for _, m := range copied.FindAllStringSubmatch(i.dockerfile, -1) {
		words := strings.Fields(m[1])
		list = append(list, words[:len(words)-1]...)
	}
	return list
}

func sentSources(i image) (found []string) {
	sent := strings.Split(i.ignore, "\n")
	sent = slices.DeleteFunc(sent, func(line string) bool { return line == "" || strings.HasPrefix(line, "#") })
	if len(sent) == 0 || sent[0] != "*" {
		found = append(found, ".dockerignore does not begin by leaving out everything")
	}
	for _, source := range i.sources() {
		if _, err := os.Stat(filepath.Join(i.root, source)); err != nil {
			found = append(found, fmt.Sprintf("%s is copied, but does not exist", source))
		} else if !slices.Contains(sent, "!"+source) {
			found = append(found, fmt.Sprintf("%s is copied, but .dockerignore leaves it out", source))
		}
	}
	return found
}

func completeSources(i image) (found []string) {
	for _, folder := range i.packages {
		if !slices.ContainsFunc(i.sources(), func(s string) bool { return folder == s || strings.HasPrefix(folder, s+"/") }) {
			found = append(found, fmt.Sprintf("package %s is not copied", folder))
		}
	}
	return found
}

// product is the image as it is.
func product(t *testing.T) image {
	t.Helper()
	i := image{root: repository(t), dockerfile: read(t, "deploy/Dockerfile"), ignore: read(t, ".dockerignore")}
	list := exec.Command("go", "list", "-deps", "./worker", "./starter")
	list.Dir = i.root
	output, err := list.Output()
	if err != nil {
		t.Fatalf("listing the packages of worker and starter: %s", err)
	}
	for _, name := range strings.Fields(string(output)) {
		if folder, ours := strings.CutPrefix(name, "vsrx-upgrade/"); ours {
			i.packages = append(i.packages, folder)
		}
	}
	if len(i.packages) == 0 {
		t.Fatal("worker and starter have no package of ours")
	}
	for _, v := range load(t, read(t, "docker-compose.yml")).project.Services["worker"].Volumes {
		i.volumes = append(i.volumes, v.Target)
	}
	return i
}

func TestTheImageKeepsEveryRule(t *testing.T) {
	i := product(t)
	for name, findings := range imageRules() {
		t.Run(name, func(t *testing.T) {
			for _, finding := range findings(i) {
				t.Error(finding)
			}
		})
	}
}

func TestASpoiledImageIsFound(t *testing.T) {
	dockerfile := func(old, changed string) func(*testing.T, *image) {
		return func(t *testing.T, i *image) { i.dockerfile = spoil(t, i.dockerfile, old, changed) }
	}
	ignore := func(old, changed string) func(*testing.T, *image) {
		return func(t *testing.T, i *image) { i.ignore = spoil(t, i.ignore, old, changed) }
	}
	tests := []struct {
		name          string
		change        func(*testing.T, *image)
		rule, finding string
	}{
		{"a compiler that floats", dockerfile("golang:1.26.8-trixie", "golang:1.26"), "bases are exact", `base "golang:1.26"`},
		{"a base without a tag", dockerfile("alpine:3.23.3", "alpine"), "bases are exact", `base "alpine"`},
		{"no user", dockerfile("USER 10001:10001\n", ""), "it does not run as root", "runs as root"},
		{"root", dockerfile("USER 10001:10001\n", "USER 0:0\n"), "it does not run as root", `runs as "0:0"`},
		{"a user by name", dockerfile("USER 10001:10001\n", "USER vsrx\n"), "it does not run as root", `runs as "vsrx"`},
		{"folders of somebody else", dockerfile("-o 10001 -g 10001", "-o 10002 -g 10002"), "it can write its volumes", `archive belongs to "10002:10002"`},
		{"a volume that is not prepared", dockerfile(" /var/lib/vsrx-upgrade/ssh", ""), "it can write its volumes", `ssh belongs to ""`},
		{"a source that is not there", dockerfile("COPY deploy/setup.sh", "COPY deploy/register.sh"), "what is copied exists and is sent", "deploy/register.sh is copied, but does not exist"},
		{"a source that is not sent", ignore("!starter\n", ""), "what is copied exists and is sent", "starter is copied, but .dockerignore leaves it out"},
		{"a context with everything in it", ignore("*\n!go.mod", "!go.mod"), "what is copied exists and is sent", ".dockerignore does not begin"},
		{"a package that is left out", dockerfile("COPY workflows workflows\n", ""), "it holds every package", "package workflows is not copied"},
	}
	whole := product(t)
	spoiled := map[string]bool{}
	for _, tt := range tests {
		spoiled[tt.rule] = true
		t.Run(tt.name, func(t *testing.T) {
			i := whole
			tt.change(t, &i)
			found := imageRules()[tt.rule](i)
			if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, tt.finding) }) {
				t.Errorf("findings %q, want one with %q", found, tt.finding)
			}
		})
	}
	for name := range imageRules() {
		if !spoiled[name] {
			t.Errorf("no case shows that %q can fail", name)
		}
	}
}

func TestTheSetupJobRunsAScriptOfTheImage(t *testing.T) {
	setup := load(t, read(t, "docker-compose.yml")).project.Services["setup"]
	script := setup.Entrypoint[len(setup.Entrypoint)-1]
	want := fmt.Sprintf("COPY deploy/%s %s\n", path.Base(script), script)
	if !strings.Contains(product(t).dockerfile, want) {
		t.Errorf("the Dockerfile lacks %q", want)
	}
}
