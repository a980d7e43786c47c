package workflows_test

import (
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vsrx-upgrade/workflows"
)

// sightings are the commands of a workflow that neither its result nor its status shows.
type sightings struct {
	phases     []string          // each value the phase attribute was set to
	attributes map[string]string // last values, by name
	options    map[string]workflow.ActivityOptions
	told       []telling                      // signals to workflows that are no children
	tell       map[string]func(telling) error // what comes of such a signal, by its name; without one it arrives
}

// telling is a signal to a workflow outside.
type telling struct {
	workflowID, name string
	arg              any
}

func (s *sightings) interceptors() []interceptor.WorkerInterceptor {
	s.attributes, s.options, s.tell = map[string]string{}, map[string]workflow.ActivityOptions{}, map[string]func(telling) error{}
	return []interceptor.WorkerInterceptor{&lookout{s: s}}
}

// lookout hangs the sightings into every workflow of the worker.
type lookout struct {
	interceptor.WorkerInterceptorBase
	s *sightings
}

// InterceptWorkflow puts the inbound side in front of a workflow.
func (l *lookout) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &inbound{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, s: l.s}
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	s *sightings
}

// Init puts the outbound side behind the workflow.
func (i *inbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&outbound{WorkflowOutboundInterceptorBase: interceptor.WorkflowOutboundInterceptorBase{Next: next}, s: i.s})
}

type outbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	s *sightings
}

// UpsertTypedSearchAttributes notes the values.
func (o *outbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	set := temporal.NewSearchAttributes(updates...)
	for key, value := range set.GetUntypedValues() {
		if text, ok := value.(string); ok {
			o.s.attributes[key.GetName()] = text
		}
	}
	if phase, ok := set.GetKeyword(workflows.AttributePhase); ok {
		o.s.phases = append(o.s.phases, phase)
	}
	return o.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

// ExecuteActivity notes the options an activity is called with.
func (o *outbound) ExecuteActivity(ctx workflow.Context, activityType string, args ...any) workflow.Future {
	o.s.options[activityType] = workflow.GetActivityOptions(ctx)
	return o.Next.ExecuteActivity(ctx, activityType, args...)
}

// SignalExternalWorkflow notes the signal; nobody but the workflow of the play and its children is there.
func (o *outbound) SignalExternalWorkflow(ctx workflow.Context, workflowID, _, name string, arg any) workflow.Future {
	t := telling{workflowID: workflowID, name: name, arg: arg}
	o.s.told = append(o.s.told, t)
	var err error
	if arrives := o.s.tell[name]; arrives != nil {
		err = arrives(t)
	}
	f, set := workflow.NewFuture(ctx)
	set.Set(nil, err)
	return f
}
