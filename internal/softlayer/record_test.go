package softlayer_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/testsuite/sim"
)

const (
	secondServerPath = "SoftLayer_Hardware_Server/9102.json"

	serverRecord = `{"id":9101,"memoryCapacity":64,"operatingSystem":{"id":7,"passwords":[
{"id":1,"username":"root","password":"fake-host-root","modifyDate":"2026-02-01T00:00:00-06:00"}]},
"networkGatewayMember":{"id":8101,"attributes":{"id":5,"licenseExpirationDate":"2029-06-30T00:00:00-06:00"},"passwords":[
{"id":2,"memberId":8101,"username":"root","password":"fake-vsrx-root"},{"id":3,"memberId":8101,"username":"admin","password":"fake-vsrx-admin"}]}}`
)

func onePlusOne() upgrade.Gateway {
	return upgrade.Gateway{ID: 4711, Members: []upgrade.Member{{ID: 8101, HardwareID: 9101}, {ID: 8102, HardwareID: 9102}}}
}

func secondRecord() string {
	return strings.NewReplacer("9101", "9102", "8101", "8102").Replace(serverRecord)
}

func TestRecordsTellWhatIsOnRecord(t *testing.T) {
	const present, noUser, noPassword, unread = upgrade.RecordPresent, upgrade.RecordNoUser, upgrade.RecordNoPassword, upgrade.RecordUnread
	whole := upgrade.Record{MemberID: 8101, HardwareID: 9101, HostRoot: present, DeviceRoot: present, MemoryGB: 64, LicenceEnd: "2029-06-30"}
	untouched := whole
	untouched.MemberID, untouched.HardwareID = 8102, 9102
	with := func(change func(*upgrade.Record)) upgrade.Record {
		r := whole
		change(&r)
		return r
	}
	host := func(s upgrade.RecordState) upgrade.Record { return with(func(r *upgrade.Record) { r.HostRoot = s }) }
	device := func(s upgrade.RecordState) upgrade.Record {
		return with(func(r *upgrade.Record) { r.DeviceRoot = s })
	}
	none := upgrade.Record{MemberID: 8101, HardwareID: 9101, HostRoot: unread, DeviceRoot: unread}
	hostOnly := upgrade.Record{MemberID: 8101, HardwareID: 9101, HostRoot: present, DeviceRoot: unread, MemoryGB: 64}
	for name, c := range map[string]struct {
		old, new string
		want     upgrade.Record
		fails    bool
	}{
		"all is there":                           {``, ``, whole, false},
		"the host's root is missing (1003)":      {`"root","password":"fake-host-root"`, `"boss","password":"fake-host-root"`, host(noUser), false},
		"the host's users are missing (1003)":    {`"operatingSystem":{`, `"other":{`, host(noUser), false},
		"the host's users are null (1003)":       {`"operatingSystem":{`, `"operatingSystem":null,"other":{`, host(noUser), false},
		"the host's password is empty (1004)":    {`"fake-host-root"`, `""`, host(noPassword), false},
		"the host's password is null (1004)":     {`"fake-host-root"`, `null`, host(noPassword), false},
		"the vSRX's root is missing (1013)":      {`"root","password":"fake-vsrx-root"`, `"boss","password":"fake-vsrx-root"`, device(noUser), false},
		"the vSRX's password is empty (1011)":    {`"fake-vsrx-root"`, `""`, device(noPassword), false},
		"the vSRX's password is null (1011)":     {`"fake-vsrx-root"`, `null`, device(noPassword), false},
		"the memory is a text":                   {`"memoryCapacity":64`, `"memoryCapacity":"64"`, whole, false},
		"the memory is missing":                  {`"memoryCapacity":64,`, ``, with(func(r *upgrade.Record) { r.MemoryGB = 0 }), false},
		"the memory is below zero":               {`"memoryCapacity":64`, `"memoryCapacity":-64`, with(func(r *upgrade.Record) { r.MemoryGB = 0 }), false},
		"the licence's end is null":              {`"2029-06-30T00:00:00-06:00"`, `null`, with(func(r *upgrade.Record) { r.LicenceEnd = "" }), false},
		"the licence's end is a riddle":          {`"2029-06-30T00:00:00-06:00"`, `"soon"`, with(func(r *upgrade.Record) { r.LicenceEnd = "" }), false},
		"the attributes are null":                {`{"id":5,"licenseExpirationDate":"2029-06-30T00:00:00-06:00"}`, `null`, with(func(r *upgrade.Record) { r.LicenceEnd = "" }), false},
		"the host's root has two passwords":      {`"passwords":[`, `"passwords":[{"id":9,"username":"root","password":"fake-other","modifyDate":"2026-02-01T00:00:00-06:00"},`, host(unread), true},
		"the vSRX's root has two passwords":      {`"admin"`, `"root"`, device(unread), true},
		"a password is another member's":         {`"memberId":8101,"username":"admin"`, `"memberId":8199,"username":"admin"`, device(unread), true},
		"the server is another one":              {`"id":9101`, `"id":9199`, none, true},
		"the server carries another member":      {`"networkGatewayMember":{"id":8101`, `"networkGatewayMember":{"id":8199`, hostOnly, true},
		"the server carries no member":           {`"networkGatewayMember":{`, `"other":{`, hostOnly, true},
		"the password is a number":               {`"fake-host-root"`, `123456789`, none, true},
		"the users are one user":                 {`"passwords":[`, `"passwords":{},"others":[`, none, true},
		"the answer is an error with status 200": {serverRecord, `{"error":"Internal Error","code":"SoftLayer_Exception_Public"}`, none, true},
		"the answer is null":                     {serverRecord, `null`, none, true},
		"the answer is a list":                   {serverRecord, `[]`, none, true},
		"the answer is cut":                      {`"fake-vsrx-admin"}]}}`, ``, none, true},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{serverPath: {body: change(t, serverRecord, c.old, c.new)}, secondServerPath: {body: secondRecord()}})
			got, err := api.client(t).Reader().Records(t.Context(), onePlusOne())
			if err != nil {
				t.Fatal(err)
			}
			wantRecords(t, []upgrade.Record{c.want, untouched}, got, c.fails)
			if n := len(api.asked()); n != 2 {
				t.Errorf("%d calls, want one a member", n)
			}
		})
	}
}

// wantRecords compares records apart from the text of the first one's error, and sees that nothing holds a password.
func wantRecords(t *testing.T, want, got []upgrade.Record, fails bool) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "fake-") || strings.Contains(string(text), "123456789") {
		t.Errorf("the records hold a password: %s", text)
	}
	if reason := got[0].Error; (reason != "") != fails || strings.Contains(reason, "\n") || fails && !strings.HasPrefix(reason, "reading the record of server 9101: ") {
		t.Errorf("the error is %q", reason)
	}
	got[0].Error = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestARecordOutOfReachLeavesTheOtherAlone(t *testing.T) {
	for name, refusal := range map[string]answer{
		"not found":     {status: 404, body: `{"error":"Unable to find object with id of '9101'.","code":"SoftLayer_Exception_ObjectNotFound"}`},
		"access denied": {status: 401, body: `{"error":"Access Denied. ","code":"SoftLayer_Exception_Public"}`},
		"a page":        {status: 502, body: `<html>fake-page</html>`},
		"a reset":       {instead: reset},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{serverPath: refusal, secondServerPath: {body: secondRecord()}})
			got, err := api.client(t).Reader().Records(t.Context(), onePlusOne())
			if err != nil {
				t.Fatal(err)
			}
			if got[0].Error == "" || got[0].HostRoot != upgrade.RecordUnread || got[0].DeviceRoot != upgrade.RecordUnread {
				t.Errorf("the record out of reach is %+v", got[0])
			}
			if got[1].Error != "" || got[1].HostRoot != upgrade.RecordPresent {
				t.Errorf("the other record is %+v", got[1])
			}
		})
	}
}

func TestRecordsAreReadAtOnceAndEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	both := make(chan struct{}, 2)
	wait := func(_ http.ResponseWriter, r *http.Request) {
		both <- struct{}{}
		<-r.Context().Done()
	}
	api := startCloud(t, map[string]answer{serverPath: {instead: wait}, secondServerPath: {instead: wait}})
	go func() { // neither is answered, so the second call can only be seen if it does not wait for the first
		<-both
		<-both
		cancel()
	}()
	records, err := api.client(t).Reader().Records(ctx, onePlusOne())
	wantKind(t, err, upgrade.Unreachable)
	if records != nil {
		t.Errorf("got %+v beside an error", records)
	}
}

func TestTheRecordsOfTheSimulatedCloudShowEachFault(t *testing.T) {
	for name, c := range map[string]struct {
		fault        string
		host, device upgrade.RecordState
	}{
		"a healthy world":           {"", upgrade.RecordPresent, upgrade.RecordPresent},
		"no root of the host":       {"host-record-missing", upgrade.RecordNoUser, upgrade.RecordPresent},
		"no root of the vSRX":       {"record-missing", upgrade.RecordPresent, upgrade.RecordNoUser},
		"a wrong password":          {"password-mismatch", upgrade.RecordPresent, upgrade.RecordPresent},
		"a host without its telnet": {"host-telnet-missing", upgrade.RecordPresent, upgrade.RecordPresent},
	} {
		t.Run(name, func(t *testing.T) {
			world, client, there := startWorld(t)
			g, err := client.Reader().Gateway(t.Context(), there.ID)
			if err != nil {
				t.Fatal(err)
			}
			if c.fault != "" {
				if err := world.Inject(sim.Fault{Name: c.fault, Member: there.Members[0].ID}); err != nil {
					t.Fatal(err)
				}
			}
			world.DeclareDryRun()
			got, err := client.Reader().Records(t.Context(), g)
			if err != nil || len(got) != 2 {
				t.Fatalf("got %+v, %v", got, err)
			}
			for i, want := range [][2]upgrade.RecordState{{c.host, c.device}, {upgrade.RecordPresent, upgrade.RecordPresent}} {
				r := got[i]
				if r.Error != "" || r.MemberID != g.Members[i].ID || r.HardwareID != g.Members[i].HardwareID || r.MemoryGB != 64 ||
					len(r.LicenceEnd) != len("2006-01-02") || r.HostRoot != want[0] || r.DeviceRoot != want[1] {
					t.Errorf("record %d is %+v, want host %s and vSRX %s", i, r, want[0], want[1])
				}
			}
			if v := world.Verdict(); v.Writes > 0 || len(v.Violations) > 0 {
				t.Errorf("reading wrote: %+v", v)
			}
		})
	}
}
