// Package activities asks one question or makes one change to the outside world each, for the runbooks in workflows.
// It declares the small ports it needs; adapters fill them in internal/app. Credentials are fetched at the moment of use
// and never leave an activity.
package activities

import (
	"context"
	"io"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Activities holds what the activities need. Every field is required.
type Activities struct {
	Cloud   Cloud
	Writer  CloudWriter
	Devices Devices
	Hosts   Hosts
	Archive Archive
	Permits Permits
	Now     func() time.Time
}

// Cloud reads IBM Cloud's records. It cannot write.
type Cloud interface {
	Gateway(ctx context.Context, id int) (upgrade.Gateway, error)
	Neighbours(ctx context.Context, g upgrade.Gateway) ([]upgrade.Neighbour, error)
	Server(ctx context.Context, hardwareID int) (upgrade.Server, error)
	Prices(ctx context.Context, gatewayID, memberID int) ([]upgrade.Price, error)
	Readiness(ctx context.Context, gatewayID int) ([]upgrade.ReadinessRow, error)
	HostPassword(ctx context.Context, hardwareID int) (upgrade.Secret, error)
	DevicePassword(ctx context.Context, memberID int) (upgrade.Secret, error)
}

// CloudWriter makes the two changes an upgrade asks of IBM Cloud. Neither is ever retried inside.
type CloudWriter interface {
	StartCheck(ctx context.Context, gatewayID int, category upgrade.Category) error
	// Reload posts once and says what was answered; an error means that nothing was sent.
	Reload(ctx context.Context, hardwareID, priceID int) (upgrade.Answer, string, error)
}

// Devices opens gateways and makes the one change to them.
type Devices interface {
	Dial(ctx context.Context, e upgrade.Endpoint) (Device, error)
	SetPreempt(ctx context.Context, e upgrade.Endpoint, on bool, confirmMinutes int, log string) (changed bool, err error)
}

// Device is an open, read-only session with a gateway.
type Device interface {
	View(ctx context.Context) (upgrade.Device, error)
	Snapshot(ctx context.Context) (upgrade.Snapshot, error)
	Configuration(ctx context.Context, format string, w io.Writer) error
	Close() error
}

// Hosts opens KVM hosts.
type Hosts interface {
	Dial(ctx context.Context, e upgrade.Endpoint) (Host, error)
}

// Host is an open session with a KVM host.
type Host interface {
	Domains(ctx context.Context) ([]upgrade.Domain, error)
	Close() error
}

// Archive keeps what must outlive the gateway.
type Archive interface {
	Put(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error)
	Get(ctx context.Context, b upgrade.Blob) (io.ReadCloser, error)
}

// Permits looks at pod permits in Temporal.
type Permits interface {
	// Open reports whether this very run of the permit is open: the fence before every irrevocable step.
	Open(ctx context.Context, p upgrade.Permit) (bool, error)
	// Holder names the workflow that holds the permit now, "" when nobody does.
	Holder(ctx context.Context, workflowID string) (string, error)
}
