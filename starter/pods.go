package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// podsCommand shows every pod that ever had an upgrade: who holds it, who waits, what is in the way.
func podsCommand(s *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "pods",
		Short: "Show who holds each pod and who waits for it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return upgrade.Errorf(kindUsage, "pods shows them all and takes no argument").Advise("see one pod: starter pod %s queue", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			locks, err := everyLock(cmd.Context(), c)
			if err != nil {
				return err
			}
			return s.print(cmd.OutOrStdout(), locks, podTable(locks))
		},
	}
}

// everyLock asks each running lock for its state.
func everyLock(ctx context.Context, c client.Client) ([]upgrade.PodLock, error) {
	locks := []upgrade.PodLock{}
	var page []byte
	for {
		list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("WorkflowType=%q AND ExecutionStatus='Running'", workflows.TypePodLock), NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("listing the pods' locks: %w", err)
		}
		for _, e := range list.GetExecutions() {
			lock, err := lockState(ctx, c, e.GetExecution().GetWorkflowId())
			if err != nil {
				return nil, err
			}
			locks = append(locks, lock)
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			return locks, nil
		}
	}
}

// lockState asks one lock.
func lockState(ctx context.Context, c client.Client, id string) (lock upgrade.PodLock, err error) {
	value, err := c.QueryWorkflow(ctx, id, "", workflows.QueryState)
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return lock, upgrade.Errorf(upgrade.NotFound, "there is no lock %s", id).Advise("see: starter pods; a pod has a lock from its first upgrade on")
	}
	if err != nil {
		return lock, fmt.Errorf("asking %s: %w", id, err)
	}
	return lock, value.Get(&lock)
}

// podTable is one line a pod.
func podTable(locks []upgrade.PodLock) string {
	if len(locks) == 0 {
		return "no pod has had an upgrade yet"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACCOUNT\tPOD\tHELD FOR\tSINCE\tWAITING\tNOTE")
	for _, l := range locks {
		holder, since := "–", "–"
		if l.Current != nil {
			holder, since = l.Current.Request.Gateway, l.Current.Granted.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d\t%s\n", l.Account, l.Pod, holder, since, len(l.Queue), podNote(l))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

func podNote(l upgrade.PodLock) string {
	var notes []string
	if l.Taint != nil {
		notes = append(notes, "tainted: "+l.Taint.Reason)
	}
	if l.Blocked != "" {
		notes = append(notes, l.Blocked)
	}
	return strings.Join(notes, "; ")
}

// podCommand shows and steers the queue of one pod.
func podCommand(s *shared) *cobra.Command {
	c := &cobra.Command{
		Use:   "pod POD queue|release|withdraw|clear-taint",
		Short: "Show or steer the queue of one pod",
		Long: "Show or steer the queue of one pod, named dal10.pod01 or, where several accounts share the namespace, 900100/dal10.pod01.\n\n" +
			"  queue         show the holder, the queue and what is in the way\n" +
			"  release       close the permit of the request that holds the pod; the pod is looked at before anybody gets it\n" +
			"  withdraw      take a waiting request out of the queue\n" +
			"  clear-taint   declare the pod well after a hold that ended badly",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return upgrade.Errorf(kindUsage, "a pod and what to do are needed").Advise("see --help")
			}
			if _, ok := podUpdates[args[1]]; !ok && args[1] != "queue" {
				return upgrade.Errorf(kindUsage, "%q is none of queue, release, withdraw, clear-taint", args[1]).Advise("see --help")
			}
			return nil
		},
	}
	var in upgrade.PodInstruction
	c.Flags().StringVar(&in.By, "by", os.Getenv("USER"), "who says it")
	c.Flags().StringVar(&in.Reason, "reason", "", "why; needed by all but queue")
	c.Flags().StringVar(&in.Request, "request", "", "id of the request, as queue shows it; needed by release and withdraw")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		update, steers := podUpdates[args[1]]
		if steers {
			if err := in.Validate(); err != nil {
				return err
			}
			if update != workflows.UpdateClearTaint && in.Request == "" {
				return upgrade.Errorf(upgrade.Invalid, "%s needs --request", args[1]).Advise("take the id from: starter pod %s queue", args[0])
			}
		}
		c, err := connect(cmd.Context())
		if err != nil {
			return err
		}
		defer c.Close()
		id, err := lockOf(cmd.Context(), c, args[0])
		if err != nil {
			return err
		}
		if steers {
			return s.steerPod(cmd, c, id, update, in)
		}
		lock, err := lockState(cmd.Context(), c, id)
		if err != nil {
			return err
		}
		return s.print(cmd.OutOrStdout(), lock, queueTable(lock))
	}
	return c
}

// podUpdates are the lock's updates by the starter's words.
var podUpdates = map[string]string{"release": workflows.UpdateForceRelease, "withdraw": workflows.UpdateRemove, "clear-taint": workflows.UpdateClearTaint}

// lockOf finds the lock of a pod. A pod's name alone will do where it is the only one of that name.
func lockOf(ctx context.Context, c client.Client, pod string) (string, error) {
	locks, err := everyLock(ctx, c)
	if err != nil {
		return "", err
	}
	var found []string
	for _, l := range locks {
		if id := workflows.LockID(l.Account, l.Pod); l.Pod == pod || id == "pod-lock/"+pod {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", upgrade.Errorf(upgrade.NotFound, "there is no lock of pod %q", pod).Advise("see: starter pods; a pod has a lock from its first upgrade on")
	}
	return "", upgrade.Errorf(upgrade.Invalid, "pod %q has a lock in %d accounts", pod, len(found)).Advise("name the account too: ACCOUNT/%s", pod)
}

// steerPod sends an operator's update.
func (s *shared) steerPod(cmd *cobra.Command, c client.Client, id, update string, in upgrade.PodInstruction) error {
	handle, err := c.UpdateWorkflow(cmd.Context(), client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: update, Args: []any{in}, WaitForStage: client.WorkflowUpdateStageCompleted})
	var receipt upgrade.Receipt
	if err == nil {
		err = handle.Get(cmd.Context(), &receipt)
	}
	if err != nil {
		return fmt.Errorf("telling %s to %s: %w", id, update, err)
	}
	return s.print(cmd.OutOrStdout(), receipt, receipt.Text)
}

// queueTable shows one pod at length.
func queueTable(l upgrade.PodLock) string {
	var b strings.Builder
	fmt.Fprintf(&b, "pod %s of account %d\n", l.Pod, l.Account)
	if note := podNote(l); note != "" {
		fmt.Fprintf(&b, "%s\n", note)
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(place string, r upgrade.PodRequest, at time.Time, how string) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", place, r.Gateway, r.Holder, at.Local().Format(time.DateTime), r.ID, how)
	}
	fmt.Fprintln(w, "PLACE\tGATEWAY\tWORKFLOW\tSINCE\tREQUEST\t")
	if l.Current != nil {
		row("holds", l.Current.Request, l.Current.Granted, "")
	}
	for i, r := range l.Queue {
		row(fmt.Sprint(i+1), r, r.Since, r.Reason)
	}
	for _, h := range l.Last {
		row("before", h.Request, h.Granted, h.End)
	}
	_ = w.Flush() // a strings.Builder takes everything
	for _, act := range l.Acts {
		fmt.Fprintf(&b, "%s %s by %s: %s\n", act.At.Local().Format(time.DateTime), act.Name, act.By, act.Reason)
	}
	return b.String()
}
