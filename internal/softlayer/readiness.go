package softlayer

import (
	"context"

	"github.com/softlayer/softlayer-go/sl"

	"vsrx-upgrade/internal/upgrade"
)

// precheckRow is SoftLayer_Network_Gateway_Precheck. Whether its values come as texts or numbers is documented nowhere,
// and the generated type fails on half of the forms.
type precheckRow struct {
	Category string `json:"category"`
	MemberID number `json:"memberId"`
	Value    word   `json:"memberReadinessValue"`
	Code     number `json:"returnCode"`
}

// Readiness reads the rows of all readiness checks of a gateway (SoftLayer_Network_Gateway_Precheck::getPrecheckStatus).
// A value that is not understood is kept as it came, and is not Ready.
func (r *Reader) Readiness(ctx context.Context, gatewayID int) ([]upgrade.ReadinessRow, error) {
	var answer []precheckRow
	const withRollback = true
	err := r.session(ctx).DoRequest("SoftLayer_Network_Gateway_Precheck", "getPrecheckStatus", []any{gatewayID, withRollback}, &sl.Options{}, &answer)
	if err != nil {
		return nil, failed(err, "reading the readiness of gateway %d", gatewayID)
	}
	rows := make([]upgrade.ReadinessRow, 0, len(answer))
	for _, a := range answer {
		if a.Category == "" || a.MemberID <= 0 {
			return nil, failed(malformed("a row lacks its category or its member"), "reading the readiness of gateway %d", gatewayID)
		}
		rows = append(rows, upgrade.ReadinessRow{
			Category: upgrade.Category(a.Category), MemberID: int(a.MemberID),
			Value: upgrade.ReadReadiness(string(a.Value)), Raw: string(a.Value), Code: int(a.Code),
		})
	}
	return rows, nil
}
