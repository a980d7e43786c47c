package configuration_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

func TestWhatATerminalShowsAroundAConfigurationIsPassedOver(t *testing.T) {
	want := "set system host-name gw-9\nset system services ssh root-login allow\n"
	for name, text := range map[string]string{
		"curly with prompts":        "ops@gw-9> show configuration | no-more \n## Last commit: 2031-04-05 06:07:08 UTC by ops\nsystem {\n    host-name gw-9;\n    services {\n        ssh {\n            root-login allow;\n        }\n    }\n}\n\n{primary:node0}\nops@gw-9> ",
		"set with prompts":          "{secondary:node1}\nops@gw-9> show configuration | display set \nset system host-name gw-9\nset system services ssh root-login allow\n\n{secondary:node1}\nops@gw-9>",
		"XML with prompts":          "root@gw-9> show configuration | display xml\n<rpc-reply xmlns:junos=\"http://xml.example.net/1\">\n<configuration junos:changed-seconds=\"7\"><system><host-name>gw-9</host-name><services><ssh><root-login>allow</root-login></ssh></services></system></configuration>\n<cli><banner>{primary:node0}</banner></cli></rpc-reply>\n\nroot@gw-9>",
		"configuration mode":        "[edit]\nops@gw-9# show \nsystem {\n host-name gw-9; services { ssh { root-login allow; } } }\n\n[edit]\nops@gw-9# exit \n",
		"a root shell":              "root@gw-9:~ # cli -c 'show configuration'\nsystem { host-name gw-9; services { ssh { root-login allow; } } }\nroot@gw-9:~ # ",
		"a part of it":              "ops@gw-9> show configuration system | no-more\nhost-name gw-9;\nservices {\n    ssh {\n        root-login allow;\n    }\n}\n",
		"the echo of a command":     "show configuration\nsystem { host-name gw-9; services { ssh { root-login allow; } } }\n",
		"the pager":                 "system {\n    host-name gw-9;\n---(more 40%)---\n    services {\n        ssh {\n            root-login allow;\n        }\n    }\n}\n",
		"a byte order mark":         "\ufeffsystem { host-name gw-9; services { ssh { root-login allow; } } }",
		"CRLF in curly":             "system {\r\n    host-name gw-9;\r\n    services {\r\n        ssh {\r\n            root-login allow;\r\n        }\r\n    }\r\n}\r\n",
		"CRLF in set":               "set system host-name gw-9\r\nset system services ssh root-login allow\r\n",
		"comments of all kinds":     "# one\n/* two\n * lines */ system { ## three\n host-name gw-9; /* four */ services { ssh { root-login /* five */ allow; } } }",
		"comments in set":           "## one\nset system host-name gw-9 ## two\n/* three */\nset system services ssh root-login allow\n",
		"a reply with curly text":   "<rpc-reply><configuration-text xmlns=\"http://xml.example.net/2\">system { host-name gw-9; services { ssh { root-login allow; } } }</configuration-text></rpc-reply>",
		"a reply with set lines":    "<rpc-reply><configuration-set>\nset system host-name gw-9\nset system services ssh root-login allow\n</configuration-set></rpc-reply>",
		"prefixes and namespaces":   "<nc:rpc-reply xmlns:nc=\"urn:1\"><nc:data><configuration xmlns=\"urn:2\"><system xmlns=\"urn:3\"><host-name>\n gw-9 </host-name><services><ssh><root-login>allow</root-login></ssh></services></system></configuration></nc:data></nc:rpc-reply>",
		"statements given twice":    "system { host-name gw-9; } system { services { ssh { root-login allow; } } } system { host-name gw-9; }",
		"an activated statement":    "system { active: host-name gw-9; services { ssh { root-login allow; } } }",
		"an excerpt that lost some": "deactivate interfaces ge-0/0/3\nset system host-name gw-9\nset system services ssh root-login allow\n",
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, inSet(t, parse(t, text))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoConfigurationIsRefusedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                         {"", `f:1:1: expected a configuration, found no statement`},
		"comments only":                   {"## Last commit: today\n", `f:1:1: expected a configuration, found no statement`},
		"a prompt only":                   {"ops@gw-9> show configuration\n", `f:1:1: expected a configuration, found no statement`},
		"curly cut short":                 {"system {\n    services {\n", `f:3:1: expected "}", found end of file`},
		"curly cut in a statement":        {"system {\n    host-name gw", `f:2:17: expected ";", found end of file`},
		"a brace too many":                {"system {\n}\n}\n", `f:3:1: expected a statement, found "}"`},
		"a statement without semicolon":   {"system {\n    host-name gw-9\n}\n", `f:3:1: expected ";", found "}"`},
		"a lone semicolon":                {"system {\n    ;\n}", `f:2:5: expected a statement, found ";"`},
		"a brace without name":            {"{\n}", `f:1:1: expected a statement, found "{"`},
		"JSON":                            {"{\n  \"configuration\": {}\n}", `f:1:1: expected a statement, found "{"`},
		"a list without end":              {"a [ b c;", `f:1:8: expected a value or "]", found ";"`},
		"an empty list":                   {"a [ ];", `f:1:5: expected a value or "]", found "]"`},
		"words behind a list":             {"a [ b ] c;", `f:1:9: expected ";", found a word`},
		"braces behind a list":            {"a [ b ] { c; }", `f:1:9: expected a statement, found "{"`},
		"a list without keyword":          {"a { [ b ]; }", `f:1:5: expected a statement, found "["`},
		"an open string":                  {"system {\n    host-name \"gw;\n}\n", `f:2:15: expected the string that begins here to be closed, found end of file`},
		"a string glued to a word":        {`a b"c";`, `f:1:4: expected a blank, found a quoted string`},
		"a word glued to a string":        {`a "b"c;`, `f:1:6: expected a blank after a quoted string, found more text`},
		"an open comment":                 {"a;\n/* b", `f:2:1: expected "*/" after the comment that begins here, found end of file`},
		"a command in set":                {"set system host-name gw-9\ndelete system services\n", `f:2:1: expected "set", "deactivate" or "protect", found "delete"`},
		"a secret in the place of a word": {"set a b\n$9$fakefake c\n", `f:2:1: expected "set", "deactivate" or "protect", found a word`},
		"set without words":               {"set system host-name gw-9\nset\n", `f:2:4: expected a statement on one line, found the end of the line`},
		"curly in set":                    {"set system {\n", `f:1:12: expected a statement on one line, found "{"`},
		"a list over lines in set":        {"set a [ b\nc ]\n", `f:1:10: expected a statement on one line, found the end of the line`},
		"XML cut short":                   {"<rpc-reply>\n<configuration><system>", `f:2:24: expected the end of the open elements, found end of file`},
		"XML without configuration":       {"<rpc-reply><rpc-error/></rpc-reply>", `f:1:36: expected an element <configuration>, found end of file`},
		"XML that is none":                {"<configuration><a></b></configuration>", `f:1:23: expected well-formed XML, found something else`},
		"XML that changes":                {`<configuration><a delete="delete"/></configuration>`, `f:1:36: expected a configuration, found an instruction to change one, the attribute "delete"`},
		"a key with elements":             {`<configuration><a><name><b/></name></a></configuration>`, `f:1:29: expected the text of a key, found an element`},
		"an element among text":           {"<r><configuration-set>set a b<x/></configuration-set></r>", `f:1:34: expected text in <configuration-set>, found an element`},
		"too long a statement":            {"a {" + strings.Repeat(" b", 300) + ";}", `f:1:515: expected a shorter statement, found a word`},
		"too long a set line":             {"set" + strings.Repeat(" b", 300), `f:1:517: expected a shorter statement, found a word`},
		"too deep XML":                    {"<configuration>" + strings.Repeat("<a>", 300), `f:1:790: expected a shorter statement, found one more level`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := configuration.Parse(strings.NewReader(c.text), "f")
			malformed := new(configuration.SyntaxError)
			if !errors.As(err, &malformed) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if upgrade.KindOf(err) != upgrade.Invalid || upgrade.AdviceOf(err) == "" {
				t.Errorf("kind %q, advice %q", upgrade.KindOf(err), upgrade.AdviceOf(err))
			}
		})
	}
}

func TestAReadersErrorIsNoSyntaxError(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := configuration.Parse(iotest.ErrReader(broken), "f")
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "reading configuration f") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsShowNoSecrets(t *testing.T) {
	for _, text := range []string{
		"a { secret \"fake-secret\" } b", "a { secret fake-secret }", "set a [ b ] \"fake-secret\"", "set a [ b ] fake-secret",
		"<configuration><a>fake-secret</b></configuration>", "<configuration><a x=fake-secret/></configuration>", "fake-secret1 }", "set a b\n\"fake-secret\"\n",
		"set a b\nFake-secret9\n", "a b\"fake-secret\";",
	} {
		_, err := configuration.Parse(strings.NewReader(text), "f")
		if err == nil || strings.Contains(strings.ToLower(err.Error()), "fake-secret") {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func TestCommentsStandApart(t *testing.T) {
	tree := parse(t, "## Last commit: 2031-04-05 06:07:08 UTC by ops\nsystem {\n    /* keep */\n    host-name gw-9;\n}\n")
	want := []configuration.Comment{{Text: "## Last commit: 2031-04-05 06:07:08 UTC by ops", Line: 1, Column: 1}, {Text: "/* keep */", Line: 3, Column: 5}}
	if diff := cmp.Diff(want, tree.Comments); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheDevicesWarningsBelongToTheStatementBehindThem(t *testing.T) {
	for name, text := range map[string]string{
		"curly":     "interfaces {\n    st0 {\n        ##\n        ## Warning: statement ignored: unsupported platform (vsrx)\n        ##\n        mtu 1400;\n        unit 0;\n    }\n}\n",
		"set":       "## Warning: statement ignored: unsupported platform (vsrx)\nset interfaces st0 mtu 1400\nset interfaces st0 unit 0\n",
		"XML":       "<configuration><interfaces><interface><name>st0</name><!-- ## Warning: statement ignored: unsupported platform (vsrx) --><mtu>1400</mtu><unit><name>0</name></unit></interface></interfaces></configuration>",
		"XML junos": "<configuration xmlns:junos=\"urn:1\"><interfaces><interface><name>st0</name><junos:comment>## Warning: statement ignored: unsupported platform (vsrx)</junos:comment><mtu>1400</mtu></interface></interfaces></configuration>",
	} {
		t.Run(name, func(t *testing.T) {
			tree := parse(t, text)
			var got []string
			for n := range tree.Warned() {
				got = append(got, configuration.Line(n.Path()...)+": "+n.Warning())
			}
			want := []string{"interfaces st0 mtu 1400: statement ignored: unsupported platform (vsrx)"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestStatementsKnowWhereTheyStand(t *testing.T) {
	for name, text := range map[string]string{
		"curly": "system {\n    host-name gw-9;\n    inactive: name-server {\n        192.0.2.1;\n    }\n}\n",
		"set":   "set system host-name gw-9\n\n  set system name-server 192.0.2.1\ndeactivate system name-server\n",
		"XML":   "\n<configuration>\n  <system><host-name>gw-9</host-name>\n <name-server inactive=\"inactive\"><name>192.0.2.1</name></name-server></system></configuration>",
	} {
		t.Run(name, func(t *testing.T) {
			type place struct {
				Words        string
				Line, Column int
				Inactive     bool
			}
			var got []place
			for s := range parse(t, text).All() {
				got = append(got, place{configuration.Line(s.Words...), s.Line, s.Column, s.Inactive})
			}
			want := map[string][]place{
				"curly": {{"system host-name gw-9", 2, 5, false}, {"system name-server 192.0.2.1", 4, 9, true}},
				"set":   {{"system host-name gw-9", 1, 1, false}, {"system name-server 192.0.2.1", 3, 3, true}},
				"XML":   {{"system host-name gw-9", 3, 11, false}, {"system name-server 192.0.2.1", 4, 2, true}},
			}[name]
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWalkLeavesOutWhatIsInactive(t *testing.T) {
	tree := parse(t, "a { inactive: b { c; } d [ e f ]; inactive: g h; }")
	var got []string
	for s := range tree.Walk() {
		got = append(got, configuration.Line(s.Words...))
		if len(got) == 2 {
			break
		}
	}
	if diff := cmp.Diff([]string{"a d e", "a d f"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
