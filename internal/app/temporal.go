package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"vsrx-upgrade/internal/upgrade"
	"vsrx-upgrade/workflows"
)

// Connect reaches Temporal as the temporal CLI does, by the same file and variables, and says in one line when the
// server is not there.
func Connect(ctx context.Context, logger log.Logger) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, upgrade.Errorf(upgrade.Invalid, "reading the Temporal settings: %w", err).Advise("correct TEMPORAL_… or the temporal CLI's configuration file")
	}
	options.Logger = logger
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		address := options.HostPort
		if address == "" {
			address = client.DefaultHostPort
		}
		return nil, upgrade.Errorf(upgrade.Unreachable, "no Temporal server answers at %s: %w", address, err).Advise("start it, or set TEMPORAL_ADDRESS")
	}
	return c, nil
}

// Setup registers the namespace and the search attributes that are missing, and names what it registered. It may be
// repeated.
func Setup(ctx context.Context, c client.Client, namespace string, retention time.Duration) ([]string, error) {
	var done []string
	_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention)})
	var exists *serviceerror.NamespaceAlreadyExists
	switch {
	case err == nil:
		done = append(done, "namespace "+namespace)
	case !errors.As(err, &exists):
		return nil, fmt.Errorf("registering namespace %s: %w", namespace, err)
	}
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return done, fmt.Errorf("listing search attributes of %s: %w", namespace, err)
	}
	missing := map[string]enums.IndexedValueType{}
	for _, name := range workflows.Attributes() {
		switch kind, ok := have.GetCustomAttributes()[name]; {
		case !ok:
			missing[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
			done = append(done, "search attribute "+name)
		case kind != enums.INDEXED_VALUE_TYPE_KEYWORD:
			return done, upgrade.Errorf(upgrade.Invalid, "search attribute %s is a %s, not a Keyword", name, kind).Advise("remove it or use another namespace")
		}
	}
	if len(missing) == 0 {
		return done, nil
	}
	if _, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing}); err != nil {
		return done, fmt.Errorf("registering search attributes: %w", err)
	}
	return done, nil
}
