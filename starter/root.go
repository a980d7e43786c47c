package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"vsrx-upgrade/internal/app"
	"vsrx-upgrade/internal/upgrade"
)

// shared is what every command needs.
type shared struct {
	json bool
}

// rootCommand assembles the commands.
func rootCommand() *cobra.Command {
	s := &shared{}
	root := &cobra.Command{
		Use:           "starter",
		Short:         "Upgrade Juniper vSRX gateways on IBM Cloud as durable workflows",
		Long:          "Upgrade Juniper vSRX gateways on IBM Cloud as durable workflows.\n\nThe Temporal server is found as the temporal CLI finds it (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …).\nExit codes: 0 done, 1 fault, 2 bad input, 3 refused, 4 aborted by a person, 5 somebody does not answer.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return upgrade.Errorf(kindUsage, "%q is no command", args[0]).Advise("see --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().BoolVar(&s.json, "json", false, "print JSON")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return upgrade.Errorf(kindUsage, "%w", err).Advise("see --help")
	})
	root.AddCommand(setupCommand(s), checkCommand(s), planCommand(s), upgradeCommand(s), statusCommand(s), reportCommand(s), lintCommand(s),
		podsCommand(s), podCommand(s), scheduleCommand(s), configCommand(s), archiveCommand(s), keysCommand(s),
		fleetCommand(s),
		instructCommand(s, "approve", "Approve what an upgrade asks for, such as the reload of the second node"),
		instructCommand(s, "retry", "Try the step again that an upgrade holds at"),
		instructCommand(s, "resubmit", "Submit a reload again that, as you have seen in the portal, does not run"),
		instructCommand(s, "accept-warnings", "Accept readiness warnings of an upgrade by their codes"),
		instructCommand(s, "pause", "Let an upgrade stand still at its next safe point"),
		instructCommand(s, "resume", "Let a paused upgrade go on"),
		instructCommand(s, "rollback", "Bring the old version back between the two reloads"),
		instructCommand(s, "abort", "End an upgrade; before its first reload what it prepared is undone"))
	return root
}

// noArguments refuses any.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return upgrade.Errorf(kindUsage, "%q is one word too many", args[0]).Advise("see --help")
	}
	return nil
}

// gatewayArgument demands exactly one gateway id.
func gatewayArgument(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return upgrade.Errorf(kindUsage, "exactly one gateway id is needed, not %d", len(args)).Advise("see --help")
	}
	if id, err := strconv.Atoi(args[0]); err != nil || id <= 0 {
		return upgrade.Errorf(upgrade.Invalid, "%q is not the id of a gateway", args[0]).Advise("the id is a number; the portal shows it in the gateway's address")
	}
	return nil
}

// gatewayID reads an argument that gatewayArgument has accepted.
func gatewayID(args []string) int {
	id, err := strconv.Atoi(args[0])
	if err != nil {
		return 0 // refused by Request.Validate
	}
	return id
}

// connect reaches Temporal quietly: the SDK's own log lines are not for the user of a command.
func connect(ctx context.Context) (client.Client, error) {
	return app.Connect(ctx, quiet{})
}

// quiet drops log lines.
type quiet struct{}

var _ log.Logger = quiet{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// print writes a value as JSON, or as the given text.
func (s *shared) print(w io.Writer, v any, text string) error {
	if !s.json {
		_, err := fmt.Fprintln(w, strings.TrimRight(text, "\n"))
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
