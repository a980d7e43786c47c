package junos_test

import (
	"strings"
	"testing"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// usage is the table of features in text, and keys the list of installed keys behind it.
func usage(rows string, keys ...string) string {
	return "License usage: \n                                 Licenses     Licenses    Licenses    Expiry\n  Feature name                       used    installed      needed \n" +
		rows + "\nLicenses installed: \n" + strings.Join(keys, "\n")
}

// summary is the same in XML, with the children of the feature that a release has.
func summary(children string, keys ...string) string {
	return "<rpc-reply><license-summary-information><license-usage-summary><features-used/><feature-summary><name>Virtual Appliance</name>" +
		"<description>Virtual Appliance</description><licensed>1</licensed><used-licensed>1</used-licensed><needed>0</needed>" + children +
		"</feature-summary></license-usage-summary><license-information>" + strings.Join(keys, "") + "</license-information></license-summary-information></rpc-reply>"
}

func TestALicenceForEvaluationIsKnownByItsForm(t *testing.T) {
	const (
		dated  = "  Virtual Appliance                     1            1           0    2033-02-03 00:00:00 UTC\n"
		key    = "  License identifier: E000000X\n  License version: 4\n  Order Type: %\n  Software Serial Number: 000000\n  Customer ID: ACME-GATEWAYS\n  Features:\n"
		byDate = "    Virtual Appliance - Virtual Appliance\n      date-based, 2032-02-03 00:00:00 UTC - 2033-02-03 00:00:00 UTC\n"
	)
	ordered := func(as string) string { return strings.Replace(key, "%", as, 1) + byDate }
	older := strings.Replace(key, "  Order Type: %\n", "", 1)
	for name, c := range map[string]struct {
		raw  string
		want string // in what tells it; "" where it is none
	}{
		"text, permanent": {usage("  Virtual Appliance                     1            1           0    permanent\n"), ""},
		"text, dated":     {usage(dated, ordered("commercial")), ""},
		"text, dated, of a type that nobody knows":  {usage(dated, ordered("subscription")), ""},
		"text, dated, without an order type":        {usage(dated, older+byDate), ""},
		"text, expired":                             {usage("  Virtual Appliance                     1            1           0    2019-02-03 00:00:00 UTC\n"), ""},
		"text, invalid":                             {usage("  Virtual Appliance                     0            0           0    invalid\n"), ""},
		"text, days are left":                       {usage("  Virtual Appliance                     1            1           0    41 days\n"), "41 days"},
		"text, hours are left":                      {usage("  Virtual Appliance                     1            1           0    7 hours\n"), "7 hours"},
		"text, dated, ordered for trial":            {usage(dated, ordered("trial")), "order type of a key is trial"},
		"text, one key of two for trial":            {usage(dated, ordered("commercial"), ordered("trial")), "trial"},
		"text, the other key for trial":             {usage(dated, ordered("trial"), ordered("commercial")), "trial"},
		"text, permanent beside a count-down":       {usage("  Virtual Appliance                     1            1           0    permanent\n", older+"    Virtual Appliance - Virtual Appliance\n      count-down, Original validity: 60 days\n"), "count-down, Original validity: 60 days"},
		"text, the key that everybody gets":         {usage(dated, strings.Replace(older, "ACME-GATEWAYS", "vSRX-JuniperEval", 1)+byDate), "vSRX-JuniperEval"},
		"text, a customer of such a name":           {usage(dated, strings.Replace(older, "ACME-GATEWAYS", "RETRIEVAL", 1)+byDate), ""},
		"text, such a customer of a commercial key": {usage(dated, strings.Replace(ordered("commercial"), "ACME-GATEWAYS", "vSRX-JuniperEval", 1)), ""},
		"XML, permanent":                            {summary("<validity-type>permanent</validity-type>"), ""},
		"XML, dated":                                {summary(`<end-date junos:seconds="1990915200">2033-02-02</end-date>`), ""},
		"XML, dated by type":                        {summary("<license-type>time-based</license-type><end-date>2033-02-02 23:00:00 UTC</end-date>"), ""},
		"XML, invalid":                              {summary("<validity-type>invalid</validity-type>"), ""},
		"XML, time is left":                         {summary(`<remaining-time><remaining-validity-value junos:seconds="3542400">41 days</remaining-validity-value></remaining-time>`), "41 days"},
		"XML, time is left, without an element":     {summary("<remaining-time>\n41 days\n</remaining-time>"), "41 days"},
		"XML, of the type count-down":               {summary("<validity-type>count-down</validity-type>"), "count-down"},
		"XML, of the type trial":                    {summary("<license-type>trial</license-type><end-date>2033-02-02</end-date>"), "trial"},
		"XML, a key ordered for trial": {summary("<end-date>2033-02-02</end-date>", "<license><name>E000000X</name><order-type>trial</order-type>"+
			"<feature-block><feature><name>Virtual Appliance</name><validity-information><validity-type>date-based</validity-type></validity-information></feature></feature-block></license>"), "trial"},
		"XML, a key that counts down": {summary("<validity-type>permanent</validity-type>", "<license><name>E000000X</name>"+
			"<feature-block><feature><name>Virtual Appliance</name><validity-information><validity-type>count-down</validity-type></validity-information></feature></feature-block></license>"), "count-down"},
		"XML, a key by date": {summary("<end-date>2033-02-02</end-date>", "<license><name>E000000X</name><license-version>4</license-version><order-type>commercial</order-type>"+
			"<feature-block><feature><name>Virtual Appliance</name><validity-information><validity-type>date-based</validity-type></validity-information></feature></feature-block></license>"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := junos.ParseLicences(c.raw)
			if err != nil || len(found) != 1 || found[0].Feature != "Virtual Appliance" {
				t.Fatalf("found %+v, %v", found, err)
			}
			if got := found[0].Evaluation; (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("it is known by %q, want %q", got, c.want)
			}
			if strings.Contains(found[0].Evaluation, "E000000X") {
				t.Errorf("the licence names its key: %q", found[0].Evaluation)
			}
		})
	}
}

func TestAKeyForEvaluationOfAFeatureThatIsNotUsedIsNamedToo(t *testing.T) {
	found, err := junos.ParseLicences(usage("  Virtual Appliance                     1            1           0    permanent\n",
		"  License identifier: E000000X\n  Order Type: trial\n  Features:\n    VCPU Scale       - VCPU number scale\n      date-based, 2032-02-03 00:00:00 UTC - 2033-02-03 00:00:00 UTC\n"))
	want := upgrade.Licence{Feature: "VCPU Scale", Evaluation: "the order type of a key is trial"}
	if err != nil || len(found) != 2 || found[0] != want {
		t.Errorf("found %+v, %v", found, err)
	}
}
