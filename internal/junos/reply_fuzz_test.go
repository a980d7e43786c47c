package junos

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"vsrx-upgrade/internal/upgrade"
)

// replyStart begins a reply to the request of id 7, with the namespaces that Junos declares in it.
const replyStart = `<nc:rpc-reply xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="http://xml.juniper.net/junos/23.4R2/junos" message-id="7">`

// seedReplies adds every answer of testdata as the device sends it, cut, and for another request; then the forms of
// success and refusal that a reply has beside its data.
func seedReplies(f *testing.F, more ...string) {
	f.Helper()
	files, err := filepath.Glob("testdata/*/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d answers in testdata, %v", len(files), err)
	}
	inner := append(more, "", "<nc:ok/>", "<output>error: command is not valid on the vsrx</output>",
		"<nc:rpc-error><nc:error-severity>warning</nc:error-severity><nc:error-message>statement not found</nc:error-message></nc:rpc-error><nc:ok/>",
		"<nc:rpc-error><nc:error-severity>error</nc:error-severity><nc:error-message>\nconfiguration database locked by:\n  kim terminal p1\n</nc:error-message></nc:rpc-error>",
		"<rpc-error><error-message>"+strings.Repeat("x", 399)+"é</error-message></rpc-error>",
		`<xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm"><message>syntax error</message></xnm:error>`,
		`<routing-engine junos:style="show-name"><name>node1</name><commit-check-success/><nc:ok/>`)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		inner = append(inner, string(raw))
	}
	for _, text := range inner {
		f.Add(replyStart + text + "</nc:rpc-reply>\n]]>]]>\n")
		f.Add(replyStart + text[:len(text)/2] + "\n]]>]]>")
	}
	f.Add(strings.Replace(replyStart, `"7"`, `"8"`, 1) + "<nc:ok/></nc:rpc-reply>]]>]]>")
	f.Add(`<!-- a comment --><?xml version="1.0" encoding="us-ascii"?>` + replyStart + "</nc:rpc-reply><!-- session end -->]]>]]>")
}

// FuzzReply reads a whole message as a session does: the frame, the tree, the refusals in it. What is accepted belongs
// to the request and is read alike by the tolerant way, and a refusal is one short line that also fails the outcome.
func FuzzReply(f *testing.F) {
	seedReplies(f)
	f.Fuzz(func(t *testing.T, stream string) {
		document, err := io.ReadAll(newFrame(bufio.NewReader(iotest.HalfReader(strings.NewReader(stream))), len(stream)+1))
		if err != nil {
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("the frame of %q ends with %v", stream, err)
			}
			return
		}
		reply, err := parseReply(document, "7", false)
		tolerant, second := parseReply(document, "7", true)
		if err != nil {
			if upgrade.KindOf(err) != upgrade.Malformed {
				t.Fatalf("%v is of kind %q", err, upgrade.KindOf(err))
			}
			if second == nil && !bytes.Contains(document, []byte("<routing-engine")) {
				t.Fatalf("%q is read for a commit only", document)
			}
			reply = tolerant
		} else if second != nil || !reflect.DeepEqual(reply, tolerant) {
			t.Fatalf("%q is read otherwise for a commit: %v", document, second)
		}
		if reply == nil {
			return
		}
		if !isError(reply) && (reply.name != "rpc-reply" || reply.id != "7") {
			t.Fatalf("a reply %q to the request %q", reply.name, reply.id)
		}
		wantSentences(t, refusals(reply))
		wantOutcome(t, reply)
	})
}

// wantSentences holds that the device's words fit into a line of a status, whatever it wrote.
func wantSentences(t *testing.T, messages []string) {
	t.Helper()
	for _, m := range messages {
		if m == "" || strings.ContainsAny(m, "\r\n\t") || utf8.RuneCountInString(m) > 402 || !utf8.ValidString(m) {
			t.Fatalf("the refusal is %q", m)
		}
	}
}

// wantOutcome holds that what a call refuses is no success of a change either.
func wantOutcome(t *testing.T, reply *element) {
	t.Helper()
	_, refused := treeOutput(reply)
	if len(refusals(reply)) > 0 && (refused == nil || upgrade.KindOf(refused) != upgrade.Refused) {
		t.Fatalf("a refusal is given as output: %v", refused)
	}
}

// FuzzConfigurationReply holds the streamed copy of a configuration against the tree that encoding/xml makes of the same
// reply: both give the same text, in whatever pieces the reply comes, and a refusal in it is one.
func FuzzConfigurationReply(f *testing.F) {
	seedReplies(f, "<configuration-text xmlns=\"http://xml.juniper.net/xnm/1.1/xnm\">\nversion 23.4R2-S3.9;\nsystem { /* a &lt; b &amp; c */ }\n</configuration-text>",
		"<configuration-text>\r\na &quot;&#65;&#x42;&apos; ]]&gt;\n\n</configuration-text>", "<configuration-text/>", "<configuration-set>set a b\n</configuration-set>",
		"<configuration-text>a<!-- b -->c</configuration-text>", "<configuration-text><![CDATA[a]]></configuration-text>", "<configuration-text>a</configuration-text><configuration-text>b</configuration-text>")
	f.Add(`<?xml version="2.0"?>` + replyStart + "<configuration-text>a</configuration-text></nc:rpc-reply>]]>]]>")
	f.Add(`<?xml version="1.0" encoding="utf-7"?>` + replyStart + "<configuration-text>a</configuration-text></nc:rpc-reply>]]>]]>")
	f.Fuzz(func(t *testing.T, stream string) {
		message, _, ended := strings.Cut(stream, string(endMark))
		if !ended {
			return
		}
		var text, again strings.Builder
		copied := func(in io.Reader, size int, w io.Writer) error {
			return newFrame(bufio.NewReaderSize(in, size), len(stream)+1).readBy(func(message io.Reader) error {
				return copyConfiguration(message, "7", "configuration-text", w)
			})
		}
		err := copied(strings.NewReader(stream), 64<<10, &text)
		pieces := copied(iotest.OneByteReader(strings.NewReader(stream)), 16, &again)
		if text.String() != again.String() || upgrade.KindOf(err) != upgrade.KindOf(pieces) || (err == nil) != (pieces == nil) {
			t.Fatalf("whole it is %q, %v; in pieces %q, %v", &text, err, &again, pieces)
		}
		if kind := upgrade.KindOf(err); err != nil && kind != upgrade.Malformed && kind != upgrade.Refused {
			t.Fatalf("the error %v is of kind %q", err, kind)
		}
		want, plain := plainConfiguration(message)
		if plain && (err != nil || strings.TrimSpace(text.String()) != want) {
			t.Fatalf("the copy of %q is %q, %v; the tree holds %q", message, &text, err, want)
		}
		if reply, wrong := parseReply([]byte(message), "7", false); wrong == nil && err == nil && len(refusals(reply)) > 0 {
			t.Fatalf("%q is a refusal and copied as %q", message, &text)
		}
	})
}

// plainConfiguration is the configuration of a reply as the tree has it. It is plain where nothing stands in the reply that
// the copy treats in its own way: an error, a markup inside of the text, a carriage return, a reference by number.
func plainConfiguration(message string) (text string, plain bool) {
	reply, err := parseReply([]byte(message), "7", false)
	if err != nil || isError(reply) || strings.ContainsAny(message, "\r") || strings.Contains(message, "<!") || strings.Contains(message, "<?") || strings.Contains(message, "&#") {
		return "", false
	}
	found, errs := reply.all("configuration-text"), append(reply.all("rpc-error"), reply.all("error")...)
	if len(found) != 1 || len(found[0].children) > 0 || len(errs) > 0 {
		return "", false
	}
	return found[0].text, true
}

// FuzzReadings feeds the readers that have no parser of their own for a person's capture: what they accept is whole.
func FuzzReadings(f *testing.F) {
	seedReplies(f, "<interface-information><ifa-local>129.1.2.3/2</ifa-local><ifa-local>143.1.2.3</ifa-local></interface-information>",
		"<configuration-information><configuration-output>\n[edit system]\n-  host-name a;\n+  host-name b;\n</configuration-output></configuration-information>",
		"<output>BGP instance is not running</output>")
	f.Fuzz(func(t *testing.T, message string) {
		reply, err := parseReply([]byte(strings.TrimSuffix(strings.TrimSpace(message), string(endMark))), "7", false)
		if err != nil {
			return
		}
		o, err := treeOutput(reply)
		if err != nil {
			return
		}
		wantReadings(t, o)
	})
}

func wantReadings(t *testing.T, o output) {
	t.Helper()
	node, err := readAnswering(o)
	known(t, err)
	if node != "" && node != "node0" && node != "node1" {
		t.Errorf("%q answers", node)
	}
	_, err = readDifference(o)
	known(t, err)
	interfaces, err := readInterfaces(o)
	known(t, err)
	for _, i := range interfaces {
		if i.Name == "" {
			t.Errorf("the interface %+v", i)
		}
	}
	_, err = readHardwareAddresses(o)
	known(t, err)
	_, err = readRoutes(o)
	known(t, err)
	peers, err := readPeers(o)
	known(t, err)
	for _, p := range peers {
		if p.Address == "" || p.State == "" {
			t.Errorf("the peer %+v", p)
		}
	}
	entries, err := readCommits(o.tree)
	known(t, err)
	_ = newest(entries).String() // of any list, also an empty one
}

// known makes sure that what cannot be read says why.
func known(t *testing.T, err error) {
	t.Helper()
	if kind := upgrade.KindOf(err); err != nil && kind != upgrade.Malformed && kind != upgrade.Refused {
		t.Errorf("the error %v is of kind %q", err, kind)
	}
}
