package junos

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// storageRow is a row of "show system storage": name, size, used, free, per cent, mount. A file system that is fuller
// than full has less than nothing free (FreeBSD keeps a reserve).
var storageRow = regexp.MustCompile(`^(\S+)\s+(\S+)\s+(\S+)\s+(-?[\d.]+[BKMGTP]?i?)\s+(-?\d+)%\s+(/\S*)$`)

// ParseStorage reads "show system storage" in any form. Errors are of kind Malformed, or Refused in the words of the
// device.
func ParseStorage(raw string) ([]upgrade.Filesystem, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	return readStorage(o)
}

func readStorage(o output) ([]upgrade.Filesystem, error) {
	var filesystems []upgrade.Filesystem
	for _, p := range o.byNode() {
		found, err := partStorage(p)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Node = p.node
			filesystems = append(filesystems, f)
		}
	}
	if len(filesystems) == 0 {
		return nil, unrecognised("file system")
	}
	return filesystems, nil
}

// partStorage reads one node. Elements count blocks of 512 bytes.
func partStorage(p part) ([]upgrade.Filesystem, error) {
	var filesystems []upgrade.Filesystem
	if p.tree.first("filesystem") == nil {
		return textStorage(p.text)
	}
	for _, e := range p.tree.all("filesystem") {
		used, err := number(e, "used-percent")
		if err != nil {
			return nil, err
		}
		free, err := strconv.ParseInt(e.value("available-blocks"), 10, 64)
		if err != nil || e.value("mounted-on") == "" {
			return nil, incomplete("the storage", e.value("filesystem-name"))
		}
		filesystems = append(filesystems, upgrade.Filesystem{Mount: e.value("mounted-on"), UsedPercent: used, FreeKB: free / 2})
	}
	return filesystems, nil
}

func textStorage(text string) ([]upgrade.Filesystem, error) {
	var filesystems []upgrade.Filesystem
	table, block := false, 1.0
	for _, line := range lines(text) {
		switch {
		case strings.HasPrefix(line, "Filesystem"):
			table = true
			if strings.Contains(line, "512-blocks") {
				block = 512
			} else if strings.Contains(line, "1024-blocks") || strings.Contains(line, "1K-blocks") {
				block = 1024
			}
		case table:
			m := storageRow.FindStringSubmatch(line)
			if m == nil {
				return nil, incomplete("the storage", line)
			}
			used, err := digits(m[5])
			if err != nil {
				return nil, err
			}
			free, err := kilobytes(m[4], block)
			if err != nil {
				return nil, err
			}
			filesystems = append(filesystems, upgrade.Filesystem{Mount: m[6], UsedPercent: used, FreeKB: free})
		}
	}
	return filesystems, nil
}

// kilobytes reads a size such as "1.2G" or "730M"; a bare number counts blocks of the given bytes.
func kilobytes(size string, block float64) (int64, error) {
	figure := strings.TrimRight(size, "BKMGTPi")
	factor := map[string]float64{"": block, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
	n, err := strconv.ParseFloat(figure, 64)
	unit, known := factor[strings.TrimSuffix(size[len(figure):], "i")]
	if err != nil || !known || math.Abs(n*unit) > math.MaxInt64/2 {
		return 0, upgrade.Errorf(upgrade.Malformed, "%q is not a size", size)
	}
	return int64(n * unit / 1024), nil
}
