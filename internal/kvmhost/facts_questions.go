package kvmhost

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

const (
	imagesFolder = "/var/lib/libvirt/images"
	imageName    = "vSRX_Image.qcow2" // IBM: vsrx-rollback-reload
	// serviceAddress is a name server of IBM Cloud's private service network (IBM: default vSRX configuration).
	serviceAddress = "10.0.80.11"
	// checkLog is where IBM's readiness check leaves its log on the host.
	checkLog = "/home/vSRX/precheck.log"
)

// questions are those of the first exchange; those that cannot be put are unread at once. All of them only read.
func (s *survey) questions(q Questions) []question {
	f := &s.facts
	list := []question{
		{[]string{"rootReadOnly", "rootFs"}, []string{"findmnt -n -o FSTYPE,OPTIONS /"}, output(func(text string) (err error) {
			f.RootFS, f.RootReadOnly, err = parseRoot(text)
			return err
		})},
		{[]string{"memoryKb"}, []string{"grep '^MemTotal:' /proc/meminfo"}, output(into(&f.MemoryKB, parseMemory))},
		{[]string{"telnet"}, []string{"command -v telnet"}, verdict(&f.Telnet, 1)},
		// ip(8): status 2 is the kernel's own refusal, for it has no route.
		{[]string{"serviceRoute"}, []string{"ip route get " + serviceAddress}, verdict(&f.ServiceRoute, 2)},
		{[]string{"localhost"}, []string{"cat /etc/hosts"}, output(func(text string) error {
			f.Localhost = namesLocalhost(text)
			return nil
		})},
		{[]string{"bonds"}, []string{"grep -r '' " + bonding}, output(into(&f.Bonds, parseBonds))},
		{[]string{"consoles"}, []string{listDomains, describeDomains}, s.readConsoles},
		{[]string{"consoleOpen"}, []string{"LC_ALL=C timeout 5 ss -tn"}, output(s.readConnections)},
		{[]string{"controlLinks"}, []string{"ip -br link"}, output(into(&f.ControlLinks, parseControlLinks))},
		{[]string{"checkLog"}, []string{"test -e " + checkLog + " && tail -n 1 " + checkLog}, s.readLog},
		{[]string{"resolves", "mirror"}, []string{"grep -rhE '^[[:space:]]*(deb|URIs:)[[:space:]]' /etc/apt/sources.list /etc/apt/sources.list.d"}, s.readSources},
	}
	list = append(list, s.imageQuestions(q.Domain)...)
	list = append(list, s.reach("peerSsh", q.PeerAddress, &f.PeerSSH)...)
	return append(list, s.reach("deviceSsh", q.DeviceAddress, &f.DeviceSSH)...)
}

// imageQuestions ask for the vSRX's disk image and for the room beside it.
func (s *survey) imageQuestions(domain string) []question {
	f, folder := &s.facts, imagesFolder
	var list []question
	if safeName.MatchString(domain) {
		folder = imageFolder(domain)
		list = []question{{[]string{"imageBytes"}, []string{"LC_ALL=C timeout 5 stat -c %s " + folder + "/" + imageName}, output(into(&f.ImageBytes, parseSize))}}
	} else {
		s.unread(fmt.Errorf("%q is not the name of a vSRX", domain), "imageBytes")
	}
	return append(list, question{[]string{"freeBytes"}, []string{"LC_ALL=C timeout 5 df -Pk " + folder}, output(into(&f.FreeBytes, parseFree))})
}

// imageFolder is where IBM keeps the disk image of a vSRX and its backup; the name must be a safe one.
func imageFolder(domain string) string { return imagesFolder + "/" + domain }

// reach asks whether SSH of an address answers; without an address it asks nothing.
func (s *survey) reach(field, address string, answer **bool) []question {
	if address == "" {
		return nil
	}
	parsed, err := netip.ParseAddr(address)
	if err != nil || parsed.Zone() != "" {
		s.unread(fmt.Errorf("%q is not an address", address), field)
		return nil
	}
	return []question{{[]string{field}, []string{connect(parsed.String(), "22")}, func(r []reply) error {
		open, err := connected(r[0])
		if err == nil {
			*answer = &open
		}
		return err
	}}}
}

// mirrorQuestions are those of the second exchange.
func (s *survey) mirrorQuestions() []question {
	f, m := &s.facts, s.mirror
	nameless := false
	resolve := func(r []reply) error {
		if _, err := netip.ParseAddr(m.host); err == nil {
			return fmt.Errorf("the apt sources name the address %s and no name", m.host)
		}
		// getent(1): status 2 is a name that was not found.
		err := verdict(&f.Resolves, 2, statusTimeout)(r)
		nameless = err == nil && !f.Resolves
		return err
	}
	open := func(r []reply) (err error) {
		if nameless {
			return fmt.Errorf("the name %s does not resolve", m.host)
		}
		f.Mirror, err = connected(r[0])
		return err
	}
	return []question{
		{[]string{"resolves"}, []string{"LC_ALL=C timeout 10 getent hosts " + m.host}, resolve},
		{[]string{"mirror"}, []string{connect(m.host, m.port)}, open},
	}
}

// connect opens a TCP connection and closes it: Bash and timeout are in every Ubuntu, netcat is not (Bash Reference
// Manual, "Redirections").
func connect(address, port string) string {
	return fmt.Sprintf("LC_ALL=C timeout 5 bash -c '</dev/tcp/%s/%s'", address, port)
}

// connected reads the end of connect: 1 is a redirection that failed.
func connected(r reply) (bool, error) {
	switch {
	case r.status == 0:
		return true, nil
	case r.status == 1 && !strings.Contains(r.errs, "No such file"), r.status == statusTimeout:
		return false, nil
	case r.status == 1:
		return false, errors.New("this Bash opens no network connections")
	}
	return false, r.failed()
}

// output makes a question's read of one that needs only the output of a single command that ended well.
func output(read func(text string) error) func([]reply) error {
	return func(replies []reply) error {
		if err := replies[0].failed(); err != nil {
			return err
		}
		return read(replies[0].out)
	}
}

// into puts what a parser finds where it belongs.
func into[T any](field *T, parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		value, err := parse(text)
		if err == nil {
			*field = value
		}
		return err
	}
}

// verdict reads yes from exit status 0 and no from the given ones; any other tells nothing.
func verdict(field *bool, no ...int) func([]reply) error {
	return func(replies []reply) error {
		for _, status := range no {
			if replies[0].status == status {
				return nil
			}
		}
		*field = replies[0].status == 0
		return replies[0].failed()
	}
}
