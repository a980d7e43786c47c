package softlayer

import (
	"context"
	"net/netip"
	"strings"

	"github.com/softlayer/softlayer-go/datatypes"
	"github.com/softlayer/softlayer-go/services"

	"vsrx-upgrade/internal/upgrade"
)

// gatewayMask names everything that is read of a gateway (SoftLayer_Network_Gateway::getObject). Naming one local
// property drops the others of its level, so each level names its own.
const gatewayMask = "mask[id,name,accountId,networkSpace,osManufacturer,status[id,keyName,name]," +
	"privateIpAddress[ipAddress],privateVlan[id,podName,primaryRouter[id,hostname]]," +
	"members[id,hardwareId,attributes[version,lastVersion,isUpgraded,networkModel,warningCode]," +
	"hardware[id,hostname,domain,primaryBackendIpAddress," +
	"processors[id,hardwareComponentModel[id,name,longDescription]]," +
	"primaryBackendNetworkComponent[id,speed,maxSpeed]]]]"

// Gateway reads a gateway with its members and its pod. Kinds of error: NotFound, also when the pod cannot be told;
// Malformed when an answer lacks what a gateway always has; and those of any read.
func (r *Reader) Gateway(ctx context.Context, id int) (upgrade.Gateway, error) {
	answer, err := services.GetNetworkGatewayService(r.session(ctx)).Id(id).Mask(gatewayMask).GetObject()
	if err != nil {
		return upgrade.Gateway{}, failed(err, "reading gateway %d", id)
	}
	g, err := readGateway(answer, id)
	if err != nil {
		return upgrade.Gateway{}, failed(err, "reading gateway %d", id)
	}
	if g.Pod, err = r.pod(ctx, answer.PrivateVlan); err != nil {
		return upgrade.Gateway{}, failed(err, "reading gateway %d", id)
	}
	return g, nil
}

func readGateway(answer datatypes.Network_Gateway, id int) (upgrade.Gateway, error) {
	g := upgrade.Gateway{
		ID:          value(answer.Id),
		Name:        value(answer.Name),
		Account:     value(answer.AccountId),
		Vendor:      value(answer.OsManufacturer),
		PrivateOnly: strings.EqualFold(value(answer.NetworkSpace), "private"),
	}
	g.Status, g.StatusText = status(answer.Status)
	if answer.PrivateIpAddress != nil {
		g.Address = value(answer.PrivateIpAddress.IpAddress)
	}
	switch {
	case g.ID != id:
		return g, malformed("the answer is about gateway %d", g.ID)
	case g.Name == "" || g.Account <= 0:
		return g, malformed("the answer lacks the gateway's name or account")
	case !isAddress(g.Address):
		return g, malformed("%q is not the gateway's private address", g.Address)
	case len(answer.Members) == 0:
		return g, malformed("the answer lists no members")
	}
	for _, m := range answer.Members {
		member, err := readMember(m)
		if err != nil {
			return g, err
		}
		g.Members = append(g.Members, member)
	}
	return g, nil
}

func readMember(answer datatypes.Network_Gateway_Member) (upgrade.Member, error) {
	m := upgrade.Member{ID: value(answer.Id), HardwareID: value(answer.HardwareId)}
	if m.ID <= 0 || m.HardwareID <= 0 {
		return m, malformed("a member lacks its id or its server's")
	}
	if a := answer.Attributes; a != nil {
		m.Version, m.LastVersion, m.NetworkModel = value(a.Version), value(a.LastVersion), value(a.NetworkModel)
		m.Upgraded, m.WarningCode = value(a.IsUpgraded) != 0, value(a.WarningCode)
	}
	h := answer.Hardware
	if h == nil || value(h.Id) != m.HardwareID {
		return m, malformed("member %d does not carry its server %d", m.ID, m.HardwareID)
	}
	m.Host, m.Domain, m.Address = value(h.Hostname), value(h.Domain), value(h.PrimaryBackendIpAddress)
	if !isAddress(m.Address) {
		return m, malformed("%q is not the private address of member %d", m.Address, m.ID)
	}
	m.Processor = processor(h.Processors)
	if c := h.PrimaryBackendNetworkComponent; c != nil {
		// Either may be 0: speed while the link is down, maxSpeed where no port speed was chosen.
		m.UplinkMbps = max(value(c.Speed), value(c.MaxSpeed))
	}
	return m, nil
}

// processor names the model of the first processor; a server's are all alike.
func processor(components []datatypes.Hardware_Component) string {
	if len(components) == 0 || components[0].HardwareComponentModel == nil {
		return ""
	}
	model := components[0].HardwareComponentModel
	if name := value(model.Name); name != "" {
		return name
	}
	return value(model.LongDescription)
}

func status(s *datatypes.Network_Gateway_Status) (upgrade.Status, string) {
	if s == nil {
		return upgrade.StatusOther, ""
	}
	text := value(s.Name)
	if text == "" {
		text = value(s.KeyName)
	}
	return upgrade.ReadStatus(value(s.KeyName), value(s.Name)), text
}

// value is what p points at, or zero: the API leaves empty properties out or sends null.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func malformed(format string, args ...any) error {
	return upgrade.Errorf(upgrade.Malformed, format, args...)
}
