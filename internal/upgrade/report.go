package upgrade

import "time"

// Phase is a stage of the runbook.
type Phase string

// The phases in their order; ready, reload and verify come once for each node.
const (
	PhaseDiscover Phase = "discover"
	PhasePlan     Phase = "plan"
	PhaseQueue    Phase = "queue"
	PhasePrepare  Phase = "prepare"
	PhaseExport   Phase = "export"
	PhaseReady    Phase = "ready"
	PhaseReload   Phase = "reload"
	PhaseVerify   Phase = "verify"
	PhaseApprove  Phase = "approve"
	PhaseImport   Phase = "import"
	PhaseRollback Phase = "rollback"
	PhaseRestore  Phase = "restore"
	PhaseCompare  Phase = "compare"
	PhaseReport   Phase = "report"
)

// Outcome is how an upgrade ended.
type Outcome string

// The outcomes; the empty one means it is still under way.
const (
	OutcomeCompleted  Outcome = "completed"
	OutcomePlanned    Outcome = "planned"     // dry run
	OutcomeAborted    Outcome = "aborted"     // by a person, before the first reload, everything undone
	OutcomeRefused    Outcome = "refused"     // before anything was written
	OutcomeDeferred   Outcome = "deferred"    // too late for its maintenance window, before the first reload, everything undone
	OutcomeRolledBack Outcome = "rolled-back" // by a person, between the reloads: whole again, on the old version
	OutcomeAbandoned  Outcome = "abandoned"   // by a person, after a reload: left as it is, the pod tainted
)

// Report is where an upgrade stands and, at its end, what happened. It is the answer of the status query, the
// workflow's result, and the file in the archive.
type Report struct {
	GatewayID   int       `json:"gatewayId"`
	Gateway     string    `json:"gateway,omitempty"`
	Pod         string    `json:"pod,omitempty"`
	From        string    `json:"from,omitempty"`
	Target      string    `json:"target"`
	Change      string    `json:"change,omitempty"`
	RequestedBy string    `json:"requestedBy,omitempty"`
	Outcome     Outcome   `json:"outcome,omitempty"`
	Reason      string    `json:"reason,omitempty"` // of a refusal or an abort
	Phase       Phase     `json:"phase"`
	Since       time.Time `json:"since"`

	Hold    *Hold     `json:"hold,omitempty"`
	Ask     *Ask      `json:"ask,omitempty"`
	Waiting string    `json:"waiting,omitempty"` // for whom, in the pod's queue
	Paused  *Decision `json:"paused,omitempty"`  // by a person, until resumed
	Choices []string  `json:"choices,omitempty"` // names of the updates that make sense now

	Plan        *Plan           `json:"plan,omitempty"`
	Nodes       []NodeReport    `json:"nodes,omitempty"`
	Checks      []CheckResult   `json:"checks,omitempty"` // our own, before the latest reload
	Reloads     int             `json:"reloads"`
	Export      *Export         `json:"export,omitempty"`
	Preempt     *PreemptReport  `json:"preempt,omitempty"`
	Rollback    *RollbackReport `json:"rollback,omitempty"`
	Import      *ImportReport   `json:"import,omitempty"`  // of a standalone gateway's configuration
	Adopted     string          `json:"adopted,omitempty"` // what was found under way and taken over
	Notices     []string        `json:"notices,omitempty"` // that something takes longer than it should
	Changes     *ConfigChanges  `json:"changes,omitempty"` // of the configuration since the export, when last looked at
	Differences []Difference    `json:"differences,omitempty"`
	ToDo        []string        `json:"todo,omitempty"` // what is left to people
	Decisions   []Decision      `json:"decisions,omitempty"`
	Log         []Entry         `json:"log"`
	Stored      *Blob           `json:"stored,omitempty"` // this report in the archive
}

// Hold says why an upgrade stands still and what a person may do.
type Hold struct {
	Kind   Kind      `json:"kind"`
	Reason string    `json:"reason"`
	Advice string    `json:"advice,omitempty"`
	Since  time.Time `json:"since"`
}

// Ask is a question to a person.
type Ask struct {
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}

// NodeReport is the reload of one member.
type NodeReport struct {
	Step       Step           `json:"step"`
	Target     string         `json:"target"`
	Round      int            `json:"round"`               // submissions, counting from 1
	Readiness  []ReadinessRow `json:"readiness,omitempty"` // what IBM's checks said last
	Submission *Submission    `json:"submission,omitempty"`
	ReloadID   int            `json:"reloadId,omitempty"`
	Submitted  time.Time      `json:"submitted,omitzero"`
	Ended      time.Time      `json:"ended,omitzero"`
	Verified   time.Time      `json:"verified,omitzero"`
	Version    string         `json:"version,omitempty"` // as the device says
}

// PreemptReport is what was done about preempt of redundancy group 1.
type PreemptReport struct {
	Found       Preempt `json:"found"`
	Deactivated bool    `json:"deactivated,omitempty"`
	Restored    bool    `json:"restored,omitempty"`
}

// ImportReport is how a standalone gateway got its configuration back.
type ImportReport struct {
	At    time.Time `json:"at"`
	Plan  []string  `json:"plan"`  // what was kept, renamed, brought along and left out
	Fresh Blob      `json:"fresh"` // the configuration that the rebuilt gateway came with
}

// Decision is what a person told a running upgrade.
type Decision struct {
	Name   string    `json:"name"` // of the update
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Codes  []int     `json:"codes,omitempty"`
	At     time.Time `json:"at"`
}

// Entry is one line of the upgrade's log.
type Entry struct {
	At    time.Time `json:"at"`
	Phase Phase     `json:"phase"`
	Text  string    `json:"text"`
}

// Instruction is the input of every update: who says it and why. Codes are the readiness warnings that accept-warnings
// accepts.
type Instruction struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	Codes  []int  `json:"codes,omitempty"`
}

// Validate refuses an instruction without a name or a reason: both stay in the report.
func (i Instruction) Validate() error {
	if i.By == "" || i.Reason == "" || !changeForm.MatchString(i.By) || len(i.Reason) > 500 {
		return Errorf(Invalid, "an instruction needs by (up to 100 letters, digits, blanks and . _ : / # @ -) and reason (up to 500 characters)").Advise("say who you are and why")
	}
	return nil
}

// Receipt is the answer to an instruction.
type Receipt struct {
	Text string `json:"text"`
}

// Permit names an open PodPermit run: its run id is the fencing token.
type Permit struct {
	WorkflowID string `json:"workflowId"`
	RunID      string `json:"runId"`
}
