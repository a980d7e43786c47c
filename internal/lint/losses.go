package lint

import (
	"fmt"
	"slices"
	"strings"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// lossRules name what the reload does not bring back: it replaces the virtual machine with its file system (IBM:
// "Upgrading the vSRX").
func lossRules() []rule {
	return []rule{
		{Rule{"certificate-lost", 0, upgrade.SeverityWarning, "", "The certificate and its key lie on the virtual machine, which the reload replaces; back them up and load them again."}, certificates},
		{Rule{"file-lost", 0, upgrade.SeverityWarning, "", "The file lies on the virtual machine, which the reload replaces; copy it off and put it back."}, files},
	}
}

// certificates finds every reference to a local certificate, once each place.
func certificates(x *examination) {
	for s := range x.effective.Walk() {
		i := slices.IndexFunc(s.Words, namesCertificate)
		if i < 0 || i+1 >= len(s.Words) || named(nodeAt(s, i)) {
			continue
		}
		id := s.Words[i+1]
		x.report(finding{node: nodeAt(s, i+1), restore: []string{
			command("request", []string{"security", "pki", "local-certificate", "load", "certificate-id", id, "filename", "/var/tmp/" + id + ".pem", "key", "/var/tmp/" + id + ".key"})}})
	}
}

func namesCertificate(word string) bool {
	switch word {
	case "local-certificate", "pki-local-certificate", "server-certificate", "client-certificate":
		return true
	}
	return false
}

// nodeAt is the node of the i-th word of a statement.
func nodeAt(s configuration.Statement, i int) *configuration.Node {
	n := s.Node
	for range len(s.Words) - 1 - i {
		n = n.Parent()
	}
	return n
}

// files finds scripts, and values that are paths on the virtual machine.
func files(x *examination) {
	for s := range x.effective.Walk() {
		if i, path, ok := fileNamed(s.Words); ok {
			x.report(finding{node: nodeAt(s, i), restore: []string{fmt.Sprintf("file copy /var/tmp/%s %s", base(path), path)}})
		}
	}
}

// fileNamed reads the file that a statement names: scripts by Juniper's directories for them.
func fileNamed(words []string) (at int, path string, ok bool) {
	if len(words) > 4 && words[0] == "system" && words[1] == "scripts" && words[3] == "file" {
		return 4, "/var/db/scripts/" + words[2] + "/" + words[4], true
	}
	if len(words) > 3 && words[0] == "event-options" && words[1] == "event-script" && words[2] == "file" {
		return 3, "/var/db/scripts/event/" + words[3], true
	}
	for i, word := range words {
		local := strings.TrimPrefix(word, "file://")
		for _, directory := range []string{"/var/", "/config/", "/root/", "/tmp/"} {
			if strings.HasPrefix(local, directory) && len(local) > len(directory) && !strings.ContainsAny(local, " \n") && i > 0 && words[i-1] != "description" {
				return i, local, true
			}
		}
	}
	return 0, "", false
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
