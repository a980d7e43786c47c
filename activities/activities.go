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
	Pods    Pods
	Now     func() time.Time
}

// Cloud reads IBM Cloud's records. It cannot write.
type Cloud interface {
	Gateway(ctx context.Context, id int) (upgrade.Gateway, error)
	Neighbours(ctx context.Context, g upgrade.Gateway) ([]upgrade.Neighbour, error)
	Server(ctx context.Context, hardwareID int) (upgrade.Server, error)
	Prices(ctx context.Context, gatewayID, memberID int) ([]upgrade.Price, error)
	Readiness(ctx context.Context, gatewayID int) ([]upgrade.ReadinessRow, error)
	Records(ctx context.Context, g upgrade.Gateway) ([]upgrade.Record, error)
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
	Replace(ctx context.Context, e upgrade.Endpoint, r Replacement) (changed bool, err error)
}

// Replacement is a change of a whole configuration, by a confirmed commit that a new connection proves.
type Replacement struct {
	Commands       []string
	ConfirmMinutes int
	Log            string
	// InForce judges a committed configuration in set form.
	InForce func(set []byte) (bool, error)
}

// Device is an open, read-only session with a gateway.
type Device interface {
	View(ctx context.Context) (upgrade.Device, error)
	// Survey reads what View does and what else the readiness checks are judged by, and hands the configuration over.
	Survey(ctx context.Context, configuration io.Writer) (upgrade.Device, upgrade.DeviceFacts, error)
	Snapshot(ctx context.Context) (upgrade.Snapshot, error)
	Configuration(ctx context.Context, format string, w io.Writer) error
	// Document writes what the device shows under a name. What it has not is of kind NotFound; what its release does not
	// know, Refused.
	Document(ctx context.Context, name upgrade.Document, w io.Writer) error
	Close() error
}

// Hosts opens KVM hosts.
type Hosts interface {
	Dial(ctx context.Context, e upgrade.Endpoint) (Host, error)
}

// Host is an open session with a KVM host.
type Host interface {
	Domains(ctx context.Context) ([]upgrade.Domain, error)
	// Facts tells what IBM's readiness checks look at; an empty address or name is not asked about.
	Facts(ctx context.Context, peer, device, domain string) upgrade.HostFacts
	// CheckLog writes what IBM's readiness checks have logged on the host; without a log the error is of kind NotFound.
	CheckLog(ctx context.Context, w io.Writer) error
	// Backup looks for the disk image that IBM keeps beside a machine.
	Backup(ctx context.Context, domain string) (size int64, exists bool, err error)
	// These change the host. Each looks first, so that repeating it changes nothing more.
	Shutdown(ctx context.Context, domain string) error
	SetAutostart(ctx context.Context, domain string, on bool) error
	RestoreImage(ctx context.Context, domain string) error
	Start(ctx context.Context, domain string) error
	Close() error
}

// Archive keeps what must outlive the gateway.
type Archive interface {
	Put(ctx context.Context, key string, r io.Reader) (upgrade.Blob, error)
	Get(ctx context.Context, b upgrade.Blob) (io.ReadCloser, error)
}
