package softlayer

import (
	"context"

	"github.com/softlayer/softlayer-go/services"

	"vsrx-upgrade/internal/upgrade"
)

const priceMask = "mask[id,item[id,keyName,description,softwareDescription[id,version]]]"

// Prices lists the OS prices that may be ordered for a member, with the release each installs
// (SoftLayer_Network_Gateway::getAllowedOsPriceIds, SoftLayer_Product_Item_Price::getObject).
func (r *Reader) Prices(ctx context.Context, gatewayID, memberID int) ([]upgrade.Price, error) {
	ids, err := services.GetNetworkGatewayService(r.session(ctx)).Id(gatewayID).GetAllowedOsPriceIds(&memberID)
	if err != nil {
		return nil, failed(err, "listing the OS prices of member %d of gateway %d", memberID, gatewayID)
	}
	prices := make([]upgrade.Price, 0, len(ids))
	for _, id := range ids {
		price, err := r.price(ctx, id)
		if err != nil {
			return nil, failed(err, "reading OS price %d of member %d", id, memberID)
		}
		prices = append(prices, price)
	}
	return prices, nil
}

// price leaves Version empty when the price names none: it is shown then, and fits no release.
func (r *Reader) price(ctx context.Context, id int) (upgrade.Price, error) {
	answer, err := services.GetProductItemPriceService(r.session(ctx)).Id(id).Mask(priceMask).GetObject()
	if err != nil {
		return upgrade.Price{}, err
	}
	if value(answer.Id) != id {
		return upgrade.Price{}, malformed("the answer is about price %d", value(answer.Id))
	}
	item := value(answer.Item)
	price := upgrade.Price{ID: id, Version: value(value(item.SoftwareDescription).Version), Text: value(item.Description)}
	if price.Text == "" {
		price.Text = value(item.KeyName)
	}
	return price, nil
}
