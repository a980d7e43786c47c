package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	sdktest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"vsrx-upgrade/internal/upgrade"
)

// run executes one attempt of an activity over the world. Whatever it does, it leaves no session open and lets no
// secret out.
func run[In, Out any](w *world, act func(context.Context, In) (Out, error), in In) (out Out, err error) {
	w.t.Helper()
	ctx, cancel := context.WithCancelCause(w.t.Context())
	defer cancel(nil)
	w.cancel = cancel
	var suite sdktest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(w.activities())
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx, Interceptors: []interceptor.WorkerInterceptor{&observer{world: w}}})
	env.SetWorkerStopChannel(w.stop)
	if w.resume != "" {
		env.SetHeartbeatDetails(json.RawMessage(w.resume))
	}
	value, err := env.ExecuteActivity(act, in)
	if err == nil {
		if err := value.Get(&out); err != nil {
			w.t.Fatal(err)
		}
	}
	if w.open != 0 {
		w.t.Errorf("%d sessions are left open", w.open)
	}
	w.keepsSecrets(fmt.Sprintf("%+v %v %v %v", out, err, adviceOf(err), w.beats))
	return out, err
}

func (w *world) keepsSecrets(seen string) {
	w.t.Helper()
	for _, secret := range []upgrade.Secret{hostSecret1, hostSecret2, deviceSecret, otherSecret} {
		if strings.Contains(seen, string(secret)) {
			w.t.Errorf("a password is visible in %s", seen)
		}
	}
}

// again is the next attempt: it knows the last heartbeat of the one before, which the SDK sends when an attempt fails.
func (w *world) again() {
	w.attempt++
	if len(w.beats) > 0 {
		w.resume = w.beats[len(w.beats)-1]
	}
	w.pauses, w.at, w.calls, w.beats, w.stop = 0, map[int]func(){}, nil, nil, make(chan struct{})
}

// observer sees every heartbeat, also those that the SDK would hold back, and sets the attempt's number and
// heartbeat timeout.
type observer struct {
	interceptor.WorkerInterceptorBase
	interceptor.ActivityInboundInterceptorBase
	world *world
}

func (o *observer) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	o.ActivityInboundInterceptorBase.Next = next
	return o
}

func (o *observer) Init(next interceptor.ActivityOutboundInterceptor) error {
	return o.ActivityInboundInterceptorBase.Next.Init(&outbound{interceptor.ActivityOutboundInterceptorBase{Next: next}, o.world})
}

type outbound struct {
	interceptor.ActivityOutboundInterceptorBase
	world *world
}

func (o *outbound) GetInfo(ctx context.Context) activity.Info {
	info := o.Next.GetInfo(ctx)
	info.Attempt, info.HeartbeatTimeout = o.world.attempt, o.world.silence
	return info
}

func (o *outbound) RecordHeartbeat(ctx context.Context, details ...any) {
	o.Next.RecordHeartbeat(ctx, details...)
	o.world.pause(details)
}

// endless is far above what any test needs.
const endless = 500

// pause notes the heartbeat and lets the world go on. A beat of a pause that lasts moves nothing: only a look does.
func (w *world) pause(details []any) {
	if len(details) != 1 {
		w.t.Errorf("a heartbeat without its whole checkpoint wipes it: %v", details)
		return
	}
	beat, err := json.Marshal(details[0])
	if err != nil {
		w.t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.beats, w.beatAt = append(w.beats, string(beat)), append(w.beatAt, time.Now())
	if !w.looked {
		return
	}
	if w.pauses++; w.pauses > endless {
		panic("the activity never ends")
	}
	w.looked, w.now = false, w.now.Add(w.step)
	if happens := w.at[w.pauses]; happens != nil {
		happens()
	}
}

// canceled ends the activity as Temporal does when its workflow asks for it.
func (w *world) canceled() { w.cancel(temporal.NewCanceledError()) }

func (w *world) stopped() { close(w.stop) }

// wantKind checks that the activity failed with the kind, and that Temporal tries again exactly when that may help.
func wantKind(t *testing.T, err error, kind upgrade.Kind) {
	t.Helper()
	var failure *temporal.ApplicationError
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want an error of kind %s", err, kind)
	}
	if failure.Type() != string(kind) || failure.NonRetryable() == kind.Passing() {
		t.Fatalf("got kind %s (final: %t), want %s (final: %t): %v", failure.Type(), failure.NonRetryable(), kind, !kind.Passing(), err)
	}
}

// wantHandOver checks that the activity left the rest to the next worker.
func wantHandOver(t *testing.T, err error) {
	t.Helper()
	var failure *temporal.ApplicationError
	if !errors.As(err, &failure) || failure.Type() != "worker-stopping" || failure.NonRetryable() || failure.Category() != temporal.ApplicationErrorCategoryBenign {
		t.Fatalf("got %v, want a benign hand-over that is tried again", err)
	}
}

func wantCanceled(t *testing.T, err error) {
	t.Helper()
	if !temporal.IsCanceledError(err) {
		t.Fatalf("got %v, want the cancellation", err)
	}
}

func adviceOf(err error) (advice string) {
	var failure *temporal.ApplicationError
	if errors.As(err, &failure) && failure.HasDetails() {
		if err := failure.Details(&advice); err != nil {
			return err.Error()
		}
	}
	return advice
}

func unreachable() error {
	return upgrade.Errorf(upgrade.Unreachable, "no answer within two minutes").Advise("wait")
}
func denied() error {
	return upgrade.Errorf(upgrade.Denied, "the login as root is refused").Advise("correct the record")
}
