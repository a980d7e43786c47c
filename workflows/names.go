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
	TypeCheckReadiness = "CheckReadiness"
	TypeRestore        = "RestoreConfiguration"
	TypePodLock        = "PodLock"
	TypePodPermit      = "PodPermit"

	TypeMaintenanceWindow = "MaintenanceWindow"
	TypeUpgradeFleet      = "UpgradeFleet"
)

// Names of messages. Users type them.
const (
	QueryStatus    = "status"
	UpdateApprove  = "approve"
	UpdateRetry    = "retry"
	UpdateAbort    = "abort"
	UpdateRollback = "rollback"
	UpdatePause    = "pause"
	UpdateResume   = "resume"
	UpdateAccept   = "accept-warnings"
	UpdateResubmit = "resubmit"
	UpdateSkip     = "skip" // of a fleet

	// Of a pod's lock and permit.
	QueryState         = "state"
	QueryPlace         = "place"
	UpdateAcquire      = "acquire"
	UpdateForceRelease = "force-release"
	UpdateRemove       = "remove"
	UpdateClearTaint   = "clear-taint"
	UpdateRenew        = "renew"
	SignalWithdraw     = "withdraw"
	SignalGranted      = "pod-lock-granted"
	SignalRelease      = "release"
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

// CheckID is the workflow id of a gateway's readiness check.
func CheckID(gatewayID int) string { return fmt.Sprintf("check/%d", gatewayID) }

// RestoreID is the workflow id of bringing a gateway's configuration back by hand.
func RestoreID(gatewayID int) string { return fmt.Sprintf("restore/%d", gatewayID) }

// FleetID is the workflow id of a fleet.
func FleetID(name string) string { return "fleet/" + name }

// FleetPlanID is the workflow id of a fleet's dry run.
func FleetPlanID(name string) string { return "fleet-plan/" + name }

// LockID is the workflow id of a pod's queue.
func LockID(account int, pod string) string { return fmt.Sprintf("pod-lock/%d/%s", account, pod) }

// PermitID is the workflow id of a pod's permit: open means held.
func PermitID(account int, pod string) string { return fmt.Sprintf("pod-permit/%d/%s", account, pod) }
