package sim

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// endOfMessage is the framing of NETCONF base:1.0 (RFC 4742), the only one that vSRX offers.
const endOfMessage = "]]>]]>"

// maxMessage bounds one message of a client.
const maxMessage = 16 << 20

// The releases from which a device that is told to follow the RFC also answers commits with nothing but ok and keeps
// warnings to itself, and from which its configuration has the namespaces of the model.
var (
	strictReplies = release{21, 2}
	modelSpaces   = release{24, 4}
)

// firstGreeting is the release from which a hello is preceded by comments.
var firstGreeting = release{18, 1}

// netconfSession is one NETCONF client on one node.
type netconfSession struct {
	cloud        *Cloud
	gateway      *appliance
	member       *member
	life         int // of the VM when the session began
	editor       *editor
	wire         *wire
	rfcCompliant bool
}

// element is an XML element of a request.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e *element) child(name string) *element {
	for i := range e.Children {
		if e.Children[i].XMLName.Local == name {
			return &e.Children[i]
		}
	}
	return nil
}

// text is the trimmed text of a child; "" if there is none.
func (e *element) text(name string) string {
	if c := e.child(name); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

func (e *element) set(name, value string) {
	e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
}

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// serveNetconf speaks NETCONF on a channel until the client closes it.
func (c *Cloud) serveNetconf(m *member, w *wire, ch ssh.Channel) int {
	s := c.openNetconf(m, w)
	defer s.end()
	if !w.send(ch, "hello", s.hello()) {
		return 1
	}
	in := bufio.NewReader(ch)
	for {
		message, err := readMessage(in)
		if err != nil {
			return 1
		}
		name, reply, last := s.handle(message)
		if !w.send(ch, name, reply) {
			return 1
		}
		if last {
			return 0
		}
	}
}

func (c *Cloud) openNetconf(m *member, w *wire) *netconfSession {
	defer c.enter()()
	s := &netconfSession{
		cloud: c, gateway: m.gateway, member: m, life: m.vm.life, wire: w, editor: c.newEditor(m.gateway, w.user, "", "netconf"),
		rfcCompliant: m.gateway.config.active("system services netconf rfc-compliant"),
	}
	m.gateway.sessions[s.editor.pid] = s
	return s
}

func readMessage(in *bufio.Reader) ([]byte, error) {
	var message []byte
	for len(message) < maxMessage {
		part, err := in.ReadSlice('>')
		if err != nil && err != bufio.ErrBufferFull {
			return nil, fmt.Errorf("reading a NETCONF message: %w", err)
		}
		message = append(message, part...)
		if whole, found := bytes.CutSuffix(message, []byte(endOfMessage)); found {
			return whole, nil
		}
	}
	return nil, fmt.Errorf("NETCONF message is longer than %d bytes", maxMessage)
}

func (s *netconfSession) hello() string {
	defer s.cloud.enter()()
	capabilities := []string{
		"urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:capability:candidate:1.0",
		"urn:ietf:params:netconf:capability:confirmed-commit:1.0", "urn:ietf:params:netconf:capability:validate:1.0",
		"urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file",
		"urn:ietf:params:xml:ns:netconf:base:1.0", "urn:ietf:params:xml:ns:netconf:capability:candidate:1.0",
		"urn:ietf:params:xml:ns:netconf:capability:confirmed-commit:1.0", "urn:ietf:params:xml:ns:netconf:capability:validate:1.0",
		"urn:ietf:params:xml:ns:netconf:capability:url:1.0?protocol=http,ftp,file",
		"http://xml.juniper.net/netconf/junos/1.0", "http://xml.juniper.net/dmi/system/1.0",
	}
	var out strings.Builder
	if s.member.release().atLeast(firstGreeting) {
		fmt.Fprintf(&out, "<!-- No zombies were killed during the creation of this user interface -->\n<!-- user %s, class %s -->\n", s.wire.user, s.class())
	}
	out.WriteString("<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\">\n  <capabilities>\n")
	for _, capability := range capabilities {
		fmt.Fprintf(&out, "    <capability>%s</capability>\n", capability)
	}
	fmt.Fprintf(&out, "  </capabilities>\n  <session-id>%d</session-id>\n</hello>\n", s.editor.pid)
	text := out.String()
	if s.rfcCompliant {
		text = prefixed(text, "hello", "capabilities", "capability", "session-id")
		text = strings.Replace(text, "hello xmlns=", "hello xmlns:nc=", 1)
	}
	return text + endOfMessage + "\n"
}

// class is the login class of the user, which the hello's comment shows.
func (s *netconfSession) class() string {
	if s.wire.user == "root" {
		return "super-user"
	}
	return "j-super-user"
}

// end lets go of the lock; uncommitted changes of a lock are gone.
func (s *netconfSession) end() {
	defer s.cloud.enter()()
	s.editor.finish()
	delete(s.gateway.sessions, s.editor.pid)
}

// handle answers one message; last is set when the session is over.
func (s *netconfSession) handle(message []byte) (name, reply string, last bool) {
	defer s.cloud.enter()()
	if s.gateway.answering() != s.member || s.member.vm.life != s.life {
		return "", "", true // the node has lost the address while the message was on its way
	}
	var rpc element
	if len(bytes.TrimSpace(message)) == 0 {
		return "", "", false
	}
	if err := xml.Unmarshal(message, &rpc); err != nil {
		return "", s.envelope(&rpc, rpcError("protocol", "malformed-message", "could not parse the message", "")), true
	}
	if rpc.XMLName.Local == "hello" {
		return "", "", false
	}
	if rpc.XMLName.Local != "rpc" || len(rpc.Children) != 1 {
		return "", s.envelope(&rpc, rpcError("protocol", tagFailed, "syntax error, expecting <rpc>", rpc.XMLName.Local)), false
	}
	name = rpc.Children[0].XMLName.Local
	call := Call{Face: "vsrx", Peer: s.wire.peer, Name: "rpc " + name, Gateway: s.gateway.spec.ID, Member: s.member.id, Status: "ok"}
	body, write := s.dispatch(&rpc.Children[0], &call)
	if strings.Contains(body, "<error-severity>error") || strings.Contains(body, "<xnm:error") {
		call.Status = "error"
	}
	call.Write = write
	s.cloud.note(call)
	reply = s.envelope(&rpc, body)
	if last = name == "close-session"; last {
		reply += fmt.Sprintf("<!-- session end at %s -->\n", junosTime(s.cloud.clock.now))
	}
	return name, reply, last
}

// envelope is a reply; every attribute of the request comes back, as RFC 6241 wants.
func (s *netconfSession) envelope(rpc *element, body string) string {
	var attrs strings.Builder
	for _, a := range rpc.Attrs {
		if a.Name.Space == "" && a.Name.Local != "xmlns" {
			fmt.Fprintf(&attrs, " %s=\"%s\"", a.Name.Local, strings.ReplaceAll(escape(a.Value), `"`, "&quot;"))
		}
	}
	space := "xmlns"
	if s.rfcCompliant {
		space = "xmlns:nc"
	}
	reply := fmt.Sprintf("<rpc-reply %s=\"urn:ietf:params:xml:ns:netconf:base:1.0\" xmlns:junos=\"http://xml.juniper.net/junos/%s/junos\"%s>\n%s</rpc-reply>\n",
		space, s.member.vm.version, attrs.String(), s.conform(body))
	if s.rfcCompliant {
		reply = prefixed(reply, "rpc-reply", "ok", "data", "rpc-error", "error-type", "error-tag", "error-severity", "error-message", "error-info", "error-path", "bad-element")
	}
	return reply + endOfMessage + "\n"
}

// conform is what "rfc-compliant" changes in a body: no empty replies, no warnings beside ok (Juniper: "Configuring
// RFC-Compliant NETCONF Sessions").
func (s *netconfSession) conform(body string) string {
	switch {
	case !s.rfcCompliant:
		return body
	case body == "":
		return "<ok/>\n"
	}
	for s.member.release().atLeast(strictReplies) && strings.Contains(body, "<ok/>") {
		before, rest, found := strings.Cut(body, rpcWarningStart)
		_, after, closed := strings.Cut(rest, "</rpc-error>\n")
		if !found || !closed {
			break
		}
		body = before + after
	}
	return body
}

// prefixed puts elements into the namespace with the prefix nc.
func prefixed(text string, names ...string) string {
	var pairs []string
	for _, name := range names {
		for _, end := range []string{">", "/>", " "} {
			pairs = append(pairs, "<"+name+end, "<nc:"+name+end)
		}
		pairs = append(pairs, "</"+name+">", "</nc:"+name+">")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func rpcError(kind, tag, message, badElement string) string {
	info := ""
	if badElement != "" {
		info = "<error-info>\n<bad-element>" + escape(badElement) + "</bad-element>\n</error-info>\n"
	}
	return fmt.Sprintf("<rpc-error>\n<error-type>%s</error-type>\n<error-tag>%s</error-tag>\n<error-severity>error</error-severity>\n<error-message>%s</error-message>\n%s</rpc-error>\n",
		kind, tag, escape(message), info)
}

const rpcWarningStart = "<rpc-error>\n<error-type>protocol</error-type>\n<error-severity>warning</error-severity>\n"

func rpcWarning(message string) string {
	return rpcWarningStart + "<error-message>" + escape(message) + "</error-message>\n</rpc-error>\n"
}

// refuse is the reply to what the device does not do.
func refuse(r *denial) string { return rpcError("protocol", r.tag, r.message, "") }

// xnmError is the form of older errors and of those of daemons.
func xnmError(daemon, message string) string {
	return fmt.Sprintf(`<xnm:error xmlns="http://xml.juniper.net/xnm/1.1/xnm" xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm">
<source-daemon>%s</source-daemon>
<message>%s</message>
</xnm:error>
`, daemon, escape(message))
}
