package activities_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing/iotest"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

// cloud reads the world's records.
type cloud struct{ *world }

func (c cloud) Gateway(_ context.Context, id int) (upgrade.Gateway, error) {
	if _, apart := c.others[id]; apart {
		return keyed(c.world, c.others, id, fmt.Sprintf("read gateway %d", id))
	}
	return next(c.world, &c.gateways, fmt.Sprintf("read gateway %d", id))
}

func (c cloud) Neighbours(_ context.Context, g upgrade.Gateway) ([]upgrade.Neighbour, error) {
	c.mu.Lock()
	c.neighboursOf = append(c.neighboursOf, upgrade.Gateway{ID: g.ID, Account: g.Account, Pod: g.Pod})
	c.mu.Unlock()
	return next(c.world, &c.neighbours, "read neighbours")
}

func (c cloud) Server(_ context.Context, id int) (upgrade.Server, error) {
	return keyed(c.world, c.servers, id, fmt.Sprintf("read server %d", id))
}

func (c cloud) Prices(_ context.Context, _, member int) ([]upgrade.Price, error) {
	return next(c.world, &c.prices, fmt.Sprintf("read prices of %d", member))
}

func (c cloud) Readiness(context.Context, int) ([]upgrade.ReadinessRow, error) {
	if _, err := next(c.world, &c.readiness, "read readiness"); err != nil {
		return nil, err
	}
	var rows []upgrade.ReadinessRow
	for _, category := range []upgrade.Category{upgrade.UpgradeCheck, upgrade.ReloadCheck} {
		value, err := keyed(c.world, c.rows, category, "read "+string(category))
		if err != nil {
			return nil, err
		}
		for _, m := range pair().Members {
			rows = append(rows, upgrade.ReadinessRow{Category: category, MemberID: m.ID, Value: value, Raw: string(value)})
		}
	}
	return rows, nil
}

func (c cloud) HostPassword(_ context.Context, id int) (upgrade.Secret, error) {
	return keyed(c.world, c.hostPasswords, id, fmt.Sprintf("read password of host %d", id))
}

func (c cloud) DevicePassword(_ context.Context, id int) (upgrade.Secret, error) {
	return keyed(c.world, c.devicePasswords, id, fmt.Sprintf("read password of member %d", id))
}

// writer takes checks and reloads.
type writer struct{ *world }

func (c writer) StartCheck(_ context.Context, _ int, category upgrade.Category) error {
	_, err := keyed(c.world, c.starts, category, "start "+string(category))
	if err == nil {
		c.rows[category] = c.begins[category]
	}
	return err
}

func (c writer) Reload(_ context.Context, server, price int) (upgrade.Answer, string, error) {
	said, err := next(c.world, &c.reloads, fmt.Sprintf("reload %d with price %d", server, price))
	return said, c.reloadSay, err
}

// devices opens the pair.
type devices struct{ *world }

func (d devices) Dial(_ context.Context, e upgrade.Endpoint) (activities.Device, error) {
	if _, err := next(d.world, &d.deviceLogin, "dial device"); err != nil {
		return nil, fmt.Errorf("dialling %+v: %w", e, err)
	}
	d.opened(e, 1)
	return session(d), nil
}

func (d devices) SetPreempt(_ context.Context, e upgrade.Endpoint, on bool, minutes int, log string) (bool, error) {
	d.opened(e, 0)
	d.preemptAsked = append(d.preemptAsked, fmt.Sprintf("%t, %d minutes, %s", on, minutes, log))
	return next(d.world, &d.preempt, "set preempt")
}

func (w *world) opened(e upgrade.Endpoint, sessions int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dialled, w.open = append(w.dialled, e), w.open+sessions
}

// Close ends any session of the world.
func (w *world) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open--
	return nil
}

// session is an open pair.
type session struct{ *world }

func (s session) View(context.Context) (upgrade.Device, error) {
	return next(s.world, &s.views, "view device")
}

func (s session) Snapshot(context.Context) (upgrade.Snapshot, error) {
	return next(s.world, &s.snapshots, "snapshot device")
}

func (s session) Configuration(_ context.Context, format string, dst io.Writer) error {
	defer func() { s.streamed <- struct{}{} }()
	text, err := keyed(s.world, s.configuration, format, "read configuration as "+format)
	return content(dst, text, err)
}

// hosts opens the KVM hosts.
type hosts struct{ *world }

func (h hosts) Dial(_ context.Context, e upgrade.Endpoint) (activities.Host, error) {
	h.opened(e, 0)
	if _, err := keyed(h.world, h.hostLogins, e.Address, "dial host "+e.Address); err != nil {
		return nil, fmt.Errorf("dialling %+v: %w", e, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open++
	return machines{h.world, e.Address}, nil
}

// machines is an open host.
type machines struct {
	*world
	address string
}

func (m machines) Domains(context.Context) ([]upgrade.Domain, error) {
	return keyed(m.world, m.domains, m.address, "list domains of "+m.address)
}

func (m machines) CheckLog(_ context.Context, dst io.Writer) error {
	text, err := keyed(m.world, m.checkLogs, m.address, "read log of "+m.address)
	return content(dst, text, err)
}

// archive keeps texts in memory and never overwrites one.
type archive struct{ *world }

func (a archive) Put(_ context.Context, key string, r io.Reader) (upgrade.Blob, error) {
	if _, err := next(a.world, &a.puts, "put "+key); err != nil {
		return upgrade.Blob{}, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return upgrade.Blob{}, fmt.Errorf("storing %s: %w", key, err)
	}
	if old, ok := a.stored[key]; ok && old != string(text) {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Refused, "%s is in use", key)
	}
	a.stored[key] = string(text)
	return blob(key, string(text)), nil
}

func blob(key, text string) upgrade.Blob {
	sum := sha256.Sum256([]byte(text))
	return upgrade.Blob{Key: key, Digest: hex.EncodeToString(sum[:]), Size: int64(len(text))}
}

func (a archive) Get(_ context.Context, b upgrade.Blob) (io.ReadCloser, error) {
	text, ok := a.stored[b.Key]
	if !ok || blob(b.Key, text) != b {
		return nil, upgrade.Errorf(upgrade.NotFound, "%s is not in the archive", b.Key)
	}
	if _, err := next(a.world, &a.reads, "read "+b.Key); err != nil {
		return io.NopCloser(io.MultiReader(strings.NewReader(text[:len(text)/2]), iotest.ErrReader(err))), nil
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

// pods knows the pod's lock, its permit and the one who asks.
type pods struct{ *world }

func (p pods) Acquire(_ context.Context, _ int, pod string, r upgrade.PodRequest) (upgrade.Ticket, error) {
	return next(p.world, &p.tickets, "ask for pod "+pod+" as "+r.ID)
}

func (p pods) Place(_ context.Context, _ int, pod, request string) (upgrade.Ticket, error) {
	return next(p.world, &p.places, "look at place of "+request+" for pod "+pod)
}

func (p pods) Grant(_ context.Context, r upgrade.PodRequest) error {
	_, err := next(p.world, &p.grants, "grant "+r.ID)
	return err
}

func (p pods) Alive(_ context.Context, r upgrade.PodRequest) (bool, error) {
	return next(p.world, &p.alive, "look at run "+r.Run)
}

func (p pods) Latest(_ context.Context, account int, pod string) (*upgrade.PodPermit, error) {
	return next(p.world, &p.latest, fmt.Sprintf("look at latest permit of %d/%s", account, pod))
}

func (p pods) Open(_ context.Context, permit upgrade.Permit) (bool, error) {
	return next(p.world, &p.permitOpen, "look at permit "+permit.WorkflowID+" run "+permit.RunID)
}

// AwaitEnd follows a permit that stays open where the script names no end.
func (p pods) AwaitEnd(ctx context.Context, permit upgrade.Permit) (upgrade.PodEnd, error) {
	end, err := next(p.world, &p.ends, "follow permit run "+permit.RunID)
	if err != nil || end.How != "" {
		return end, err
	}
	<-ctx.Done()
	return upgrade.PodEnd{}, upgrade.Errorf(upgrade.Unreachable, "following %s: %w", permit.WorkflowID, ctx.Err())
}

func (p pods) Attempt(context.Context, upgrade.Permit, string, int32) (bool, error) {
	return !p.givenUp, nil
}
