package kvmhost

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// bonding is where the Linux bonding driver describes its bonds, one file each.
const bonding = "/proc/net/bonding"

// parseRoot reads type and options of the mount on /; of several mounts the last one is on top.
func parseRoot(text string) (kind string, readOnly bool, err error) {
	rows := strings.Split(strings.TrimSpace(text), "\n")
	cells := strings.Fields(rows[len(rows)-1])
	if len(cells) != 2 {
		return "", false, errors.New("findmnt gives no type and options of /")
	}
	return cells[0], slices.Contains(strings.Split(cells[1], ","), "ro"), nil
}

func parseMemory(text string) (int, error) {
	cells := strings.Fields(text)
	if len(cells) != 3 || cells[2] != "kB" {
		return 0, errors.New("/proc/meminfo gives no MemTotal in kB")
	}
	size, err := strconv.Atoi(cells[1])
	if err != nil || size <= 0 {
		return 0, fmt.Errorf("/proc/meminfo gives the MemTotal %q", cells[1])
	}
	return size, nil
}

// namesLocalhost looks for 127.0.0.1 with the name localhost in /etc/hosts.
func namesLocalhost(text string) bool {
	for line := range strings.Lines(text) {
		entry, _, _ := strings.Cut(line, "#")
		cells := strings.Fields(entry)
		if len(cells) > 1 && cells[0] == "127.0.0.1" && slices.Contains(cells[1:], "localhost") {
			return true
		}
	}
	return false
}

// parseBonds reads the files of the bonding driver with their names in front of each line (Linux kernel: "Linux Ethernet
// Bonding Driver HOWTO", querying bonding configuration).
func parseBonds(text string) ([]upgrade.Bond, error) {
	bonds := map[string]*upgrade.Bond{}
	port := map[string]string{} // the one that the lines of a bond are about
	for line := range strings.Lines(text) {
		rest, found := strings.CutPrefix(line, bonding+"/")
		name, rest, cut := strings.Cut(rest, ":")
		if !found || !cut {
			return nil, fmt.Errorf("a line is of no file in %s", bonding)
		}
		if bonds[name] == nil {
			bonds[name] = &upgrade.Bond{Name: name, Ports: []string{}, Up: []string{}}
		}
		bond := bonds[name]
		key, value, _ := strings.Cut(rest, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "Slave Interface":
			port[name] = value
			bond.Ports = append(bond.Ports, value)
		case "MII Status": // the first one of a file is the bond's own
			if port[name] != "" && value == "up" && !slices.Contains(bond.Up, port[name]) {
				bond.Up = append(bond.Up, port[name])
			}
		}
	}
	var list []upgrade.Bond
	for _, bond := range bonds {
		list = append(list, *bond)
	}
	if len(list) == 0 {
		return nil, errors.New("there is no bond")
	}
	slices.SortFunc(list, func(a, b upgrade.Bond) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

func parseSize(text string) (int64, error) {
	size, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || size < 0 {
		return 0, errors.New("stat gives no size")
	}
	return size, nil
}

// parseFree reads the row of one file system in the form of POSIX df, in units of 1024 bytes.
func parseFree(text string) (int64, error) {
	rows := strings.Split(strings.TrimSpace(text), "\n")
	cells := strings.Fields(rows[len(rows)-1])
	if len(rows) != 2 || len(cells) < 6 {
		return 0, errors.New("df gives no row of one file system")
	}
	const most = 1 << 50 // KiB; more would overflow the bytes
	free, err := strconv.ParseInt(cells[3], 10, 64)
	if err != nil || free > most {
		return 0, errors.New("df gives no free space")
	}
	return max(free, 0) * 1024, nil
}

// parseControlLinks picks the taps of the VM's management and control links out of "ip -br link" (IBM: vnet0, vnet1).
func parseControlLinks(text string) ([]upgrade.Link, error) {
	var links []upgrade.Link
	rows := 0
	for line := range strings.Lines(text) {
		cells := strings.Fields(line)
		if len(cells) < 2 {
			continue
		}
		rows++
		name, _, _ := strings.Cut(cells[0], "@")
		if strings.HasPrefix(name, "vnet") {
			links = append(links, upgrade.Link{Name: name, State: strings.ToLower(cells[1])})
		}
	}
	if rows == 0 {
		return nil, errors.New("ip gives no links")
	}
	return links, nil
}
