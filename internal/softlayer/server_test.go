package softlayer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
)

const (
	serverPath = "SoftLayer_Hardware_Server/9101.json"

	busyServer = `{"id":9101,"provisionDate":"2024-02-03T10:00:00-06:00","isIpmiDisabled":true,"activeTransactionCount":1,
"hardwareStatus":{"status":"ACTIVE"},"billingItem":{"id":661},
"activeTransaction":{"id":88001,"createDate":"2026-01-02T03:00:00-06:00","statusChangeDate":"2026-01-02T03:04:05-06:00",
"transactionGroup":{"name":"Some Reload","averageTimeToComplete":"142.5"},"transactionStatus":{"name":"STEP_ONE","friendlyName":"Step one"}},
"activeTransactions":[{"id":88001}],"lastOperatingSystemReload":{"id":88001}}`
	idleServer = `{"id":9101,"provisionDate":"2024-02-03T10:00:00-06:00","activeTransactionCount":0,
"hardwareStatus":{"status":"ACTIVE"},"billingItem":{"id":661},"activeTransactions":[]}`
)

func TestServerIsReadWithItsTransactions(t *testing.T) {
	since := time.Date(2026, 1, 2, 9, 4, 5, 0, time.UTC)
	idle := upgrade.Server{ID: 9101, Status: "ACTIVE", Provisioned: true, Billed: true}
	busy := idle
	busy.IPMIDisabled, busy.ActiveCount, busy.ActiveIDs, busy.LastReload = true, 1, []int{88001}, 88001
	busy.Active = &upgrade.Transaction{ID: 88001, Group: "Some Reload", Step: "Step one", Since: since, AverageMinutes: 142.5}
	with := func(s upgrade.Server, change func(*upgrade.Server)) upgrade.Server {
		if s.Active != nil {
			active := *s.Active
			s.Active = &active
		}
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		body string
		want upgrade.Server
	}{
		"busy":                     {busyServer, busy},
		"idle":                     {idleServer, idle},
		"idle, relations null":     {change(t, idleServer, `"activeTransactions":[]`, `"activeTransactions":null,"activeTransaction":null,"lastOperatingSystemReload":null`), idle},
		"a count in quotes":        {change(t, idleServer, `Count":0`, `Count":"0"`), idle},
		"a count without its list": {change(t, idleServer, `Count":0`, `Count":2`), with(idle, func(s *upgrade.Server) { s.ActiveCount = 2 })},
		"not provisioned":          {change(t, idleServer, `"2024-02-03T10:00:00-06:00"`, `null`), with(idle, func(s *upgrade.Server) { s.Provisioned = false })},
		"not billed":               {change(t, idleServer, `{"id":661}`, `null`), with(idle, func(s *upgrade.Server) { s.Billed = false })},
		"an offset without colon":  {change(t, busyServer, `03:04:05-06:00`, `03:04:05-0600`), busy},
		"a step without its date": {change(t, busyServer, `"2026-01-02T03:04:05-06:00"`, `""`),
			with(busy, func(s *upgrade.Server) { s.Active.Since = since.Add(-4*time.Minute - 5*time.Second) })},
		"a step without words": {change(t, busyServer, `,"friendlyName":"Step one"`, ``),
			with(busy, func(s *upgrade.Server) { s.Active.Step = "STEP_ONE" })},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{serverPath: {body: c.body}})
			got, err := api.client(t).Reader().Server(t.Context(), 9101)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("server (-want +got):\n%s", diff)
			}
		})
	}
}

func TestServerIsNeverTakenForIdleByAnIncompleteAnswer(t *testing.T) {
	for name, body := range map[string]string{
		"another server":                    change(t, idleServer, `"id":9101`, `"id":9102`),
		"no id":                             change(t, idleServer, `"id":9101,`, ``),
		"no count":                          change(t, idleServer, `"activeTransactionCount":0,`, ``),
		"a null count":                      change(t, idleServer, `Count":0`, `Count":null`),
		"a count that is no number":         change(t, idleServer, `Count":0`, `Count":"some"`),
		"a negative count":                  change(t, idleServer, `Count":0`, `Count":-1`),
		"an active transaction without id":  change(t, busyServer, `"activeTransaction":{"id":88001,`, `"activeTransaction":{`),
		"a listed transaction without id":   change(t, busyServer, `"activeTransactions":[{"id":88001}]`, `"activeTransactions":[{}]`),
		"a listed transaction that is null": change(t, busyServer, `"activeTransactions":[{"id":88001}]`, `"activeTransactions":[null]`),
		"a last reload without id":          change(t, busyServer, `"lastOperatingSystemReload":{"id":88001}`, `"lastOperatingSystemReload":{}`),
		"an object for the list":            change(t, busyServer, `"activeTransactions":[{"id":88001}]`, `"activeTransactions":{"id":88001}`),
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{serverPath: {body: body}})
			_, err := api.client(t).Reader().Server(t.Context(), 9101)
			wantKind(t, err, upgrade.Malformed)
		})
	}
}
