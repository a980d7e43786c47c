package softlayer_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/softlayer/softlayer-go/services"
	"github.com/softlayer/softlayer-go/session"
	"github.com/softlayer/softlayer-go/sl"

	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
)

func TestStartCheckStartsTheNamedCheck(t *testing.T) {
	const upgradePath, reloadCheckPath = "SoftLayer_Network_Gateway_Precheck/upgradePrecheck.json", "SoftLayer_Network_Gateway_Precheck/osReloadPrecheck.json"
	for name, c := range map[string]struct {
		category upgrade.Category
		path     string
		answer   answer
		kind     upgrade.Kind
	}{
		"the upgrade check": {upgrade.UpgradeCheck, upgradePath, answer{body: `true`}, ""},
		"the reload check":  {upgrade.ReloadCheck, reloadCheckPath, answer{body: "true\n"}, ""},
		"answered no":       {upgrade.ReloadCheck, reloadCheckPath, answer{body: `false`}, upgrade.Refused},
		"answered null":     {upgrade.ReloadCheck, reloadCheckPath, answer{body: `null`}, upgrade.Malformed},
		"answered in words": {upgrade.ReloadCheck, reloadCheckPath, answer{body: `"true"`}, upgrade.Malformed},
		"refused":           {upgrade.ReloadCheck, reloadCheckPath, answer{status: 500, body: internal}, upgrade.Refused},
		"not seen":          {upgrade.ReloadCheck, "elsewhere", answer{}, upgrade.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			api := startCloud(t, map[string]answer{c.path: c.answer})
			wantKind(t, api.client(t).Writer().StartCheck(t.Context(), 4711, c.category), c.kind)
			requests := api.asked()
			if len(requests) != 1 || requests[0].verb != "POST" || requests[0].body != `{"parameters":[4711]}` {
				t.Errorf("asked %+v", requests)
			}
		})
	}
}

func TestMisuseIsRefusedWithoutACall(t *testing.T) {
	api := startCloud(t, nil)
	writer := api.client(t).Writer()
	wantKind(t, writer.StartCheck(t.Context(), 4711, "license_precheck"), upgrade.Invalid)
	for _, ids := range [][2]int{{0, 6001}, {9101, 0}, {-1, -1}} {
		got, _, err := writer.Reload(t.Context(), ids[0], ids[1])
		wantKind(t, err, upgrade.Invalid)
		if got != upgrade.NotSent {
			t.Errorf("a misused reload ended as %q", got)
		}
	}
	if n := len(api.asked()); n != 0 {
		t.Errorf("%d requests were sent, want none", n)
	}
}

func TestAClientMakesNoCallOfAnotherKind(t *testing.T) {
	api := startCloud(t, map[string]answer{reloadPath: {body: `"1"`}, serverPath: {body: idleServer}})
	client := api.client(t)
	reader, writer := client.Reader().Session, client.Writer().Session
	reload := func(s *session.Session) error {
		_, err := services.GetHardwareServerService(s).Id(9101).ReloadOperatingSystem(sl.String("FORCE"), nil)
		return err
	}
	for name, call := range map[string]func() error{
		"a reader reloads": func() error { return reload(reader(t.Context())) },
		"a reader starts the upgrade check": func() error {
			_, err := services.GetNetworkGatewayPrecheckService(reader(t.Context())).UpgradePrecheck(sl.Int(4711))
			return err
		},
		"a reader starts the reload check": func() error {
			_, err := services.GetNetworkGatewayPrecheckService(reader(t.Context())).OsReloadPrecheck(sl.Int(4711))
			return err
		},
		"a writer reads": func() error {
			_, err := services.GetHardwareServerService(writer(t.Context())).Id(9101).GetObject()
			return err
		},
		"a writer reloads as recorded": func() error {
			_, err := services.GetHardwareServerService(writer(t.Context())).Id(9101).ReloadCurrentOperatingSystemConfiguration(sl.String("FORCE"))
			return err
		},
		"a writer rebuilds a cluster, which is a GET": func() error {
			_, err := services.GetNetworkGatewayService(writer(t.Context())).Id(4711).RebuildHACluster()
			return err
		},
		"a reader rebuilds a cluster, which is a GET": func() error {
			_, err := services.GetNetworkGatewayService(reader(t.Context())).Id(4711).RebuildHACluster()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, call(), upgrade.Invalid) })
	}
	if n := len(api.asked()); n != 0 {
		t.Errorf("%d requests were sent, want none", n)
	}
	if err := reload(writer(t.Context())); err != nil || len(api.asked()) != 1 {
		t.Errorf("the writer cannot reload: %v", err)
	}
}

func TestWhatNeverLeftIsNotSent(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(untrusted.Close)
	for name, endpoint := range map[string]string{
		"nobody listens":                "http://" + closed.Addr().String(),
		"the certificate is not known":  untrusted.URL,
		"the other side speaks no TLS":  "https" + strings.TrimPrefix(startCloud(t, nil).URL, "http"),
		"the port cannot be one at all": "http://127.0.0.1:99999",
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, softlayer.Config{Endpoint: endpoint})
			_, err := client.Reader().Server(t.Context(), 9101)
			wantKind(t, err, upgrade.Unreachable)
			var failure *softlayer.Error
			if !errors.As(err, &failure) || failure.Class != softlayer.NotSent {
				t.Errorf("the read failed as %+v", failure)
			}
			if got, _, err := client.Writer().Reload(t.Context(), 9101, 6001); got != upgrade.NotSent || err != nil {
				t.Errorf("the reload ended as %q, %v", got, err)
			}
		})
	}
}

func TestCancellingBeforeTheRequestLeavesIsNotSent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts and never answers the TLS greeting
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := silent.Accept(); err == nil {
			defer conn.Close()
			cancel()
			<-t.Context().Done()
		}
	}()
	client := dial(t, softlayer.Config{Endpoint: "https://" + silent.Addr().String()})
	if got, text, err := client.Writer().Reload(ctx, 9101, 6001); got != upgrade.NotSent || err != nil {
		t.Errorf("the reload ended as %q, %q, %v", got, text, err)
	}
}

// hanging takes a request and gives no answer until the test ends.
func hanging(t *testing.T, arrived func()) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		arrived()
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}
}

func TestCancellingAfterTheRequestLeftIsAmbiguous(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	api := startCloud(t, map[string]answer{reloadPath: {instead: hanging(t, cancel)}})
	got, _, err := api.client(t).Writer().Reload(ctx, 9101, 6001)
	if got != upgrade.Ambiguous || err != nil || len(api.asked()) != 1 {
		t.Errorf("the reload ended as %q, %v after %d requests", got, err, len(api.asked()))
	}
	ctx, cancel = context.WithCancel(t.Context())
	api = startCloud(t, map[string]answer{serverPath: {instead: hanging(t, cancel)}})
	_, err = api.client(t).Reader().Server(ctx, 9101)
	wantKind(t, err, upgrade.Unreachable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error does not say that the caller cancelled: %v", err)
	}
}

func TestNoAnswerWithinTheTimeLimitIsAmbiguous(t *testing.T) {
	api := startCloud(t, map[string]answer{reloadPath: {instead: hanging(t, func() {})}})
	client := dial(t, softlayer.Config{Endpoint: api.URL + "/rest/v3.1", Timeout: 2 * time.Second})
	got, text, err := client.Writer().Reload(t.Context(), 9101, 6001)
	if got != upgrade.Ambiguous || err != nil || !strings.Contains(text, "no answer within 2s") || len(api.asked()) != 1 {
		t.Errorf("the reload ended as %q, %q, %v after %d requests", got, text, err, len(api.asked()))
	}
}

func TestReaderAndWriterShareTheRateLimit(t *testing.T) {
	api := startCloud(t, map[string]answer{serverPath: {body: idleServer}, reloadPath: {body: `"1"`}})
	client := dial(t, softlayer.Config{Endpoint: api.URL + "/rest/v3.1", PerSecond: 0.0001})
	const burst = 20
	for range burst {
		if _, err := client.Reader().Server(t.Context(), 9101); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // far less than the hours until the next call is due
	defer cancel()
	if got, text, err := client.Writer().Reload(ctx, 9101, 6001); got != upgrade.NotSent || err != nil || len(api.asked()) != burst {
		t.Errorf("the reload ended as %q, %q, %v after %d requests", got, text, err, len(api.asked()))
	}
}

func TestEveryReloadGoesOverAConnectionOfItsOwn(t *testing.T) {
	api := startCloud(t, map[string]answer{serverPath: {body: idleServer}, reloadPath: {body: `"1"`}})
	client := api.client(t)
	for range 2 {
		if _, err := client.Reader().Server(t.Context(), 9101); err != nil {
			t.Fatal(err)
		}
		if got, text, err := client.Writer().Reload(t.Context(), 9101, 6001); got != upgrade.Accepted || err != nil {
			t.Fatalf("the reload ended as %q, %q, %v", got, text, err)
		}
	}
	r := api.asked()
	if r[0].from != r[2].from {
		t.Error("two reads did not share a connection")
	}
	if r[1].from == r[0].from || r[3].from == r[0].from || r[3].from == r[1].from {
		t.Error("a reload went over a connection that was used before")
	}
}

func TestConcurrentCallsKeepApart(t *testing.T) {
	api := startCloud(t, map[string]answer{serverPath: {body: busyServer}, reloadPath: {body: `"1"`}, gatewayPath: {body: pairAnswer}})
	client := api.client(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if s, err := client.Reader().Server(t.Context(), 9101); err != nil || s.ID != 9101 {
				t.Errorf("reading the server: %+v, %v", s, err)
			}
		})
		all.Go(func() {
			if g, err := client.Reader().Gateway(t.Context(), 4711); err != nil || g.ID != 4711 {
				t.Errorf("reading the gateway: %+v, %v", g, err)
			}
		})
		all.Go(func() {
			if got, text, err := client.Writer().Reload(t.Context(), 9101, 6001); got != upgrade.Accepted || err != nil {
				t.Errorf("reloading: %q, %q, %v", got, text, err)
			}
		})
	}
	all.Wait()
	if n := len(api.asked()); n != 24 {
		t.Errorf("%d requests were sent, want 24", n)
	}
}
