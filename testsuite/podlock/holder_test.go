package podlock

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/softlayer"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// Names of the holder: a workflow that uses a pod as an upgrade does.
const (
	typeHolder  = "Holder"
	signalGoOn  = "go-on"
	queryStance = "stance"
)

// job is what a holder does.
type job struct {
	Account   int            `json:"account"`
	Gateways  []target       `json:"gateways"` // one a pod
	Before    bool           `json:"before"`   // it waits for a word before it works
	Idle      bool           `json:"idle"`     // it reloads nothing
	Unhealthy string         `json:"unhealthy"`
	Fails     string         `json:"fails"` // it ends by an error: failsTidily, failsRoughly
	Timing    upgrade.Timing `json:"timing"`
}

type target struct {
	Pod  string `json:"pod"`
	ID   int    `json:"id"`
	Name string `json:"name"`
}

const (
	failsTidily  = "tidily"  // and releases what it holds
	failsRoughly = "roughly" // and releases nothing
)

// stance is where a holder stands.
type stance struct {
	Waiting string   `json:"waiting"`
	Held    []string `json:"held"`   // pods
	Permit  string   `json:"permit"` // run id of the last one
}

// stay is a run of the holder.
type stay struct {
	ctx   workflow.Context
	in    job
	pods  []*workflows.Pod
	seen  stance
	words int // given so far and not used up
}

// hold takes the pods, works on the gateways and gives the pods back.
func (s *site) hold(ctx workflow.Context, in job) (seen stance, err error) {
	h := &stay{ctx: ctx, in: in}
	if err := workflow.SetQueryHandler(ctx, queryStance, h.show); err != nil {
		return seen, err
	}
	workflow.Go(ctx, h.listen)
	h.plan()
	defer func() {
		if in.Fails != failsRoughly {
			err = cmp.Or(err, h.giveBack())
		}
		seen, _ = h.show() // it has no error
	}()
	if err := h.keep(); err != nil {
		return seen, err
	}
	if err := h.await(); err != nil {
		return seen, err
	}
	if s.broken.Load() {
		panic("a bug that the next worker does not have")
	}
	if in.Fails != "" {
		return seen, temporal.NewApplicationError("the holder fails", "test")
	}
	if err := h.keep(); err != nil {
		return seen, err
	}
	return seen, h.work()
}

// show tells where the holder stands.
func (h *stay) show() (stance, error) {
	h.seen.Held = nil
	for _, p := range h.pods {
		if p.Held() {
			h.seen.Held, h.seen.Permit = append(h.seen.Held, p.Name), p.Permit().RunID
		}
	}
	return h.seen, nil
}

// listen counts the words.
func (h *stay) listen(ctx workflow.Context) {
	for {
		workflow.GetSignalChannel(ctx, signalGoOn).Receive(ctx, nil)
		h.words++
	}
}

// await uses up one word, where one is wanted.
func (h *stay) await() error {
	if !h.in.Before {
		return nil
	}
	err := workflow.Await(h.ctx, func() bool { return h.words > 0 })
	h.words--
	return err
}

// plan sorts the pods.
func (h *stay) plan() {
	slices.SortFunc(h.in.Gateways, func(a, b target) int { return cmp.Compare(a.Pod, b.Pod) })
	for _, g := range h.in.Gateways {
		h.pods = append(h.pods, &workflows.Pod{Account: h.in.Account, Name: g.Pod, GatewayID: g.ID, Gateway: g.Name, Timing: h.in.Timing,
			Waits: func(text string) { h.seen.Waiting = text }})
	}
}

// keep makes sure that all pods are held, as an upgrade does before each step that cannot be undone.
func (h *stay) keep() error {
	for _, p := range h.pods {
		if p.Held() {
			continue
		}
		if err := p.Take(h.ctx); err != nil {
			return err
		}
	}
	return nil
}

// work reloads the gateways.
func (h *stay) work() error {
	if h.in.Idle {
		return nil
	}
	ctx := workflow.WithActivityOptions(h.ctx, workflow.ActivityOptions{StartToCloseTimeout: patience, HeartbeatTimeout: 5 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, MaximumInterval: time.Second}})
	var c *crew
	for i, g := range h.in.Gateways {
		if err := workflow.ExecuteActivity(ctx, c.Reload, task{Gateway: g.ID, Permit: h.pods[i].Permit()}).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// giveBack releases every pod.
func (h *stay) giveBack() (err error) {
	for _, p := range h.pods {
		err = cmp.Or(err, p.Release(h.ctx, h.in.Unhealthy))
	}
	return err
}

// task is the reload of the secondary node of a gateway, under a permit.
type task struct {
	Gateway int            `json:"gateway"`
	Permit  upgrade.Permit `json:"permit"`
}

// crew works on gateways.
type crew struct {
	api  *softlayer.Client
	pods activities.Pods
	site *site
}

// Reload looks at the fence, submits the reload once and waits for its end, as an upgrade does in several steps.
func (c *crew) Reload(ctx context.Context, in task) error {
	open, err := c.pods.Open(ctx, in.Permit)
	if err != nil {
		return err
	}
	if !open {
		return temporal.NewNonRetryableApplicationError("the permit is not open any more", string(upgrade.LockLost), nil)
	}
	g, err := c.api.Reader().Gateway(ctx, in.Gateway)
	if err != nil {
		return err
	}
	m := g.Members[1]
	s, err := c.api.Reader().Server(ctx, m.HardwareID)
	if err != nil {
		return err
	}
	if s.LastReload == 0 && s.Idle() {
		if err := c.submit(ctx, g, m); err != nil {
			return err
		}
	}
	c.site.dieIn(diesWorking)
	return c.await(ctx, m.HardwareID)
}

// submit reloads a member with the version it has.
func (c *crew) submit(ctx context.Context, g upgrade.Gateway, m upgrade.Member) error {
	prices, err := c.api.Reader().Prices(ctx, g.ID, m.ID)
	if err != nil {
		return err
	}
	for _, p := range prices {
		if p.Version != m.Version {
			continue
		}
		answer, text, err := c.api.Writer().Reload(ctx, m.HardwareID, p.ID)
		if err == nil && answer != upgrade.Accepted {
			err = temporal.NewNonRetryableApplicationError(fmt.Sprintf("the reload of gateway %d was answered by %s: %s", g.ID, answer, text), "test", nil)
		}
		return err
	}
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf("no price for %s among %v", m.Version, prices), "test", nil)
}

// await sees a reload end: idle twice, further apart than the pause between the two transactions of a reload.
func (c *crew) await(ctx context.Context, hardware int) error {
	for idle := 0; idle < 2; {
		s, err := c.api.Reader().Server(ctx, hardware)
		if err != nil {
			return err
		}
		if idle++; !s.Idle() || s.LastReload == 0 {
			idle = 0
		}
		activity.RecordHeartbeat(ctx, "waiting")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-activity.GetWorkerStopChannel(ctx):
			return temporal.NewApplicationError("the worker stops", "test")
		case <-time.After(look):
		}
	}
	return nil
}
