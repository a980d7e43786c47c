package workflows_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// The plays of a pod's lock: the world serves and looks, holders and operators speak while it does, and after an hour in
// which nothing happens the play is over.

// asking is the n-th gateway's request for the pod.
func asking(n int) upgrade.PodRequest {
	return upgrade.PodRequest{ID: requestID(n), Holder: fmt.Sprintf("upgrade/%d", 40+n), Run: fmt.Sprintf("run-%d", n), GatewayID: 40 + n,
		Gateway: fmt.Sprintf("edge-%d", n), Poll: upgrade.Duration(time.Minute)}
}

func requestID(n int) string { return fmt.Sprintf("q-%d", n) }

// freeLock is a pod for which the requests wait, in their order.
func freeLock(waiting ...int) upgrade.PodLock {
	l := upgrade.PodLock{Account: account, Pod: pod}
	for _, n := range waiting {
		l.Ask(asking(n), night)
	}
	return l
}

// taintedLock is one whose last hold ended badly.
func taintedLock(waiting ...int) upgrade.PodLock {
	l := freeLock(waiting...)
	l.Taint = &upgrade.Taint{Reason: "the hold of gateway edge-9 ended by a release by force", Since: night}
	return l
}

// guard plays a lock to the hour in which nothing happens any more, and gives the state of that moment.
func (s *stage) guard(from upgrade.PodLock) upgrade.PodLock {
	s.Helper()
	state, err := s.guardUntil(from)
	if err != nil {
		s.Fatalf("the lock ended with %v; calls %q", err, s.calls)
	}
	return state
}

// guardUntil plays a lock that may end before, and gives the state that its next run would begin with.
func (s *stage) guardUntil(from upgrade.PodLock) (state upgrade.PodLock, err error) {
	s.Helper()
	over := false
	s.env.RegisterDelayedCallback(func() {
		if !s.env.IsWorkflowCompleted() {
			over, state = true, s.state()
			s.env.CancelWorkflow()
		}
	}, time.Hour)
	s.env.ExecuteWorkflow(workflows.TypePodLock, from)
	s.working.Wait()
	for _, r := range s.replies {
		if r.missing() {
			s.Errorf("%s was answered as %s, wanted %s", r.update, r, r.wanted())
		}
	}
	if over {
		return state, nil
	}
	err = s.env.GetWorkflowError()
	var renewal *workflow.ContinueAsNewError
	if !errors.As(err, &renewal) {
		return state, err
	}
	if renewal.WorkflowType.Name != workflows.TypePodLock {
		s.Errorf("it goes on as %s", renewal.WorkflowType.Name)
	}
	if err := converter.GetDefaultDataConverter().FromPayloads(renewal.Input, &state); err != nil {
		s.Errorf("what the next run begins with: %v", err)
	}
	return state, err
}

// state asks the query that people ask.
func (s *stage) state() (l upgrade.PodLock) {
	s.Helper()
	v, err := s.env.QueryWorkflow(workflows.QueryState)
	if err == nil {
		err = v.Get(&l)
	}
	if err != nil {
		s.Errorf("state: %v", err)
	}
	return l
}

// stands asks a lock where a request stands.
func (s *stage) stands(n int) (t upgrade.Ticket) {
	s.Helper()
	v, err := s.env.QueryWorkflow(workflows.QueryPlace, requestID(n))
	if err == nil {
		err = v.Get(&t)
	}
	if err != nil {
		s.Errorf("place: %v", err)
	}
	return t
}

// asks sends requests, which must be accepted.
func (s *stage) asks(numbers ...int) {
	for _, n := range numbers {
		s.send(&reply{update: workflows.UpdateAcquire}, asking(n))
	}
}

// leaves withdraws a request in its holder's name.
func (s *stage) leaves(n int) {
	s.env.SignalWorkflow(workflows.SignalWithdraw, upgrade.PodGrant{Request: requestID(n)})
}

// about is an operator's update that concerns a request, "" for none.
func about(update, request string) upgrade.PodInstruction {
	return upgrade.PodInstruction{Instruction: instruction(update), Request: request}
}

// steers sends an operator's update that must be accepted.
func (s *stage) steers(update, request string) {
	s.send(&reply{update: update}, about(update, request))
}

// steersInVain sends an operator's update that must be refused with the text.
func (s *stage) steersInVain(update, request, text string) {
	s.send(&reply{update: update, reject: text}, about(update, request))
}

// began notes what a lock does. The world notes it later, and a service that is cut may be overtaken by the next.
func (s *stage) began(name string, args converter.EncodedValues) {
	var err error
	switch name {
	case "ServePod":
		var in activities.ServeInput
		err = args.Get(&in)
		s.served = append(s.served, in)
	case "AwaitFit":
		var in activities.FitInput
		err = args.Get(&in)
		s.looked = append(s.looked, in)
	}
	if err != nil {
		s.Errorf("the input of %s: %v", name, err)
	}
}

// serves names the requests that were served, in order.
func (s *stage) serves() []int {
	list := []int{}
	for _, in := range s.served {
		list = append(list, in.Request.GatewayID-40)
	}
	return list
}

// ended names the requests of the last holds, newest first, with their ends.
func ended(l upgrade.PodLock) string {
	var list []string
	for _, h := range l.Last {
		list = append(list, h.Request.ID+" "+h.End)
	}
	return strings.Join(list, ", ")
}

// waiting names the requests in the queue.
func waiting(l upgrade.PodLock) string {
	var list []string
	for _, r := range l.Queue {
		list = append(list, r.ID)
	}
	return strings.Join(list, ", ")
}
