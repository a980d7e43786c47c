package softlayer

import (
	"context"
	"errors"
	"fmt"

	"github.com/softlayer/softlayer-go/datatypes"
	"github.com/softlayer/softlayer-go/services"
	"github.com/softlayer/softlayer-go/sl"

	"vsrx-upgrade/internal/upgrade"
)

// StartCheck starts a readiness check (SoftLayer_Network_Gateway_Precheck::upgradePrecheck, osReloadPrecheck). The check
// only looks; whether it started is proven by reading its rows, never by this call. What a second start does while one
// runs is documented nowhere, so callers read the rows first.
func (w *Writer) StartCheck(ctx context.Context, gatewayID int, category upgrade.Category) error {
	service := services.GetNetworkGatewayPrecheckService(w.session(ctx))
	start := service.UpgradePrecheck
	switch category {
	case upgrade.UpgradeCheck:
	case upgrade.ReloadCheck:
		start = service.OsReloadPrecheck
	default:
		return upgrade.Errorf(upgrade.Invalid, "starting a check of gateway %d: there is no check %q to start", gatewayID, category)
	}
	begun, err := start(&gatewayID)
	if err != nil {
		return failed(err, "starting the %s of gateway %d", category, gatewayID)
	}
	if !begun {
		return upgrade.Errorf(upgrade.Refused, "starting the %s of gateway %d: the API answered false", category, gatewayID).
			Advise("look at the gateway's readiness checks in the IBM Cloud portal")
	}
	return nil
}

// Reload submits an OS reload of a server with one price, once (SoftLayer_Hardware_Server::reloadOperatingSystem). It
// is destructive, cannot be recalled, and returns no transaction id: whatever the answer, what happened is proven by
// reading the server. What the API said, or did not say, is an Answer with its text; an error is misuse, and nothing
// was sent then.
func (w *Writer) Reload(ctx context.Context, hardwareID, priceID int) (upgrade.Answer, string, error) {
	if hardwareID <= 0 || priceID <= 0 {
		return upgrade.NotSent, "", upgrade.Errorf(upgrade.Invalid, "reloading server %d with price %d: both must be positive", hardwareID, priceID)
	}
	// Without a price the API reinstalls the recorded, old release.
	order := datatypes.Container_Hardware_Server_Configuration{ItemPrices: []datatypes.Product_Item_Price{{Id: &priceID}}}
	text, err := services.GetHardwareServerService(w.session(ctx)).Id(hardwareID).ReloadOperatingSystem(sl.String("FORCE"), &order)
	var failure *Error
	switch {
	case err == nil && text == "1":
		return upgrade.Accepted, text, nil
	case err == nil:
		return upgrade.Ambiguous, unexpected(text), nil
	case !errors.As(err, &failure):
		return upgrade.NotSent, "", failed(err, "reloading server %d", hardwareID)
	}
	return failure.reload(), failure.Error(), nil
}

// reload maps the class of a failed submission to what may be concluded from it.
func (e *Error) reload() upgrade.Answer {
	switch e.Class {
	case NotSent, Auth, NotFoundOrDenied, RateLimited:
		return upgrade.NotSent
	case Refused:
		return upgrade.Declined
	}
	return upgrade.Ambiguous
}

// unexpected describes a result other than "1". A long one may be the token of the two-call form, which for ten minutes
// starts a reload for whoever holds it.
func unexpected(text string) string {
	const harmless = 8
	if len(text) > harmless {
		return fmt.Sprintf("answered with a text of %d bytes instead of 1", len(text))
	}
	return fmt.Sprintf("answered %q instead of 1", text)
}
