package junos

import (
	"context"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// nodes reads the release and host name of every node.
func (s *Session) nodes(ctx context.Context) ([]upgrade.NodeVersion, error) {
	reply, err := s.call(ctx, s.timeout, "<get-software-information/>")
	if err != nil {
		return nil, err
	}
	return readSoftware(reply)
}

func readSoftware(reply *element) ([]upgrade.NodeVersion, error) {
	var nodes []upgrade.NodeVersion
	for _, node := range reply.byNode() {
		information := node.first("software-information")
		version := release(information)
		if version == "" {
			return nil, upgrade.Errorf(upgrade.Malformed, "the software information of %q names no release", node.node)
		}
		nodes = append(nodes, upgrade.NodeVersion{Node: node.node, Host: information.value("host-name"), Version: version})
	}
	return nodes, nil
}

// release is the running release. Images before 13.x have no junos-version and name it in the comment of the package
// junos; the comments of other packages hold other versions.
func release(information *element) string {
	if version := information.value("junos-version"); version != "" {
		return version
	}
	for _, comment := range information.all("comment") {
		if _, rest, found := strings.Cut(comment.text, "JUNOS Software Release ["); found {
			version, _, _ := strings.Cut(rest, "]")
			return version
		}
	}
	return ""
}
