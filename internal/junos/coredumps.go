package junos

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// The lines of "show system core-dumps": a folder without any gives a line "No such file or directory".
var (
	fileRow   = regexp.MustCompile(`^-[rwxsStT-]{9}[+@]?\s.*\s(/\S+)$`)
	fileLine  = regexp.MustCompile(`^-[rwxsStT-]{3,9}`)
	fileCount = regexp.MustCompile(`^total files:\s*(\d+)$`)
)

// ParseCoreDumps reads "show system core-dumps" in any form: the names of the files, on a cluster with their node before
// them ("node0:/var/crash/..."), sorted. A row cut short is an error of kind Malformed.
func ParseCoreDumps(raw string) ([]string, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readCoreDumps(o)
}

func readCoreDumps(o output) ([]string, error) {
	var files []string
	recognised := false
	for _, p := range o.byNode() {
		found, is, err := textCoreDumps(p.text)
		if err != nil {
			return nil, err
		}
		recognised = recognised || is || p.tree.first("directory-list", "directory", "file-information", "output") != nil
		for _, file := range append(found, listedFiles(p.tree)...) {
			if p.node != "" {
				file = p.node + ":" + file
			}
			files = append(files, file)
		}
	}
	if !recognised {
		return nil, unrecognised("list of core dumps")
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// listedFiles are those of a directory list, whose names may be relative to their directory.
func listedFiles(tree *element) []string {
	var files []string
	folders := tree.all("directory")
	if len(folders) == 0 {
		folders = []*element{tree}
	}
	for _, folder := range folders {
		for _, e := range folder.all("file-information") {
			name := e.value("file-name")
			if above := folder.attribute("name"); !path.IsAbs(name) && above != "" {
				name = path.Join(above, name)
			}
			files = append(files, name)
		}
	}
	return files
}

func textCoreDumps(text string) (files []string, recognised bool, err error) {
	announced := -1
	for _, line := range lines(text) {
		if m := fileRow.FindStringSubmatch(line); m != nil {
			files, recognised = append(files, m[1]), true
			continue
		}
		if fileLine.MatchString(line) {
			return nil, true, incomplete("the list of core dumps", line)
		}
		if m := fileCount.FindStringSubmatch(line); m != nil {
			recognised = true
			n, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, true, incomplete("the list of core dumps", line)
			}
			announced = max(announced, 0) + n
		}
		recognised = recognised || strings.HasSuffix(line, "No such file or directory")
	}
	if announced > len(files) {
		return nil, true, upgrade.Errorf(upgrade.Malformed, "the list of core dumps announces %d files and holds %d", announced, len(files))
	}
	return files, recognised, nil
}
