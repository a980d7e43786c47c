package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"vsrx-upgrade/internal/app"
)

// setupCommand registers what the namespace needs, once; repeating it is harmless.
func setupCommand(s *shared) *cobra.Command {
	var retention time.Duration
	c := &cobra.Command{
		Use:   "setup",
		Short: "Register the namespace and the search attributes",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := envconfig.LoadDefaultClientOptions()
			if err != nil {
				return err
			}
			namespace := options.Namespace
			if namespace == "" {
				namespace = client.DefaultNamespace
			}
			c, err := connect(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done, err := app.Setup(cmd.Context(), c, namespace, retention)
			if err != nil {
				return err
			}
			text := "nothing to do: everything is registered"
			if len(done) > 0 {
				text = "registered: " + strings.Join(done, ", ")
			}
			return s.print(cmd.OutOrStdout(), map[string]any{"namespace": namespace, "registered": done}, text)
		},
	}
	c.Flags().DurationVar(&retention, "retention", 90*24*time.Hour, "how long finished upgrades stay in a namespace that is registered now")
	return c
}
