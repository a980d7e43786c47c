package softlayer

import (
	"context"

	"github.com/softlayer/softlayer-go/sl"

	"vsrx-upgrade/internal/upgrade"
)

const serverMask = "mask[id,provisionDate,isIpmiDisabled,activeTransactionCount,hardwareStatus[status],billingItem[id]," +
	"activeTransaction[id,createDate,statusChangeDate,transactionGroup[name,averageTimeToComplete],transactionStatus[name,friendlyName]]," +
	"activeTransactions[id],lastOperatingSystemReload[id]]"

// serverAnswer is SoftLayer_Hardware_Server as asked for. The generated type fails on dates and numbers in forms other
// than its own, and one odd date must not blind a watch of hours.
type serverAnswer struct {
	ID             int     `json:"id"`
	ProvisionDate  string  `json:"provisionDate"`
	IPMIDisabled   bool    `json:"isIpmiDisabled"`
	ActiveCount    *number `json:"activeTransactionCount"`
	HardwareStatus struct {
		Status string `json:"status"`
	} `json:"hardwareStatus"`
	BillingItem struct {
		ID int `json:"id"`
	} `json:"billingItem"`
	Active     *transactionAnswer  `json:"activeTransaction"`
	AllActive  []transactionAnswer `json:"activeTransactions"`
	LastReload *transactionAnswer  `json:"lastOperatingSystemReload"`
}

type transactionAnswer struct {
	ID         int    `json:"id"`
	Created    moment `json:"createDate"`
	StepChange moment `json:"statusChangeDate"`
	Group      struct {
		Name           string `json:"name"`
		AverageMinutes number `json:"averageTimeToComplete"`
	} `json:"transactionGroup"`
	Step struct {
		Name     string `json:"name"`
		Friendly string `json:"friendlyName"`
	} `json:"transactionStatus"`
}

// Server reads a bare-metal server and the transactions on it (SoftLayer_Hardware_Server::getObject). An answer about
// another server, without a count of transactions, or with a transaction that has no id is Malformed: none of them
// says that the server is idle.
func (r *Reader) Server(ctx context.Context, hardwareID int) (upgrade.Server, error) {
	var answer serverAnswer
	options := sl.Options{Id: &hardwareID, Mask: serverMask}
	if err := r.session(ctx).DoRequest("SoftLayer_Hardware_Server", "getObject", nil, &options, &answer); err != nil {
		return upgrade.Server{}, failed(err, "reading server %d", hardwareID)
	}
	s, err := answer.server(hardwareID)
	if err != nil {
		return upgrade.Server{}, failed(err, "reading server %d", hardwareID)
	}
	return s, nil
}

func (a serverAnswer) server(id int) (upgrade.Server, error) {
	if a.ID != id {
		return upgrade.Server{}, malformed("the answer is about server %d", a.ID)
	}
	if a.ActiveCount == nil || *a.ActiveCount < 0 {
		return upgrade.Server{}, malformed("the answer lacks the count of active transactions")
	}
	s := upgrade.Server{
		ID: a.ID, Status: a.HardwareStatus.Status, Provisioned: a.ProvisionDate != "", Billed: a.BillingItem.ID > 0,
		IPMIDisabled: a.IPMIDisabled, ActiveCount: int(*a.ActiveCount),
	}
	for _, t := range a.AllActive {
		if t.ID <= 0 {
			return upgrade.Server{}, malformed("an active transaction lacks its id")
		}
		s.ActiveIDs = append(s.ActiveIDs, t.ID)
	}
	if a.LastReload != nil {
		if s.LastReload = a.LastReload.ID; s.LastReload <= 0 {
			return upgrade.Server{}, malformed("the last reload lacks its id")
		}
	}
	if a.Active != nil {
		if a.Active.ID <= 0 {
			return upgrade.Server{}, malformed("the active transaction lacks its id")
		}
		s.Active = a.Active.transaction()
	}
	return s, nil
}

func (a transactionAnswer) transaction() *upgrade.Transaction {
	t := upgrade.Transaction{ID: a.ID, Group: a.Group.Name, Step: a.Step.Friendly,
		Since: a.StepChange.Time, AverageMinutes: float64(a.Group.AverageMinutes)}
	if t.Step == "" {
		t.Step = a.Step.Name
	}
	if t.Since.IsZero() {
		t.Since = a.Created.Time
	}
	return &t
}
