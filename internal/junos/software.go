package junos

import (
	"context"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// nodes reads the release and host name of every node.
func (s *Session) nodes(ctx context.Context) ([]upgrade.NodeVersion, error) {
	return ask(ctx, s, "<get-software-information/>", readVersions)
}

// ParseVersions reads "show version" in any form: host name and running release, by node on a cluster. Errors are of kind
// Malformed, or Refused in the words of the device.
func ParseVersions(raw string) ([]upgrade.NodeVersion, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readVersions(o)
}

func readVersions(o output) ([]upgrade.NodeVersion, error) {
	var nodes []upgrade.NodeVersion
	for _, p := range o.byNode() {
		node := upgrade.NodeVersion{Node: p.node}
		if information := p.tree.first("software-information"); information != nil {
			node.Host, node.Version = information.value("host-name"), release(information)
		} else {
			node.Host, node.Version = versionText(p.text)
		}
		if node.Version == "" {
			return nil, upgrade.Errorf(upgrade.Malformed, "the software information of %q names no release", p.node)
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

// The lines of packages that name the release of an image before 13.x, the best first; those of other packages hold other
// versions.
var releaseLines = []*regexp.Regexp{
	regexp.MustCompile(`JUNOS Software Release \[([^\]\s]+)\]`),
	regexp.MustCompile(`JUNOS Base OS (?:boot|Software Suite) \[([^\]\s]+)\]`),
}

// packagedRelease finds the release among the lines of packages.
func packagedRelease(lines []string) string {
	for _, release := range releaseLines {
		for _, line := range lines {
			if m := release.FindStringSubmatch(line); m != nil {
				return m[1]
			}
		}
	}
	return ""
}

// release is the running release; images before 13.x have no junos-version.
func release(information *element) string {
	if version := information.value("junos-version"); version != "" {
		return version
	}
	var comments []string
	for _, comment := range information.all("comment") {
		comments = append(comments, comment.text)
	}
	return packagedRelease(comments)
}

// versionText reads the CLI text of one node. A line "Pending:" holds a release that waits for a reboot.
func versionText(text string) (host, version string) {
	all := lines(text)
	for _, line := range all {
		if name, found := strings.CutPrefix(line, "Hostname:"); found && host == "" {
			host = strings.TrimSpace(name)
		}
		if name, found := strings.CutPrefix(line, "Junos:"); found && version == "" {
			version = strings.TrimSpace(name)
		}
	}
	if version == "" {
		version = packagedRelease(all)
	}
	return host, version
}
