package softlayer

import (
	"context"
	"fmt"
	"sync"

	"github.com/softlayer/softlayer-go/sl"

	"vsrx-upgrade/internal/upgrade"
)

const recordMask = "mask[id,memoryCapacity,operatingSystem[id,passwords[id,username,password,modifyDate]]," +
	"networkGatewayMember[id,attributes[id,licenseExpirationDate],passwords[id,username,password]]]"

// recordAnswer is SoftLayer_Hardware_Server with what is on record about its logins and its licence.
type recordAnswer struct {
	ID              int    `json:"id"`
	Memory          number `json:"memoryCapacity"` // GB
	OperatingSystem struct {
		Passwords []login `json:"passwords"`
	} `json:"operatingSystem"`
	Member struct {
		ID         int `json:"id"`
		Attributes struct {
			LicenceEnd moment `json:"licenseExpirationDate"`
		} `json:"attributes"`
		Passwords []login `json:"passwords"`
	} `json:"networkGatewayMember"`
}

// Records tells for each member, in the order of the gateway, which root passwords are on record, how much memory the
// server has and until when its licence runs (SoftLayer_Hardware_Server::getObject, one a member, all at once within the
// rate limit). Passwords stay inside. To a user who may not view passwords the API shows none, as if there were no user.
// A record that could not be read carries its error; Records itself fails only when ctx ends.
func (r *Reader) Records(ctx context.Context, g upgrade.Gateway) ([]upgrade.Record, error) {
	records := make([]upgrade.Record, len(g.Members))
	var reads sync.WaitGroup
	for i, m := range g.Members {
		reads.Go(func() { records[i] = r.record(ctx, m) })
	}
	reads.Wait()
	if err := ctx.Err(); err != nil {
		return nil, upgrade.Errorf(upgrade.Unreachable, "reading the records of gateway %d: %w", g.ID, err)
	}
	return records, nil
}

func (r *Reader) record(ctx context.Context, m upgrade.Member) upgrade.Record {
	record := upgrade.Record{MemberID: m.ID, HardwareID: m.HardwareID, HostRoot: upgrade.RecordUnread, DeviceRoot: upgrade.RecordUnread}
	var answer recordAnswer
	options := sl.Options{Id: &m.HardwareID, Mask: recordMask}
	err := r.session(ctx).DoRequest("SoftLayer_Hardware_Server", "getObject", nil, &options, &answer)
	if err == nil {
		err = answer.fill(&record)
	}
	if err != nil {
		record.Error = failed(err, "reading the record of server %d", m.HardwareID).Error()
	}
	return record
}

// fill takes over what the answer says; what it does not say stays unread, with an error.
func (a recordAnswer) fill(record *upgrade.Record) error {
	if a.ID != record.HardwareID {
		return malformed("the answer is about server %d", a.ID)
	}
	if a.Memory > 0 {
		record.MemoryGB = int(a.Memory)
	}
	var host, device error
	_, record.HostRoot, host = rootRecord(a.OperatingSystem.Passwords)
	if a.Member.ID != record.MemberID {
		return both(host, malformed("the server carries member %d, not %d", a.Member.ID, record.MemberID))
	}
	if end := a.Member.Attributes.LicenceEnd; !end.IsZero() {
		record.LicenceEnd = end.Format("2006-01-02")
	}
	for _, account := range a.Member.Passwords {
		if account.MemberID != 0 && account.MemberID != record.MemberID {
			return both(host, malformed("a password is that of member %d", account.MemberID))
		}
	}
	_, record.DeviceRoot, device = rootRecord(a.Member.Passwords)
	return both(host, device)
}

// both is what is wrong with the host's and with the vSRX's part of a record, in one line.
func both(host, device error) error {
	switch {
	case host == nil:
		return device
	case device == nil:
		return host
	}
	return fmt.Errorf("%w; %w", host, device)
}
