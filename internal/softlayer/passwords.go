package softlayer

import (
	"context"

	"github.com/softlayer/softlayer-go/sl"

	"vsrx-upgrade/internal/upgrade"
)

// login is a recorded account of a host (SoftLayer_Software_Component_Password) or of a vSRX
// (SoftLayer_Network_Gateway_Member_Passwords, which has no date).
type login struct {
	ID       int            `json:"id"`
	MemberID int            `json:"memberId"`
	User     string         `json:"username"`
	Password upgrade.Secret `json:"password"`
	Modified moment         `json:"modifyDate"`
}

// codes are IBM's readiness codes for a record without root and for a root without password.
type codes struct{ noRoot, noPassword int }

// HostPassword reads the recorded root password of a host (SoftLayer_Hardware_Server::getObject, operatingSystem). An
// account that is not on record is of kind NotFound, with the readiness code it will cause.
func (r *Reader) HostPassword(ctx context.Context, hardwareID int) (upgrade.Secret, error) {
	var answer struct {
		ID              int `json:"id"`
		OperatingSystem struct {
			Passwords []login `json:"passwords"`
		} `json:"operatingSystem"`
	}
	options := sl.Options{Id: &hardwareID, Mask: "mask[id,operatingSystem[id,passwords[id,username,password,modifyDate]]]"}
	if err := r.session(ctx).DoRequest("SoftLayer_Hardware_Server", "getObject", nil, &options, &answer); err != nil {
		return "", failed(err, "reading the recorded root password of server %d", hardwareID)
	}
	if answer.ID != hardwareID {
		return "", failed(malformed("the answer is about server %d", answer.ID), "reading the recorded root password of server %d", hardwareID)
	}
	password, err := root(answer.OperatingSystem.Passwords, codes{noRoot: 1003, noPassword: 1004})
	if err != nil {
		return "", failed(err, "reading the recorded root password of server %d", hardwareID)
	}
	return password, nil
}

// DevicePassword reads the recorded root password of the vSRX of a member
// (SoftLayer_Network_Gateway_Member::getPasswords). An account that is not on record is of kind NotFound, with the
// readiness code it will cause.
func (r *Reader) DevicePassword(ctx context.Context, memberID int) (upgrade.Secret, error) {
	var answer []login
	options := sl.Options{Id: &memberID}
	if err := r.session(ctx).DoRequest("SoftLayer_Network_Gateway_Member", "getPasswords", nil, &options, &answer); err != nil {
		return "", failed(err, "reading the recorded vSRX root password of member %d", memberID)
	}
	for _, account := range answer {
		if account.MemberID != 0 && account.MemberID != memberID {
			return "", failed(malformed("the answer is about member %d", account.MemberID), "reading the recorded vSRX root password of member %d", memberID)
		}
	}
	password, err := root(answer, codes{noRoot: 1013, noPassword: 1011})
	if err != nil {
		return "", failed(err, "reading the recorded vSRX root password of member %d", memberID)
	}
	return password, nil
}

// root picks the password of root; of several records the one modified last.
func root(accounts []login, code codes) (upgrade.Secret, error) {
	password, state, err := rootRecord(accounts)
	switch state {
	case upgrade.RecordNoUser:
		return "", upgrade.Errorf(upgrade.NotFound, "the record holds no user root (readiness code %d)", code.noRoot).
			Advise("add root with its password to the device's record in the IBM Cloud portal, and see that the API user may view passwords (VIEW_CUSTOMER_SOFTWARE_PASSWORD)")
	case upgrade.RecordNoPassword:
		return "", upgrade.Errorf(upgrade.NotFound, "the record holds user root without a password (readiness code %d)", code.noPassword).
			Advise("enter root's password in the device's record in the IBM Cloud portal, and see that the API user may view passwords (VIEW_CUSTOMER_SOFTWARE_PASSWORD)")
	}
	return password, err
}

// rootRecord finds root among the accounts on record and tells its state; RecordUnread comes with an error.
func rootRecord(accounts []login) (upgrade.Secret, upgrade.RecordState, error) {
	var chosen *login
	for i, account := range accounts {
		if account.User != "root" {
			continue
		}
		if chosen == nil || account.Modified.After(chosen.Modified.Time) {
			chosen = &accounts[i]
			continue
		}
		if account.Modified.Equal(chosen.Modified.Time) && account.Password != chosen.Password {
			return "", upgrade.RecordUnread, malformed("the record holds two passwords of root and does not say which is newer")
		}
	}
	switch {
	case chosen == nil:
		return "", upgrade.RecordNoUser, nil
	case chosen.Password == "":
		return "", upgrade.RecordNoPassword, nil
	}
	return chosen.Password, upgrade.RecordPresent, nil
}
