package softlayer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

func TestPricesNameTheReleaseTheyInstall(t *testing.T) {
	const idsPath, pricePath = "SoftLayer_Network_Gateway/4711/getAllowedOsPriceIds.json", "SoftLayer_Product_Item_Price/6001.json"
	const price = `{"id":6001,"item":{"id":6101,"keyName":"OS_VSRX_A","description":"vSRX for tests","softwareDescription":{"id":6201,"version":"23.4R2-S5"}}}`
	for name, c := range map[string]struct {
		ids, price string
		want       []upgrade.Price
		kind       upgrade.Kind
	}{
		"one":                    {`[6001]`, price, []upgrade.Price{{ID: 6001, Version: "23.4R2-S5", Text: "vSRX for tests"}}, ""},
		"none":                   {`[]`, price, []upgrade.Price{}, ""},
		"one without release":    {`[6001]`, change(t, price, `,"softwareDescription":{"id":6201,"version":"23.4R2-S5"}`, ``), []upgrade.Price{{ID: 6001, Text: "vSRX for tests"}}, ""},
		"one without words":      {`[6001]`, change(t, price, `"description":"vSRX for tests",`, ``), []upgrade.Price{{ID: 6001, Version: "23.4R2-S5", Text: "OS_VSRX_A"}}, ""},
		"another price":          {`[6001]`, change(t, price, `6001`, `6002`), nil, upgrade.Malformed},
		"a price out of reach":   {`[6003]`, price, nil, upgrade.NotFound},
		"null for the list":      {`null`, price, nil, upgrade.Malformed},
		"null in the list":       {`[null]`, price, nil, upgrade.Malformed},
		"a number for the list":  {`6001`, price, nil, upgrade.Malformed},
		"a null price":           {`[6001]`, `null`, nil, upgrade.Malformed},
		"a list for one price":   {`[6001]`, list(price), nil, upgrade.Malformed},
		"an empty price, no id":  {`[6001]`, `{}`, nil, upgrade.Malformed},
		"an error in the list":   {`{"error":"Internal Error","code":"SoftLayer_Exception_Public"}`, price, nil, upgrade.Unreachable},
		"an error for the price": {`[6001]`, `{"error":"Internal Error"}`, nil, upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{idsPath: {body: c.ids}, pricePath: {body: c.price}})
			got, err := api.client(t).Reader().Prices(t.Context(), 4711, 8101)
			wantKind(t, err, c.kind)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("prices (-want +got):\n%s", diff)
			}
			if first := api.asked()[0]; first.verb != "POST" || first.body != `{"parameters":[8101]}` {
				t.Errorf("asked %s with %s", first.verb, first.body)
			}
		})
	}
}

func TestReadinessIsReadInEveryWireForm(t *testing.T) {
	const path = "SoftLayer_Network_Gateway_Precheck/getPrecheckStatus.json"
	const rows = `[{"category":"upgrade_precheck","memberId":8101,"memberReadinessValue":"Ready","gatewayReadinessValue":"Not Ready","returnCode":0}]`
	want := upgrade.ReadinessRow{Category: upgrade.UpgradeCheck, MemberID: 8101, Value: upgrade.Ready, Raw: "Ready"}
	read := func(value upgrade.ReadinessValue, raw string) []upgrade.ReadinessRow {
		r := want
		r.Value, r.Raw = value, raw
		return []upgrade.ReadinessRow{r}
	}
	coded := want
	coded.Code = 1126
	for name, c := range map[string]struct {
		body string
		want []upgrade.ReadinessRow
		kind upgrade.Kind
	}{
		"words":               {rows, []upgrade.ReadinessRow{want}, ""},
		"upper case":          {change(t, rows, `"Ready"`, `"NOT_READY"`), read(upgrade.NotReadyYet, "NOT_READY"), ""},
		"a quoted number":     {change(t, rows, `"Ready"`, `"0"`), read(upgrade.Ready, "0"), ""},
		"a number":            {change(t, rows, `"Ready"`, `2`), read(upgrade.Running, "2"), ""},
		"an unknown word":     {change(t, rows, `"Ready"`, `"Perhaps"`), read("perhaps", "Perhaps"), ""},
		"no value":            {change(t, rows, `"Ready"`, `null`), read("", ""), ""},
		"a quoted member":     {change(t, rows, `8101`, `"8101"`), []upgrade.ReadinessRow{want}, ""},
		"a quoted code":       {change(t, rows, `"returnCode":0`, `"returnCode":"1126"`), []upgrade.ReadinessRow{coded}, ""},
		"a null code":         {change(t, rows, `"returnCode":0`, `"returnCode":null`), []upgrade.ReadinessRow{want}, ""},
		"no rows":             {`[]`, []upgrade.ReadinessRow{}, ""},
		"a value of no form":  {change(t, rows, `"Ready"`, `{}`), nil, upgrade.Malformed},
		"a code of no form":   {change(t, rows, `"returnCode":0`, `"returnCode":"none"`), nil, upgrade.Malformed},
		"no member":           {change(t, rows, `"memberId":8101,`, ``), nil, upgrade.Malformed},
		"no category":         {change(t, rows, `upgrade_precheck`, ``), nil, upgrade.Malformed},
		"a row for the list":  {strings.Trim(rows, "[]"), nil, upgrade.Malformed},
		"null for the list":   {`null`, nil, upgrade.Malformed},
		"null among the rows": {`[null]`, nil, upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{path: {body: c.body}})
			got, err := api.client(t).Reader().Readiness(t.Context(), 4711)
			wantKind(t, err, c.kind)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if first := api.asked()[0]; first.verb != "POST" || first.body != `{"parameters":[4711,true]}` {
				t.Errorf("asked %s with %s", first.verb, first.body)
			}
		})
	}
}

func TestHostPasswordIsTheNewestRootOnRecord(t *testing.T) {
	const record = `{"id":9101,"operatingSystem":{"id":7,"passwords":[{"id":1,"username":"support","password":"fake-support"},
{"id":2,"username":"root","password":"fake-root","modifyDate":"2026-02-01T00:00:00-06:00"}]}}`
	for name, c := range map[string]struct {
		body, want, code string
		kind             upgrade.Kind
	}{
		"one root":                    {record, "fake-root", "", ""},
		"an older root beside it":     {change(t, record, `[{`, `[{"id":3,"username":"root","password":"fake-old","modifyDate":"2025-02-01T00:00:00-06:00"},{`), "fake-root", "", ""},
		"a newer root beside it":      {change(t, record, `[{`, `[{"id":3,"username":"root","password":"fake-new","modifyDate":"2026-03-01T00:00:00-06:00"},{`), "fake-new", "", ""},
		"two roots of one date":       {change(t, record, `[{`, `[{"id":3,"username":"root","password":"fake-other","modifyDate":"2026-02-01T00:00:00-06:00"},{`), "", "", upgrade.Malformed},
		"one password twice":          {change(t, record, `[{`, `[{"id":3,"username":"root","password":"fake-root","modifyDate":"2026-02-01T00:00:00-06:00"},{`), "fake-root", "", ""},
		"no root":                     {change(t, record, `"root"`, `"Root"`), "", "1003", upgrade.NotFound},
		"no operating system":         {`{"id":9101}`, "", "1003", upgrade.NotFound},
		"no password":                 {change(t, record, `"fake-root"`, `""`), "", "1004", upgrade.NotFound},
		"a null password":             {change(t, record, `"fake-root"`, `null`), "", "1004", upgrade.NotFound},
		"another server":              {change(t, record, `"id":9101`, `"id":9102`), "", "", upgrade.Malformed},
		"a password that is a number": {change(t, record, `"fake-root"`, `123456789`), "", "", upgrade.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{serverPath: {body: c.body}})
			got, err := api.client(t).Reader().HostPassword(t.Context(), 9101)
			checkPassword(t, got, err, c.want, c.kind, c.code)
		})
	}
}

func TestDevicePasswordIsRootOfTheMember(t *testing.T) {
	const path = "SoftLayer_Network_Gateway_Member/8101/getPasswords.json"
	const record = `[{"id":1,"memberId":8101,"username":"admin","password":"fake-admin"},{"id":2,"memberId":8101,"username":"root","password":"fake-root"}]`
	for name, c := range map[string]struct {
		body, want, code string
		kind             upgrade.Kind
	}{
		"one root":              {record, "fake-root", "", ""},
		"no root":               {change(t, record, `"root"`, `"operator"`), "", "1013", upgrade.NotFound},
		"no accounts":           {`[]`, "", "1013", upgrade.NotFound},
		"no password":           {change(t, record, `"fake-root"`, `""`), "", "1011", upgrade.NotFound},
		"two roots":             {change(t, record, `"admin"`, `"root"`), "", "", upgrade.Malformed},
		"another member":        {change(t, record, `8101`, `8102`), "", "", upgrade.Malformed},
		"an account, no list":   {`{"id":2,"memberId":8101,"username":"root","password":"fake-root"}`, "", "", upgrade.Malformed},
		"null for the list":     {`null`, "", "", upgrade.Malformed},
		"a null in the list":    {`[null]`, "", "", upgrade.Malformed},
		"an error for the list": {`{"error":"Internal Error"}`, "", "", upgrade.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{path: {body: c.body}})
			got, err := api.client(t).Reader().DevicePassword(t.Context(), 8101)
			checkPassword(t, got, err, c.want, c.kind, c.code)
		})
	}
}

func checkPassword(t *testing.T, got upgrade.Secret, err error, want string, kind upgrade.Kind, code string) {
	t.Helper()
	wantKind(t, err, kind)
	if string(got) != want {
		t.Error("the password is not the recorded one")
	}
	if err == nil {
		return
	}
	if !strings.Contains(err.Error(), code) {
		t.Errorf("the error does not name readiness code %s: %v", code, err)
	}
	if strings.Contains(err.Error(), "fake-") || strings.Contains(err.Error(), "123456789") {
		t.Errorf("the error holds a password: %v", err)
	}
	if code != "" && upgrade.AdviceOf(err) == "" {
		t.Error("the error gives no advice")
	}
}
