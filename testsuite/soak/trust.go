package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"vsrx-upgrade/testsuite/sim"
)

// forgetKeys removes the SSH host keys of an abandoned pair from the known ones, as ssh-keygen -R does: the reload that
// the person abandoned has given the host new ones, and nobody was left to learn them.
func (s *soak) forgetKeys(g *pair) error {
	path := filepath.Join(s.stage.Dir, "known_hosts")
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("locking the known host keys: %w", err)
	}
	defer lock.Close() // which releases the lock
	for {
		if err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("locking the known host keys: %w", err)
	}
	known, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the known host keys: %w", err)
	}
	if err := os.WriteFile(path+".new", []byte(without(string(known), addresses(s.stage.Cloud.Access(), g.id))), 0o600); err != nil {
		return fmt.Errorf("writing the known host keys: %w", err)
	}
	return os.Rename(path+".new", path)
}

// addresses are those of a pair and its hosts.
func addresses(a sim.Access, gateway int) (list []string) {
	for _, g := range a.Gateways {
		if g.ID != gateway {
			continue
		}
		list = append(list, g.Address)
		for _, m := range g.Members {
			list = append(list, m.HostAddress)
		}
	}
	return list
}

// without gives known_hosts lines without those of some addresses, whatever their port.
func without(known string, addresses []string) string {
	var kept strings.Builder
	for line := range strings.Lines(known) {
		gone := false
		for _, address := range addresses {
			gone = gone || strings.HasPrefix(line, "["+address+"]:") || strings.HasPrefix(line, address+" ")
		}
		if !gone {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
