package sim

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// endOfMessage is the framing of NETCONF base:1.0 (RFC 4742), the only one that vSRX offers.
const endOfMessage = "]]>]]>"

// maxMessage bounds one message of a client.
const maxMessage = 16 << 20

// netconfSession is one NETCONF client on one node.
type netconfSession struct {
	cloud     *Cloud
	gateway   *appliance
	member    *member
	life      int // of the VM when the session began
	id        int
	user      string
	peer      string
	since     string
	candidate *configuration // nil without the lock
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

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// serveNetconf speaks NETCONF on a channel until the client closes it.
func (c *Cloud) serveNetconf(m *member, user, peer string, ch ssh.Channel) int {
	leave := c.enter()
	c.logins++
	s := &netconfSession{cloud: c, gateway: m.gateway, member: m, life: m.vm.life, id: 20000 + c.logins, user: user, peer: peer,
		since: c.clock.now.UTC().Format("2006-01-02 15:04:05 MST")}
	leave()
	defer s.end()
	if _, err := io.WriteString(ch, s.hello()); err != nil {
		return 1
	}
	in := bufio.NewReader(ch)
	for {
		message, err := readMessage(in)
		if err != nil {
			return 1
		}
		reply, last := s.handle(message)
		if _, err := io.WriteString(ch, reply); err != nil {
			return 1
		}
		if last {
			return 0
		}
	}
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
	capabilities := []string{
		"urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:capability:candidate:1.0",
		"urn:ietf:params:netconf:capability:confirmed-commit:1.0", "urn:ietf:params:netconf:capability:validate:1.0",
		"urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file",
		"urn:ietf:params:xml:ns:netconf:base:1.0", "urn:ietf:params:xml:ns:netconf:capability:candidate:1.0",
		"http://xml.juniper.net/netconf/junos/1.0", "http://xml.juniper.net/dmi/system/1.0",
	}
	var out strings.Builder
	fmt.Fprintf(&out, "<!-- No zombies were killed during the creation of this user interface -->\n"+
		"<!-- user %s, class j-super-user -->\n<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\">\n  <capabilities>\n", s.user)
	for _, capability := range capabilities {
		fmt.Fprintf(&out, "    <capability>%s</capability>\n", capability)
	}
	fmt.Fprintf(&out, "  </capabilities>\n  <session-id>%d</session-id>\n</hello>\n%s\n", s.id, endOfMessage)
	return out.String()
}

// end lets go of the lock; uncommitted changes are gone.
func (s *netconfSession) end() {
	defer s.cloud.enter()()
	if s.gateway.lockedBy == s {
		s.gateway.lockedBy = nil
	}
}

// handle answers one message; last is set when the session is over.
func (s *netconfSession) handle(message []byte) (reply string, last bool) {
	defer s.cloud.enter()()
	if s.gateway.answering() != s.member || s.member.vm.life != s.life {
		return "", true // the node has lost the address while the message was on its way
	}
	var rpc element
	if len(bytes.TrimSpace(message)) == 0 {
		return "", false
	}
	if err := xml.Unmarshal(message, &rpc); err != nil {
		return s.envelope(&rpc, rpcError("protocol", "malformed-message", "could not parse the message", "")), true
	}
	if rpc.XMLName.Local == "hello" {
		return "", false
	}
	if rpc.XMLName.Local != "rpc" || len(rpc.Children) != 1 {
		return s.envelope(&rpc, rpcError("protocol", "operation-failed", "syntax error, expecting <rpc>", rpc.XMLName.Local)), false
	}
	call := Call{Face: "vsrx", Peer: s.peer, Name: "rpc " + rpc.Children[0].XMLName.Local, Gateway: s.gateway.spec.ID, Member: s.member.id, Status: "ok"}
	body, write := s.dispatch(&rpc.Children[0], &call)
	if strings.Contains(body, "<rpc-error>") || strings.Contains(body, "<xnm:error") {
		call.Status = "error"
	}
	call.Write = write
	s.cloud.note(call)
	return s.envelope(&rpc, body), rpc.Children[0].XMLName.Local == "close-session"
}

// envelope is a reply; every attribute of the request comes back, as RFC 6241 wants.
func (s *netconfSession) envelope(rpc *element, body string) string {
	var attrs strings.Builder
	for _, a := range rpc.Attrs {
		if a.Name.Space == "" && a.Name.Local != "xmlns" {
			fmt.Fprintf(&attrs, " %s=\"%s\"", a.Name.Local, strings.ReplaceAll(escape(a.Value), `"`, "&quot;"))
		}
	}
	return fmt.Sprintf("<rpc-reply xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" xmlns:junos=\"http://xml.juniper.net/junos/%s/junos\"%s>\n%s</rpc-reply>\n%s\n",
		s.member.vm.version, attrs.String(), body, endOfMessage)
}

func rpcError(kind, tag, message, badElement string) string {
	info := ""
	if badElement != "" {
		info = "<error-info>\n<bad-element>" + escape(badElement) + "</bad-element>\n</error-info>\n"
	}
	return fmt.Sprintf("<rpc-error>\n<error-type>%s</error-type>\n<error-tag>%s</error-tag>\n<error-severity>error</error-severity>\n<error-message>%s</error-message>\n%s</rpc-error>\n",
		kind, tag, escape(message), info)
}

func rpcWarning(message string) string {
	return fmt.Sprintf("<rpc-error>\n<error-type>protocol</error-type>\n<error-severity>warning</error-severity>\n<error-message>%s</error-message>\n</rpc-error>\n", escape(message))
}
