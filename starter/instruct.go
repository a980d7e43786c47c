package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// instructCommand tells a running upgrade something, with who and why.
func instructCommand(s *shared, name, short string) *cobra.Command {
	var in upgrade.Instruction
	c := &cobra.Command{
		Use:   name + " GATEWAY --reason TEXT",
		Short: short,
		Args:  gatewayArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := in.Validate(); err != nil {
				return err
			}
			if name == workflows.UpdateAccept {
				if err := upgrade.Warnings(in.Codes); err != nil {
					return err
				}
			}
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			id := workflows.UpgradeID(gatewayID(args))
			handle, err := c.UpdateWorkflow(cmd.Context(), client.UpdateWorkflowOptions{
				WorkflowID: id, UpdateName: name, Args: []any{in}, WaitForStage: client.WorkflowUpdateStageCompleted})
			var receipt upgrade.Receipt
			if err == nil {
				err = handle.Get(cmd.Context(), &receipt)
			}
			var missing *serviceerror.NotFound
			if errors.As(err, &missing) {
				return upgrade.Errorf(upgrade.NotFound, "there is no running workflow %s", id).Advise("see: starter status")
			}
			if err != nil {
				return fmt.Errorf("telling %s to %s: %w", id, name, err)
			}
			return s.print(cmd.OutOrStdout(), receipt, receipt.Text)
		},
	}
	c.Flags().StringVar(&in.By, "by", os.Getenv("USER"), "who says it")
	c.Flags().StringVar(&in.Reason, "reason", "", "why")
	if name == workflows.UpdateAccept {
		c.Flags().IntSliceVar(&in.Codes, "codes", nil, "codes of the warnings, 1176 to 1185, separated by commas")
	}
	return c
}
