package junos_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

func TestAWholeConfigurationIsLoaded(t *testing.T) {
	_, config, e := simulated(t)
	var whole strings.Builder
	if err := open(t, config, e).Configuration(t.Context(), junos.Text, &whole); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		load    junos.Load
		changed bool
		left    string
	}{
		{"merge text", *text("system {\n    login {\n        message \"a <b> & c\";\n    }\n}\n"), true, `"a <b> & c"`},
		{"merge text again", *text("system {\n    login {\n        message \"a <b> & c\";\n    }\n}\n"), false, `"a <b> & c"`},
		{"merge XML", junos.Load{Action: junos.LoadMerge, Format: junos.XML, From: strings.NewReader(
			"<?xml version=\"1.0\" encoding=\"us-ascii\"?>\n<!-- kept -->\n<configuration><system><location><building>x</building></location></system></configuration>\n")}, true, "building x"},
		{"set lines", junos.Load{Action: junos.LoadSet, Format: junos.Set, From: strings.NewReader("set system location floor 3\nset system location lata 1\n")}, true, "lata 1"},
		{"override", junos.Load{Action: junos.LoadOverride, Format: junos.Text, From: iotest.OneByteReader(strings.NewReader(whole.String()))}, true, ""},
	} {
		changed, err := config.Apply(t.Context(), e, junos.Change{Load: &c.load, Wanted: anything, ConfirmMinutes: 10, Log: "test: " + c.name})
		if err != nil || changed != c.changed {
			t.Fatalf("%s: changed %v, error %v", c.name, changed, err)
		}
		if !configured(t, config, e, c.left) {
			t.Errorf("%s: %q is not in the configuration", c.name, c.left)
		}
	}
	var after strings.Builder
	if err := open(t, config, e).Configuration(t.Context(), junos.Text, &after); err != nil {
		t.Fatal(err)
	}
	if digest(after.String()) != digest(whole.String()) {
		t.Error("the override does not bring back what was there")
	}
}

func TestALoadFailsWhere(t *testing.T) {
	xml := func(document string) junos.Load {
		return junos.Load{Action: junos.LoadOverride, Format: junos.XML, From: strings.NewReader(document)}
	}
	for name, c := range map[string]struct {
		load junos.Load
		want upgrade.Kind
	}{
		"the text is no configuration":                        {*text("system {"), upgrade.Refused},
		"the line is no command":                              {junos.Load{Action: junos.LoadSet, Format: junos.Set, From: strings.NewReader("frobnicate all\n")}, upgrade.Refused},
		"it cannot be read":                                   {junos.Load{Action: junos.LoadMerge, Format: junos.Text, From: iotest.ErrReader(errors.New("disk"))}, upgrade.Internal},
		"it cannot be read to its end":                        {junos.Load{Action: junos.LoadMerge, Format: junos.Text, From: io.MultiReader(strings.NewReader("system {"), iotest.ErrReader(errors.New("disk")))}, upgrade.Internal},
		"the XML cannot be read to its end":                   {junos.Load{Action: junos.LoadMerge, Format: junos.XML, From: io.MultiReader(strings.NewReader("<configuration>"), iotest.ErrReader(errors.New("disk")))}, upgrade.Internal},
		"the XML is empty":                                    {xml(" \n"), upgrade.Invalid},
		"the XML is a declaration alone":                      {xml("<?xml version=\"1.0\""), upgrade.Invalid},
		"the XML is another document":                         {xml("<rpc-reply/>"), upgrade.Invalid},
		"the XML is cut":                                      {xml("<configuration><system>"), upgrade.Invalid},
		"the XML is two documents":                            {xml("<configuration/><configuration/>"), upgrade.Invalid},
		"the XML closes what it has not":                      {xml("<configuration></load-configuration>"), upgrade.Invalid},
		"the XML has text around it":                          {xml("<configuration/>and more"), upgrade.Invalid},
		"the XML holds the end of a message":                  {xml("<configuration><!-- ]]>]]> --></configuration>"), upgrade.Invalid},
		"a text holds the end of a message, which is escaped": {*text("system {\n    location {\n        building \"]]>]]>\";\n"), upgrade.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			_, config, e := simulated(t)
			session := open(t, config, e)
			var before strings.Builder
			if err := session.Configuration(t.Context(), junos.Set, &before); err != nil {
				t.Fatal(err)
			}
			_, err := config.Apply(t.Context(), e, junos.Change{Load: &c.load, Wanted: anything, ConfirmMinutes: 10, Log: "test: " + name})
			wantKind(t, err, c.want)
			wantUntouched(t, session, before.String())
		})
	}
}
