package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
)

// TaskQueue is where the workers listen.
const TaskQueue = "vsrx-upgrade"

// Workflow types.
const (
	TypeUpgradeGateway = "UpgradeGateway"
	TypePodPermit      = "PodPermit"
)

// Names of messages. Users type them.
const (
	QueryStatus   = "status"
	UpdateApprove = "approve"
	UpdateRetry   = "retry"
	UpdateAbort   = "abort"
	SignalRelease = "release"
)

// Search attributes, all of type Keyword.
var (
	AttributeGateway = temporal.NewSearchAttributeKeyKeyword("VsrxGateway")
	AttributePod     = temporal.NewSearchAttributeKeyKeyword("VsrxPod")
	AttributePhase   = temporal.NewSearchAttributeKeyKeyword("VsrxPhase")
	AttributeTarget  = temporal.NewSearchAttributeKeyKeyword("VsrxTarget")
	AttributeChange  = temporal.NewSearchAttributeKeyKeyword("VsrxChange")
)

// Attributes lists the search attributes that must be registered in the namespace.
func Attributes() []string {
	return []string{AttributeGateway.GetName(), AttributePod.GetName(), AttributePhase.GetName(), AttributeTarget.GetName(), AttributeChange.GetName()}
}

// UpgradeID is the workflow id of a gateway's upgrade: one at a time comes from its being unique.
func UpgradeID(gatewayID int) string { return fmt.Sprintf("upgrade/%d", gatewayID) }

// PermitID is the workflow id of a pod's permit: open means held.
func PermitID(account int, pod string) string { return fmt.Sprintf("pod-permit/%d/%s", account, pod) }
