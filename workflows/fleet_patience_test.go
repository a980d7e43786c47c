package workflows_test

import (
	"math"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// untiring lets an activity be attempted as often as on a server: the test environment gives up after ten attempts where no
// number is given.
type untiring struct {
	interceptor.WorkerInterceptorBase
}

// InterceptWorkflow puts the inbound side in front of a workflow.
func (*untiring) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &patientInbound{interceptor.WorkflowInboundInterceptorBase{Next: next}}
}

type patientInbound struct {
	interceptor.WorkflowInboundInterceptorBase
}

// Init puts the outbound side behind the workflow.
func (i *patientInbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&patientOutbound{interceptor.WorkflowOutboundInterceptorBase{Next: next}})
}

type patientOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
}

// ExecuteActivity gives the number that a server takes for granted.
func (o *patientOutbound) ExecuteActivity(ctx workflow.Context, activityType string, args ...any) workflow.Future {
	options := workflow.GetActivityOptions(ctx)
	if policy := options.RetryPolicy; policy != nil && policy.MaximumAttempts == 0 {
		often := *policy
		often.MaximumAttempts = math.MaxInt32
		options.RetryPolicy = &often
	}
	return o.Next.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activityType, args...)
}
