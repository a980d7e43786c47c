package lint_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/lint"
	"vsrx-upgrade/internal/upgrade"
)

// sound is what a configuration needs so that no rule speaks.
const sound = "system { services { ssh { root-login allow; } netconf { ssh; } } }\n"

func parse(t testing.TB, text string) *configuration.Tree {
	t.Helper()
	tree, err := configuration.Parse(strings.NewReader(text), "gw.conf")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return tree
}

// said are the findings of one rule.
func said(rule string, found []upgrade.Statement) []upgrade.Statement {
	return slices.DeleteFunc(slices.Clone(found), func(s upgrade.Statement) bool { return s.Rule != rule })
}

// verdicts are findings in one line each, without places and reasons, sorted.
func verdicts(found []upgrade.Statement) []string {
	list := []string{}
	for _, s := range found {
		line := s.Path
		for _, fix := range s.Fix {
			line += " ⇒ " + fix
		}
		for _, restore := range s.Restore {
			line += " ⇐ " + restore
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

// example is a configuration in curly form with what one rule has to say of it: path ⇒ fixes ⇐ restores.
type example struct {
	name  string
	curly string
	want  []string
}

func TestEachRuleFindsItsStatementsAndNoOthersInEveryForm(t *testing.T) {
	covered := map[string][2]int{}
	for rule, list := range examples() {
		for _, e := range list {
			n := covered[rule]
			if len(e.want) > 0 {
				n[0]++
			} else {
				n[1]++
			}
			covered[rule] = n
			for form, text := range forms(t, e.curly) {
				t.Run(fmt.Sprintf("%s/%s/%s", rule, e.name, form), func(t *testing.T) {
					found := said(rule, lint.Run(parse(t, text), lint.Options{}))
					if diff := cmp.Diff(append([]string{}, e.want...), verdicts(found)); diff != "" {
						t.Errorf("-want +got:\n%s\n%s", diff, text)
					}
					for _, s := range found {
						if s.Why == "" || s.File != "gw.conf" || s.Severity == "" || s.Line == 0 && rule != "root-login-closed" && rule != "netconf-absent" {
							t.Errorf("incomplete: %+v", s)
						}
					}
				})
			}
		}
	}
	for _, r := range lint.Rules() {
		if n := covered[r.Name]; n[0] < 3 || n[1] < 3 {
			t.Errorf("%s has %d examples that it finds and %d that it does not; three of each are wanted", r.Name, n[0], n[1])
		}
	}
}

// A fix is right when the configuration that it makes is not found any more: the commands are carried out on the set form.
func TestEachFixMends(t *testing.T) {
	for rule, list := range examples() {
		for _, e := range list {
			found := said(rule, lint.Run(parse(t, e.curly), lint.Options{}))
			var commands []string
			for _, s := range found {
				commands = append(commands, s.Fix...)
			}
			if len(commands) == 0 {
				continue
			}
			t.Run(rule+"/"+e.name, func(t *testing.T) {
				mended := carryOut(t, forms(t, e.curly)["set"], commands)
				if left := said(rule, lint.Run(parse(t, mended), lint.Options{})); len(left) > 0 {
					t.Errorf("%q leave %q in\n%s", commands, verdicts(left), mended)
				}
			})
		}
	}
}

// carryOut applies set, delete, deactivate and unprotect commands to a configuration in set form. A keyword of one value
// takes a new one.
func carryOut(t *testing.T, set string, commands []string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(set), "\n")
	for _, c := range commands {
		verb, path, _ := strings.Cut(c, " ")
		switch verb {
		case "delete":
			before := len(lines)
			var left []string
			for _, l := range lines {
				_, at, _ := strings.Cut(l, " ")
				if at != path && !strings.HasPrefix(at, path+" ") {
					left = append(left, l)
				} else if n := len(left); n > 0 && strings.HasPrefix(left[n-1], "##") {
					left = left[:n-1]
				}
			}
			lines = left
			if len(lines) == before {
				t.Errorf("%q deletes nothing in\n%s", c, set)
			}
		case "set":
			keyword := path[:strings.LastIndexByte(path, ' ')+1]
			if regexp.MustCompile(`(root-login|algorithm|establish-tunnels) $`).MatchString(keyword) {
				lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "set "+keyword) })
			}
			lines = append(lines, c)
		case "deactivate":
			if !slices.ContainsFunc(lines, func(l string) bool { return l == "set "+path || strings.HasPrefix(l, "set "+path+" ") }) {
				t.Errorf("%q names nothing in\n%s", c, set)
			}
			lines = append(lines, c)
		case "activate":
			lines = slices.DeleteFunc(lines, func(l string) bool { return l == "deactivate "+path })
		default:
			t.Errorf("%q is no configuration command", c)
		}
	}
	return strings.Join(append(lines, "set system host-name mended"), "\n")
}

func TestASoundConfigurationHasNoFindings(t *testing.T) {
	if found := lint.Run(parse(t, sound), lint.Options{Target: "23.4R2-S5.5"}); len(found) > 0 {
		t.Errorf("got %+v", found)
	}
}

func TestRulesOfNewerReleasesHonourTheTarget(t *testing.T) {
	curly := sound + `interfaces { ge-0/0/1 { vlan-tagging; unit 0 { family inet; } } st0 { unit 0 { family inet { tcp-mss 1300; } } } }
system { syslog { host 192.0.2.1 { any any; structured-data; explicit-priority; } } }`
	for target, want := range map[string][]int{
		"":             {1125, 1124, 1139},
		"19.4R2-S2":    nil,
		"18.4R1-S1.3":  nil,
		"15.1X49-D170": nil,
		"19.4R2-S3":    {1125, 1124},
		"19.4R3":       {1125, 1124},
		"20.4R2-S1":    {1125, 1124},
		"20.4R2-S2.2":  {1125, 1124, 1139},
		"23.4R2-S5.5":  {1125, 1124, 1139},
		"no release":   {1125, 1124, 1139},
	} {
		var got []int
		for _, s := range lint.Run(parse(t, curly), lint.Options{Target: target}) {
			got = append(got, s.Code)
			if s.NotSince == "" {
				t.Errorf("%s does not say since when", s.Rule)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", target, diff)
		}
	}
}

func TestLicencesDecideWhereTheyAreKnown(t *testing.T) {
	curly := sound + `security { idp { active-policy strict; } policies { global { policy p { match { dynamic-application any; } then { permit; } } } } }`
	for name, c := range map[string]struct {
		licences []upgrade.Licence
		want     map[string]upgrade.Severity
	}{
		"not known": {nil, map[string]upgrade.Severity{"idp-unlicensed": "warning", "dynamic-application-any": "warning", "idp-signatures": "note"}},
		"none":      {[]upgrade.Licence{}, map[string]upgrade.Severity{"idp-unlicensed": "error", "dynamic-application-any": "warning", "idp-signatures": "note"}},
		"others":    {[]upgrade.Licence{{Feature: "Virtual Appliance"}}, map[string]upgrade.Severity{"idp-unlicensed": "error", "dynamic-application-any": "warning", "idp-signatures": "note"}},
		"IDP":       {[]upgrade.Licence{{Feature: "IDP-SIG"}}, map[string]upgrade.Severity{"dynamic-application-any": "warning", "idp-signatures": "note"}},
		"all":       {[]upgrade.Licence{{Feature: "idp-sig"}, {Feature: "appid-sig"}}, map[string]upgrade.Severity{"idp-signatures": "note"}},
	} {
		got := map[string]upgrade.Severity{}
		for _, s := range lint.Run(parse(t, curly), lint.Options{Licences: c.licences}) {
			got[s.Rule] = s.Severity
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsInheritedIsMendedWhereItIsWritten(t *testing.T) {
	curly := sound + `groups { wide { interfaces { <st*> { unit 0 { family inet { tcp-mss 1300; } } } } } } apply-groups wide;
interfaces { st0 { unit 0 { family inet; } } st1 { unit 0 { family inet; } } ge-0/0/1 { unit 0 { family inet; } } }`
	for form, text := range forms(t, curly) {
		found := lint.Run(parse(t, text), lint.Options{})
		if len(found) != 1 { // one statement, inherited twice
			t.Fatalf("%s: got %+v", form, found)
		}
		s := found[0]
		if s.From != "wide" || s.Path != "interfaces st0 unit 0 family inet tcp-mss 1300" || !slices.Equal(s.Fix, []string{"delete groups wide interfaces <st*> unit 0 family inet tcp-mss"}) {
			t.Errorf("%s: got %+v", form, s)
		}
	}
}

func TestWhatIsProtectedIsUnprotectedFirst(t *testing.T) {
	found := lint.Run(parse(t, sound+"protect: chassis { cluster { redundancy-group 1 { preempt; } } }"), lint.Options{})
	want := []string{"chassis cluster redundancy-group 1 preempt ⇒ unprotect chassis ⇒ deactivate chassis cluster redundancy-group 1 preempt ⇐ activate chassis cluster redundancy-group 1 preempt ⇐ protect chassis"}
	if diff := cmp.Diff(want, verdicts(found)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFindingsAreSortedByPlaceAndEachIsThereOnce(t *testing.T) {
	text := "set system services ssh root-login deny\nset chassis cluster redundancy-group 1 preempt\nset system services ssh connection-limit 3\nset chassis cluster redundancy-group 1 preempt\n"
	var got []string
	for _, s := range lint.Run(parse(t, text), lint.Options{}) {
		got = append(got, fmt.Sprintf("%d:%d %s", s.Line, s.Column, s.Rule))
	}
	want := []string{"1:1 netconf-absent", "1:1 root-login-closed", "2:1 preempt-active", "3:1 ssh-connection-limit"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFindingsShowNoSecrets(t *testing.T) {
	curly := sound + `security { ike { policy p { ## Warning: statement ignored: unsupported platform (vsrx)
 pre-shared-key ascii-text fake-secret; } policy q { ## Warning: statement ignored: unsupported platform (vsrx)
 unheard-of fake-secret; ## SECRET-DATA
 } } } system { rest { https { x; } } services { rest { https { server-certificate web; pass-phrase fake; } } } }`
	found := lint.Run(parse(t, curly), lint.Options{})
	if len(said("unsupported-statement", found)) != 2 {
		t.Fatalf("got %+v", found)
	}
	if text := fmt.Sprint(found); strings.Contains(text, "fake-secret") {
		t.Errorf("a secret in %s", text)
	}
}

func TestRulesAreDescribedOnce(t *testing.T) {
	seen := map[string]bool{}
	codes := []int{}
	for _, r := range lint.Rules() {
		if seen[r.Name] || r.Summary == "" || !strings.HasSuffix(r.Summary, ".") || r.Severity == "" || !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(r.Name) {
			t.Errorf("bad rule %+v", r)
		}
		seen[r.Name] = true
		if r.Code != 0 {
			codes = append(codes, r.Code)
		}
	}
	want := []int{1115, 1119, 1124, 1125, 1131, 1139, 1140, 1142, 1145, 1147, 1155, 1157, 1158, 1159, 1160, 1163, 1165, 1167, 1169, 1176, 1177}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("the codes (-want +got):\n%s", diff)
	}
}
