package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/lint"
)

// large is a configuration of about the given number of lines in curly form: addresses, policies and tunnels.
func large(lines int) string {
	var b strings.Builder
	b.WriteString("system {\n    services {\n        ssh {\n            root-login allow;\n        }\n        netconf {\n            ssh;\n        }\n    }\n}\nsecurity {\n    address-book {\n        global {\n")
	for i := range lines * 3 / 10 {
		fmt.Fprintf(&b, "            address host-%d 10.%d.%d.%d/32;\n", i, i>>16&255, i>>8&255, i&255)
	}
	b.WriteString("        }\n    }\n    policies {\n")
	for zone := range 20 {
		fmt.Fprintf(&b, "        from-zone zone-%d to-zone outside {\n", zone)
		for i := range lines / 2 / 20 / 11 {
			fmt.Fprintf(&b, "            policy rule-%d {\n                match {\n                    source-address host-%d;\n                    destination-address [ host-%d host-%d ];\n                    application junos-https;\n                }\n                then {\n                    permit;\n                    log {\n                        session-close;\n                    }\n                }\n            }\n", i, i, i+1, i+2)
		}
		b.WriteString("        }\n")
	}
	b.WriteString("    }\n    ipsec {\n")
	for i := range lines / 5 / 9 {
		fmt.Fprintf(&b, "        vpn branch-%d {\n            bind-interface st0.%d;\n            ike {\n                gateway branch-%d;\n                proxy-identity local 10.0.0.0/8;\n                ipsec-policy strong;\n            }\n            establish-tunnels immediately;\n        }\n", i, i, i)
	}
	b.WriteString("    }\n}\n")
	return b.String()
}

func BenchmarkParseAndRun(b *testing.B) {
	curly := large(200_000)
	tree, err := configuration.Parse(strings.NewReader(curly), "large")
	if err != nil {
		b.Fatal(err)
	}
	var set strings.Builder
	if err := tree.WriteSet(&set); err != nil {
		b.Fatal(err)
	}
	for _, form := range []struct{ name, text string }{{"curly", curly}, {"set", set.String()}} {
		b.Run(form.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(form.text)))
			lines := strings.Count(form.text, "\n")
			for b.Loop() {
				tree, err := configuration.Parse(strings.NewReader(form.text), "large")
				if err != nil {
					b.Fatal(err)
				}
				if found := lint.Run(tree, lint.Options{}); len(found) != 0 {
					b.Fatalf("%d findings, the first: %+v", len(found), found[0])
				}
			}
			b.ReportMetric(float64(lines*b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

func BenchmarkEffective(b *testing.B) {
	tree, err := configuration.Parse(strings.NewReader(large(200_000)), "large")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if tree.Effective().Empty() {
			b.Fatal("nothing is left")
		}
	}
}
