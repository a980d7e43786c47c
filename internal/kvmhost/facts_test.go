package kvmhost_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/kvmhost"
	"vsrx-upgrade/internal/upgrade"
)

const (
	root      = "findmnt -n -o FSTYPE,OPTIONS /"
	memory    = "grep '^MemTotal:' /proc/meminfo"
	telnet    = "command -v telnet"
	route     = "ip route get 10.0.80.11"
	hosts     = "cat /etc/hosts"
	bonds     = "grep -r '' /proc/net/bonding"
	sockets   = "LC_ALL=C timeout 5 ss -tn"
	links     = "ip -br link"
	checkLog  = "test -e /home/vSRX/precheck.log && tail -n 1 /home/vSRX/precheck.log"
	sources   = "grep -rhE '^[[:space:]]*(deb|URIs:)[[:space:]]' /etc/apt/sources.list /etc/apt/sources.list.d"
	image     = "LC_ALL=C timeout 5 stat -c %s /var/lib/libvirt/images/vSRX-a.1/vSRX_Image.qcow2"
	space     = "LC_ALL=C timeout 5 df -Pk /var/lib/libvirt/images/vSRX-a.1"
	peerSSH   = "LC_ALL=C timeout 5 bash -c '</dev/tcp/10.88.4.22/22'"
	deviceSSH = "LC_ALL=C timeout 5 bash -c '</dev/tcp/10.88.4.20/22'"
	resolve   = "LC_ALL=C timeout 10 getent hosts archive.corp.example"
	mirror    = "LC_ALL=C timeout 5 bash -c '</dev/tcp/archive.corp.example/80'"
)

func asked() kvmhost.Questions {
	return kvmhost.Questions{PeerAddress: "10.88.4.22", DeviceAddress: "10.88.4.20", Domain: "vSRX-a.1"}
}

// fit is what a host says on which nothing stands against an upgrade.
func fit() map[string]output {
	o := healthy()
	maps.Copy(o, map[string]output{
		root:   {stdout: "ext4   rw,noatime\n"},
		memory: {stdout: "MemTotal:       131904512 kB\n"},
		telnet: {stdout: "/usr/bin/telnet\n"},
		route:  {stdout: "10.0.80.11 via 10.88.4.1 dev bond0 src 10.88.4.21 uid 0\n    cache\n"},
		hosts:  {stdout: "# made by hand\n127.0.0.1\tlocalhost.localdomain localhost # us\n10.88.4.21 edge-a\n"},
		bonds: {stdout: "/proc/net/bonding/bond1:Ethernet Channel Bonding Driver: v5.15.0\n/proc/net/bonding/bond1:\n/proc/net/bonding/bond1:MII Status: up\n" +
			"/proc/net/bonding/bond1:Slave Interface: eno2\n/proc/net/bonding/bond1:MII Status: up\n" +
			"/proc/net/bonding/bond1:Slave Interface: eno4\n/proc/net/bonding/bond1:MII Status: down\n" +
			"/proc/net/bonding/bond0:MII Status: up\n/proc/net/bonding/bond0:Slave Interface: eno1\n/proc/net/bonding/bond0:MII Status: up\n"},
		sockets: {stdout: "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nESTAB 0 36 10.88.4.21:22 10.88.9.9:50122\n"},
		links: {stdout: "lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>\nvnet0@if7        UP  fe:00:5e:20:00:01 <BROADCAST,UP>\n" +
			"bond0            UP             02:00:5e:20:01:00 <BROADCAST,UP>\nvnet1            DOWN           fe:00:5e:20:00:02 <BROADCAST>\n"},
		checkLog: {stdout: "Host: edge-a SUCCESS - Return code:0\n"},
		sources:  {stdout: "deb [arch=amd64] http://archive.corp.example/ubuntu noble main\n"},
		image:    {stdout: "7340032512\n"},
		space:    {stdout: "Filesystem     1024-blocks    Used Available Capacity Mounted on\n/dev/md3         480000000 9000000 471000000       2% /\n"},
		peerSSH:  {}, deviceSSH: {}, resolve: {stdout: "10.88.200.5 archive.corp.example\n"}, mirror: {},
	})
	return o
}

func fitFacts() upgrade.HostFacts {
	yes, also := true, true
	return upgrade.HostFacts{
		RootFS: "ext4", MemoryKB: 131904512, Telnet: true, Resolves: true, Mirror: true, ServiceRoute: true, Localhost: true,
		Bonds: []upgrade.Bond{{Name: "bond0", Ports: []string{"eno1"}, Up: []string{"eno1"}},
			{Name: "bond1", Ports: []string{"eno2", "eno4"}, Up: []string{"eno2"}}},
		Consoles: []string{"vSRX-a.1"}, ImageBytes: 7340032512, FreeBytes: 471000000 * 1024, PeerSSH: &yes, DeviceSSH: &also,
		ControlLinks: []upgrade.Link{{Name: "vnet0", State: "up"}, {Name: "vnet1", State: "down"}},
		CheckLog:     "Host: edge-a SUCCESS - Return code:0",
	}
}

func TestFactsTellWhatAHostSaysInTwoExchanges(t *testing.T) {
	no := false
	for name, c := range map[string]struct {
		command string
		output  output
		want    func(*upgrade.HostFacts)
	}{
		"that nothing is wrong":             {"", output{}, func(*upgrade.HostFacts) {}},
		"that / is read-only":               {root, output{stdout: "ext4 ro,noatime\n"}, func(f *upgrade.HostFacts) { f.RootReadOnly = true }},
		"that / lies over another one":      {root, output{stdout: "rootfs rw\noverlay rw,error=ro\n"}, func(f *upgrade.HostFacts) { f.RootFS = "overlay" }},
		"how much memory it has":            {memory, output{stdout: "MemTotal: 16000000 kB\n"}, func(f *upgrade.HostFacts) { f.MemoryKB = 16000000 }},
		"that telnet is missing":            {telnet, output{status: 1}, func(f *upgrade.HostFacts) { f.Telnet = false }},
		"that there is no way to services":  {route, output{stderr: "RTNETLINK answers: Network is unreachable\n", status: 2}, func(f *upgrade.HostFacts) { f.ServiceRoute = false }},
		"that localhost has no entry":       {hosts, output{stdout: "127.0.1.1 localhost\n127.0.0.1 edge-a # localhost\n"}, func(f *upgrade.HostFacts) { f.Localhost = false }},
		"that there is no console":          {describe, output{stdout: "<domain><name>vSRX-a.1</name><devices><serial type='pty'/></devices></domain>"}, func(f *upgrade.HostFacts) { f.Consoles = nil }},
		"that there is no machine":          {list, output{stdout: " Id   Name   State\n----\n"}, func(f *upgrade.HostFacts) { f.Consoles = nil }},
		"that a console is in use":          {sockets, output{stdout: "State Recv-Q Send-Q Local Peer\nESTAB 0 0 [::ffff:127.0.0.1]:8623 [::ffff:127.0.0.1]:40100\n"}, func(f *upgrade.HostFacts) { f.ConsoleOpen = true }},
		"that a console's guest has left":   {sockets, output{stdout: "State Recv-Q Send-Q Local Peer\nTIME-WAIT 0 0 127.0.0.1:8623 127.0.0.1:40100\nESTAB 0 0 127.0.0.1:40100 127.0.0.1:8623\n"}, func(*upgrade.HostFacts) {}},
		"that no VM has links":              {links, output{stdout: "lo UNKNOWN 00:00:00:00:00:00 <LOOPBACK>\n"}, func(f *upgrade.HostFacts) { f.ControlLinks = nil }},
		"that no check ever ran":            {checkLog, output{status: 1}, func(f *upgrade.HostFacts) { f.CheckLog = "" }},
		"what the last check found":         {checkLog, output{stdout: "Host: edge-a FAILURE - Return code:1126"}, func(f *upgrade.HostFacts) { f.CheckLog = "Host: edge-a FAILURE - Return code:1126" }},
		"how large the image is":            {image, output{stdout: "1\n"}, func(f *upgrade.HostFacts) { f.ImageBytes = 1 }},
		"that no room is left":              {space, output{stdout: "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/md3 10 11 -1 110% /\n"}, func(f *upgrade.HostFacts) { f.FreeBytes = 0 }},
		"that the peer refuses":             {peerSSH, output{stderr: "bash: connect: Connection refused\n", status: 1}, func(f *upgrade.HostFacts) { f.PeerSSH = &no }},
		"that the peer is silent":           {peerSSH, output{status: 124}, func(f *upgrade.HostFacts) { f.PeerSSH = &no }},
		"that the gateway is silent":        {deviceSSH, output{status: 124}, func(f *upgrade.HostFacts) { f.DeviceSSH = &no }},
		"that the mirror is silent":         {mirror, output{status: 124}, func(f *upgrade.HostFacts) { f.Mirror = false }},
		"sources of the newer form":         {sources, output{stdout: "URIs: file:/cdrom http://archive.corp.example/ubuntu/\n"}, func(*upgrade.HostFacts) {}},
		"sources that lack a file":          {sources, output{stdout: "deb http://archive.corp.example/ubuntu a b\n", stderr: "grep: /etc/apt/sources.list: No such file\n", status: 2}, func(*upgrade.HostFacts) {}},
		"sources with another archive":      {sources, output{stdout: "deb http://tools.corp.example/deb a b\ndeb http://archive.corp.example/ubuntu a b\n"}, func(*upgrade.HostFacts) {}},
		"that a name server leaves it out":  {resolve, output{status: 2}, nameless},
		"that the name server is not there": {resolve, output{status: 124}, nameless},
	} {
		t.Run(name, func(t *testing.T) {
			h, want := &host{outputs: fit()}, fitFacts()
			if c.command != "" {
				h.outputs[c.command] = c.output
			}
			c.want(&want)
			got := h.start(t).dial(t).Facts(t.Context(), asked())
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Facts (-want +got):\n%s", diff)
			}
			if h.exchanges() != 2 {
				t.Errorf("%d exchanges, want 2", h.exchanges())
			}
		})
	}
}

// nameless is what names that do not resolve leave to be known: nothing of the mirror.
func nameless(f *upgrade.HostFacts) {
	f.Resolves, f.Mirror = false, false
	f.Unread = []upgrade.Unread{{Item: "mirror", Reason: "the name archive.corp.example does not resolve"}}
}

func TestFactsLeaveUnreadWhatWasNotAnswered(t *testing.T) {
	broken := output{stderr: "  it broke\nhere\n", status: 126}
	for name, c := range map[string]struct {
		command string
		output  output
		fields  string
	}{
		"the mount of / fails":              {root, broken, "rootReadOnly rootFs"},
		"the mount of / is a riddle":        {root, output{stdout: "ext4\n"}, "rootReadOnly rootFs"},
		"the memory fails":                  {memory, broken, "memoryKb"},
		"the memory is a riddle":            {memory, output{stdout: "MemTotal: much kB\n"}, "memoryKb"},
		"the memory has no unit":            {memory, output{stdout: "MemTotal: 1\n"}, "memoryKb"},
		"the memory is below zero":          {memory, output{stdout: "MemTotal: -1 kB\n"}, "memoryKb"},
		"the search for telnet fails":       {telnet, broken, "telnet"},
		"the route fails":                   {route, output{status: 127}, "serviceRoute"},
		"the hosts fail":                    {hosts, broken, "localhost"},
		"the bonds fail":                    {bonds, output{stderr: "grep: /proc/net/bonding: No such file or directory\n", status: 2}, "bonds"},
		"the bonds are none":                {bonds, output{}, "bonds"},
		"the bonds are a riddle":            {bonds, output{stdout: "hello\n"}, "bonds"},
		"the machines fail":                 {list, broken, "consoles consoleOpen"},
		"the machines are a riddle":         {list, output{stdout: "hello"}, "consoles consoleOpen"},
		"the descriptions fail":             {describe, output{status: 123}, "consoles consoleOpen"},
		"the descriptions are cut":          {describe, output{stdout: "<domain"}, "consoles consoleOpen"},
		"the descriptions lack a machine":   {describe, output{}, "consoles consoleOpen"},
		"the connections fail":              {sockets, broken, "consoleOpen"},
		"the connections are a riddle":      {sockets, output{stdout: "ESTAB\n"}, "consoleOpen"},
		"the links fail":                    {links, broken, "controlLinks"},
		"the links are none":                {links, output{}, "controlLinks"},
		"the log fails":                     {checkLog, output{stderr: "tail: error reading\n", status: 1}, "checkLog"},
		"the log holds something else":      {checkLog, output{stdout: "login with fake-log-password\n"}, "checkLog"},
		"the sources fail":                  {sources, output{stderr: "grep: gone\n", status: 2}, "resolves mirror"},
		"the sources are none":              {sources, output{status: 1}, "resolves mirror"},
		"the sources have no HTTP":          {sources, output{stdout: "deb cdrom:[Ubuntu]/ noble main\n"}, "resolves mirror"},
		"the sources name a command":        {sources, output{stdout: "deb http://$(reboot)/ubuntu noble main\ndeb http://a;reboot/ubuntu a\n"}, "resolves mirror"},
		"the sources name no port":          {sources, output{stdout: "deb http://fake-user:fake-log-password@archive.corp.example:0/ubuntu a\n"}, "resolves mirror"},
		"the image fails":                   {image, broken, "imageBytes"},
		"the image is a riddle":             {image, output{stdout: "large\n"}, "imageBytes"},
		"the space fails":                   {space, broken, "freeBytes"},
		"the space is a riddle":             {space, output{stdout: "Filesystem\n"}, "freeBytes"},
		"the space is not known":            {space, output{stdout: "F B U A C M\nnone 0 0 - - /\n"}, "freeBytes"},
		"the space overflows":               {space, output{stdout: "F B U A C M\nnone 0 0 9223372036854775807 - /\n"}, "freeBytes"},
		"the peer cannot be tried":          {peerSSH, output{status: 127}, "peerSsh"},
		"the shell opens no connections":    {deviceSSH, output{stderr: "bash: /dev/tcp/10.88.4.20/22: No such file or directory", status: 1}, "deviceSsh"},
		"the name cannot be asked for":      {resolve, broken, "resolves"},
		"the mirror cannot be tried":        {mirror, broken, "mirror"},
		"the connection is cut in the end":  {mirror, output{hangUp: true}, "mirror"},
		"the connection is cut in the gap":  {resolve, output{hangUp: true}, "resolves mirror"},
		"the connection is cut on the way":  {image, output{hangUp: true}, "imageBytes freeBytes peerSsh deviceSsh resolves mirror"},
		"an answer outgrows all bounds":     {deviceSSH, output{stdout: strings.Repeat("x", 5<<20)}, "deviceSsh"},
		"an answer pretends to be the next": {hosts, output{stdout: "127.0.0.1 localhost\n\nvsrx-upgrade-AAAAAAAAAAAAAAAAAAAAAAAAAA 0\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := &host{outputs: fit()}
			h.outputs[c.command] = c.output
			got := h.start(t).dial(t).Facts(t.Context(), asked())
			checkUnread(t, got, strings.Fields(c.fields)...)
			for _, command := range h.commands() {
				if strings.Contains(command, "reboot") {
					t.Errorf("ran %q", command)
				}
			}
		})
	}
}

// checkUnread compares facts with those of a fit host: the fields named are unread, each with a reason that holds no
// secret and no field beside them differs.
func checkUnread(t *testing.T, got upgrade.HostFacts, fields ...string) {
	t.Helper()
	want, unread := fitFacts(), map[string]bool{}
	for _, u := range got.Unread {
		if u.Reason == "" || strings.Contains(u.Reason, "fake-") || strings.Contains(u.Reason, "\n") {
			t.Errorf("%s is unread because of %q", u.Item, u.Reason)
		}
		unread[u.Item] = true
	}
	wanted := map[string]bool{}
	for _, field := range fields {
		wanted[field] = true
		byJSON(t, &want, field).SetZero()
	}
	if diff := cmp.Diff(wanted, unread); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
	got.Unread = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Facts (-want +got):\n%s", diff)
	}
}

// byJSON is the field with a JSON name.
func byJSON(t *testing.T, f *upgrade.HostFacts, name string) reflect.Value {
	t.Helper()
	value := reflect.ValueOf(f).Elem()
	for i := range value.NumField() {
		if tag, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return value.Field(i)
		}
	}
	t.Fatalf("no field is called %q", name)
	return reflect.Value{}
}

func TestFactsAskOnlyWhatTheyAreAskedAndWhatIsSafe(t *testing.T) {
	const freeOfAll = "LC_ALL=C timeout 5 df -Pk /var/lib/libvirt/images"
	for name, c := range map[string]struct {
		change func(*kvmhost.Questions)
		fields string
	}{
		"a standalone has no peer":       {func(q *kvmhost.Questions) { q.PeerAddress = "" }, ""},
		"a gateway without address":      {func(q *kvmhost.Questions) { q.DeviceAddress = "" }, ""},
		"a host without a known vSRX":    {func(q *kvmhost.Questions) { q.Domain = "" }, "imageBytes"},
		"a domain that is a command":     {func(q *kvmhost.Questions) { q.Domain = "vSRX;reboot" }, "imageBytes"},
		"a domain that is a path":        {func(q *kvmhost.Questions) { q.Domain = "../vSRX" }, "imageBytes"},
		"a domain that is an option":     {func(q *kvmhost.Questions) { q.Domain = "-vSRX" }, "imageBytes"},
		"a domain that is another thing": {func(q *kvmhost.Questions) { q.Domain = "probe" }, "imageBytes"},
		"a peer that is a command":       {func(q *kvmhost.Questions) { q.PeerAddress = "10.88.4.22'; reboot; '" }, "peerSsh"},
		"a peer that is a name":          {func(q *kvmhost.Questions) { q.PeerAddress = "edge-b" }, "peerSsh"},
		"a gateway with a zone":          {func(q *kvmhost.Questions) { q.DeviceAddress = "fe80::1%$(reboot)" }, "deviceSsh"},
	} {
		t.Run(name, func(t *testing.T) {
			h, q := &host{outputs: fit()}, asked()
			c.change(&q)
			h.outputs[freeOfAll] = h.outputs[space]
			got := h.start(t).dial(t).Facts(t.Context(), q)
			fields := strings.Fields(c.fields)
			if q.PeerAddress == "" || q.DeviceAddress == "" { // not asked, so not unread
				byJSON(t, &got, map[bool]string{true: "peerSsh", false: "deviceSsh"}[q.PeerAddress == ""]).Set(reflect.ValueOf(fitFacts().PeerSSH))
			}
			checkUnread(t, got, fields...)
			for _, command := range h.commands() {
				if strings.Contains(command, "reboot") {
					t.Errorf("ran %q", command)
				}
			}
		})
	}
}

func TestAnAnswerThatOutgrowsAllBoundsIsToldAsSuch(t *testing.T) {
	h := &host{outputs: fit()}
	h.outputs[links] = output{stdout: strings.Repeat("x", 5<<20)}
	for _, u := range h.start(t).dial(t).Facts(t.Context(), asked()).Unread {
		if u.Item == "controlLinks" && !strings.Contains(u.Reason, "longer than") {
			t.Errorf("the reason is %q", u.Reason)
		}
	}
}

func TestAHostThatRunsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		host    *host
		noShell bool
	}{
		"refuses the command":           {&host{refuse: true}, true},
		"ends the session":              {&host{whole: says("", 255)}, true},
		"shows why and ends":            {&host{whole: says("This account is currently not available.\n", 1)}, true},
		"ends in peace":                 {&host{whole: says("", 0)}, true},
		"closes the connection":         {&host{outputs: map[string]output{root: {hangUp: true}}}, false},
		"answers with another's marker": {&host{whole: says("\nvsrx-upgrade-AAAAAAAAAAAAAAAAAAAAAAAAAA 0\n", 0)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.host.start(t).dial(t).Facts(t.Context(), asked())
			if got.Error == "" || got.NoShell != c.noShell {
				t.Errorf("read %+v, want an error and NoShell %t", got, c.noShell)
			}
			got.Error, got.NoShell = "", false
			if diff := cmp.Diff(upgrade.HostFacts{}, got); diff != "" {
				t.Errorf("facts of a host that said nothing (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("in time", func(t *testing.T) {
		h := (&host{outputs: map[string]output{root: {silent: true}}}).start(t)
		config := h.config(t)
		config.Timeout = 200 * time.Millisecond
		connection, err := config.Dial(t.Context(), endpoint())
		if err != nil {
			t.Fatal(err)
		}
		if got := connection.Facts(t.Context(), asked()); got.Error == "" || got.NoShell {
			t.Errorf("read %+v, want an error", got)
		}
	})
}
