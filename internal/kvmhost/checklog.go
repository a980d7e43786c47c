package kvmhost

import (
	"context"
	"io"

	"vsrx-upgrade/internal/upgrade"
)

// CheckLog writes the end of IBM's log of its readiness checks on the host, thousands of lines at the most. It may hold
// anything, so that it belongs into an encrypted archive and nowhere else. Errors are of kind NotFound (no check has
// written one yet), Refused, Unreachable, Malformed (longer than 4 MiB) or Internal (w failed).
func (h *Host) CheckLog(ctx context.Context, w io.Writer) error {
	replies, err := h.ask(ctx, "test -e "+checkLog, "tail -n 5000 "+checkLog)
	if err != nil {
		return err
	}
	if replies[0].status == 1 {
		return upgrade.Errorf(upgrade.NotFound, "no readiness check has left a log on %s", h.address)
	}
	if err := replies[1].failed(); err != nil {
		return upgrade.Errorf(upgrade.Refused, "reading IBM's log on %s: %w", h.address, err)
	}
	if _, err := io.WriteString(w, replies[1].out); err != nil {
		return upgrade.Errorf(upgrade.Internal, "writing IBM's log: %w", err)
	}
	return nil
}
