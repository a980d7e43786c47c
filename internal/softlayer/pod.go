package softlayer

import (
	"context"
	"strings"
	"unicode"

	"github.com/softlayer/softlayer-go/datatypes"
	"github.com/softlayer/softlayer-go/services"

	"vsrx-upgrade/internal/upgrade"
)

// pod names the pod of a gateway's private VLAN: its podName, or else the one whose back-end router is the VLAN's
// primary router (SoftLayer_Network_Pod). The private side decides, because a private-only gateway has no other.
func (r *Reader) pod(ctx context.Context, vlan *datatypes.Network_Vlan) (string, error) {
	if vlan != nil && value(vlan.PodName) != "" {
		return value(vlan.PodName), nil
	}
	hostname := router(vlan)
	centre := dataCentre(hostname)
	if centre == "" {
		return "", noPod("its private VLAN names neither a pod nor a router")
	}
	filter, err := equals(centre, "datacenterName")
	if err != nil {
		return "", err
	}
	pods, err := services.GetNetworkPodService(r.session(ctx)).Mask("mask[name,backendRouterName,datacenterName]").Filter(filter).GetAllObjects()
	if err != nil {
		return "", failed(err, "listing the pods of %s", centre)
	}
	name := ""
	for _, p := range pods {
		if value(p.Name) == "" || pair(value(p.BackendRouterName)) != pair(hostname) {
			continue
		}
		if name != "" && name != value(p.Name) {
			return "", noPod("router %s belongs to pods %s and %s", hostname, name, value(p.Name))
		}
		name = value(p.Name)
	}
	if name == "" {
		return "", noPod("no pod has router %s", hostname)
	}
	return name, nil
}

func router(vlan *datatypes.Network_Vlan) string {
	if vlan == nil || vlan.PrimaryRouter == nil {
		return ""
	}
	return value(vlan.PrimaryRouter.Hostname)
}

// dataCentre is the second part of a router's name: dal10 in bcr01a.dal10.
func dataCentre(router string) string {
	_, rest, _ := strings.Cut(strings.ToLower(router), ".")
	centre, _, _ := strings.Cut(rest, ".")
	return centre
}

// pair drops the letter that tells the two routers of a pair apart: bcr01a.dal10 and bcr01b.dal10 serve one pod.
func pair(router string) string {
	name, _, _ := strings.Cut(strings.ToLower(router), ".")
	return strings.TrimRightFunc(name, unicode.IsLetter) + "." + dataCentre(router)
}

func noPod(format string, args ...any) error {
	return upgrade.Errorf(upgrade.NotFound, "its pod cannot be told: "+format, args...).
		Advise("gateways of one pod are upgraded one at a time, so the pod must be known: check that the API user may see the gateway's private VLAN, or ask IBM support for the pod")
}
