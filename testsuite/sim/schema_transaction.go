package sim

import "fmt"

func transactionTypes() schema {
	return schema{
		"Provisioning_Version1_Transaction":         transactionProperties(),
		"Provisioning_Version1_Transaction_Group":   {"name": local(func(t *transaction) any { return t.group }), "averageTimeToComplete": local(func(t *transaction) any { return fmt.Sprint(t.average) })},
		"Provisioning_Version1_Transaction_Status":  stepProperties(),
		"Provisioning_Version1_Transaction_History": historyProperties(),
	}
}

func transactionOrNil(t *transaction) any {
	if t == nil {
		return nil
	}
	return object{"Provisioning_Version1_Transaction", t}
}

// now is the step at this moment, when it began, and the seconds since.
func (t *transaction) now() (name string, since any, elapsed int) {
	now := t.server.gateway.cloud.clock.now
	name, began := t.step(now)
	return name, stamp(began), int(now.Sub(began).Seconds())
}

func transactionProperties() map[string]property {
	return map[string]property{
		"id":                  local(func(t *transaction) any { return t.id }),
		"hardwareId":          local(func(t *transaction) any { return t.server.hardwareID }),
		"createDate":          local(func(t *transaction) any { return stamp(t.start) }),
		"modifyDate":          local(func(t *transaction) any { _, since, _ := t.now(); return since }),
		"statusChangeDate":    local(func(t *transaction) any { _, since, _ := t.now(); return since }),
		"elapsedSeconds":      local(func(t *transaction) any { _, _, elapsed := t.now(); return elapsed }),
		"transactionGroup":    related(func(t *transaction) any { return object{"Provisioning_Version1_Transaction_Group", t} }),
		"transactionStatus":   related(func(t *transaction) any { return object{"Provisioning_Version1_Transaction_Status", t} }),
		"pendingTransactions": related(func(t *transaction) any { return []object{} }),
	}
}

func stepProperties() map[string]property {
	return map[string]property{
		"name":            local(func(t *transaction) any { name, _, _ := t.now(); return name }),
		"friendlyName":    local(func(t *transaction) any { name, _, _ := t.now(); return "Simulated step " + name }),
		"averageDuration": local(func(t *transaction) any { return fmt.Sprintf("%.2f", float64(t.average)/float64(len(t.steps))) }),
	}
}

func historyProperties() map[string]property {
	return map[string]property{
		"id":            local(func(t *transaction) any { return t.id + 1 }),
		"transactionId": local(func(t *transaction) any { return t.id }),
		"hardwareId":    local(func(t *transaction) any { return t.server.hardwareID }),
		"startDate":     local(func(t *transaction) any { return stamp(t.start) }),
		"finishDate": local(func(t *transaction) any {
			if t.end.After(t.server.gateway.cloud.clock.now) {
				return nil
			}
			return stamp(t.end)
		}),
		"transactionStatus": eager(func(t *transaction) any { return object{"Provisioning_Version1_Transaction_Status", t} }),
		"transaction":       related(func(t *transaction) any { return object{"Provisioning_Version1_Transaction", t} }),
	}
}
