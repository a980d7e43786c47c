package workflows_test

import (
	"fmt"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// reply is the answer to one update. Exactly one of receipt and refusal is set once it is answered.
type reply struct {
	update  string
	receipt string
	ticket  upgrade.Ticket // of a request for a pod
	refusal error
	passed  bool   // the validator let it pass, so that it stands in the history
	reject  string // what a refusal must say; empty wants the update accepted
}

// Accept is called when the validator let the update pass.
func (r *reply) Accept() { r.passed = true }

// Reject is called with the validator's refusal.
func (r *reply) Reject(err error) { r.refusal = err }

// Complete is called with the handler's answer.
func (r *reply) Complete(success any, err error) {
	switch answer := success.(type) {
	case upgrade.Receipt:
		r.receipt = answer.Text
	case upgrade.Ticket:
		r.receipt, r.ticket = answer.String(), answer
	}
	r.refusal = err
}

func (r *reply) missing() bool {
	if r.reject == "" {
		return r.receipt == "" || r.refusal != nil
	}
	return r.passed || r.refusal == nil || !strings.Contains(r.refusal.Error(), r.reject)
}

func (r *reply) String() string {
	return fmt.Sprintf("passed %t, receipt %q, refusal %v", r.passed, r.receipt, r.refusal)
}

func (r *reply) wanted() string {
	if r.reject == "" {
		return "a receipt"
	}
	return "a refusal by the validator with " + r.reject
}

// say sends an update that must be accepted.
func (s *stage) say(update string) { s.send(&reply{update: update}, instruction(update)) }

// refused sends an update that must be refused with the text.
func (s *stage) refused(update, text string) {
	s.send(&reply{update: update, reject: text}, instruction(update))
}

func (s *stage) send(r *reply, in any) {
	s.replies = append(s.replies, r)
	s.env.UpdateWorkflow(r.update, fmt.Sprintf("update-%d", len(s.replies)), r, in)
}

func instruction(update string) upgrade.Instruction {
	return upgrade.Instruction{By: "A. Lindqvist", Reason: "night shift says " + update}
}

// sends is the act of a person who sends an update.
func sends(update string) func(*stage) { return func(s *stage) { s.say(update) } }

// holding waits until the upgrade holds in the phase for a reason of the kind, then acts.
func holding(phase upgrade.Phase, kind upgrade.Kind, do func(*stage)) scene {
	return scene{name: fmt.Sprintf("holding at %s as %s", phase, kind), do: do,
		when: func(_ *stage, r upgrade.Report) bool { return r.Hold != nil && r.Phase == phase && r.Hold.Kind == kind }}
}

// retry waits for a hold and says retry.
func retry(phase upgrade.Phase, kind upgrade.Kind) scene {
	return holding(phase, kind, sends(workflows.UpdateRetry))
}

// asked waits until an approval is asked for whose text holds the words, then acts.
func asked(words string, do func(*stage)) scene {
	return scene{name: "asking " + words, do: do,
		when: func(_ *stage, r upgrade.Report) bool { return r.Ask != nil && strings.Contains(r.Ask.Text, words) }}
}

// approve releases the second node.
func approve() scene { return asked("reload node0 on edge-a now?", sends(workflows.UpdateApprove)) }

// later is a scene that comes no earlier than some time after the upgrade began to hold.
func later(age time.Duration, sc scene) scene {
	due := sc.when
	sc.name += " for " + age.String()
	sc.when = func(s *stage, r upgrade.Report) bool { return due(s, r) && s.env.Now().Sub(r.Hold.Since) >= age }
	return sc
}
