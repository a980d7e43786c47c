package softlayer

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/softlayer/softlayer-go/datatypes"
	"github.com/softlayer/softlayer-go/services"

	"vsrx-upgrade/internal/upgrade"
)

const listMask = "mask[id,name,accountId,osManufacturer,status[id,keyName,name],privateVlan[id,podName,primaryRouter[id,hostname]]]"

// Neighbours lists the other Juniper gateways of g's account and pod. IBM asks for one upgrade at a time among them. A
// gateway of the same data centre whose pod cannot be told is an error: it might be one.
func (r *Reader) Neighbours(ctx context.Context, g upgrade.Gateway) ([]upgrade.Neighbour, error) {
	rows, err := r.gateways(ctx)
	if err != nil {
		return nil, failed(err, "listing the neighbours of gateway %d", g.ID)
	}
	var neighbours []upgrade.Neighbour
	seen := false
	for _, row := range rows {
		if value(row.Id) == g.ID {
			seen = true
			continue
		}
		near, err := r.near(ctx, row, g)
		if err != nil {
			return nil, failed(err, "listing the neighbours of gateway %d: gateway %d", g.ID, value(row.Id))
		}
		if near {
			n := upgrade.Neighbour{ID: value(row.Id), Name: value(row.Name)}
			n.Status, n.Text = status(row.Status)
			neighbours = append(neighbours, n)
		}
	}
	if !seen {
		return nil, failed(malformed("the account's list lacks the gateway itself"), "listing the neighbours of gateway %d", g.ID)
	}
	return neighbours, nil
}

// Gateways lists the Juniper gateways that the API user may see, by id and name (SoftLayer_Account::getNetworkGateways).
func (r *Reader) Gateways(ctx context.Context) ([]upgrade.Listed, error) {
	rows, err := r.gateways(ctx)
	if err != nil {
		return nil, failed(err, "listing the gateways of the account")
	}
	var list []upgrade.Listed
	for _, row := range rows {
		if mayBeJuniper(row) {
			list = append(list, upgrade.Listed{ID: value(row.Id), Name: value(row.Name)})
		}
	}
	return list, nil
}

// near reports whether the gateway of the row shares g's account and pod.
func (r *Reader) near(ctx context.Context, row datatypes.Network_Gateway, g upgrade.Gateway) (bool, error) {
	if account := value(row.AccountId); account != 0 && account != g.Account || !mayBeJuniper(row) {
		return false, nil
	}
	if centre := dataCentre(router(row.PrivateVlan)); centre != "" && !strings.HasPrefix(strings.ToLower(g.Pod), centre+".") {
		return false, nil
	}
	pod, err := r.pod(ctx, row.PrivateVlan)
	return strings.EqualFold(pod, g.Pod), err
}

// gateways lists the account's gateways; each carries an id.
func (r *Reader) gateways(ctx context.Context) ([]datatypes.Network_Gateway, error) {
	rows, err := services.GetAccountService(r.session(ctx)).Mask(listMask).GetNetworkGateways()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if value(row.Id) <= 0 {
			return nil, malformed("a gateway of the list lacks its id")
		}
	}
	return rows, nil
}

// mayBeJuniper takes a gateway without a maker on record for one of Juniper's: better a neighbour too many. The wording
// of the maker's name is documented nowhere.
func mayBeJuniper(row datatypes.Network_Gateway) bool {
	maker := value(row.OsManufacturer)
	return maker == "" || strings.Contains(strings.ToLower(maker), "juniper")
}

// equals is an object filter for one property (SoftLayer: "Using Object Filters").
func equals(want string, path ...string) (string, error) {
	filter := any(map[string]string{"operation": want})
	for i := len(path) - 1; i >= 0; i-- {
		filter = map[string]any{path[i]: filter}
	}
	text, err := json.Marshal(filter)
	return string(text), err
}
