package junos

import (
	"context"
	"fmt"

	"vsrx-upgrade/internal/upgrade"
)

// Lane opens another session on the same connection and by the same way, so that reads run side by side over one login.
// ctx bounds the opening. Closing a lane, or a call in it that is given up, leaves the connection to the others; closing
// the first session closes every lane. Lane may be called while other calls run; how many lanes there are is the caller's
// to bound, sshd takes ten sessions on a connection (OpenSSH: MaxSessions). Errors are of kind Refused, Unreachable or
// Malformed.
func (s *Session) Lane(ctx context.Context) (*Session, error) {
	lane := &Session{address: s.address, user: s.user, way: s.way, client: s.client, timeout: s.timeout, patience: s.patience}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	opened := make(chan error, 1)
	go func() { opened <- lane.open(ctx) }()
	select {
	case err := <-opened:
		if err != nil {
			return nil, fmt.Errorf("opening another session with %s: %w", s.address, err)
		}
		return lane, nil
	case <-ctx.Done():
		// A channel that opens after all is closed as soon as it does; it ends with the connection at the latest.
		go func() {
			if <-opened == nil {
				lane.cut()
			}
		}()
		return nil, upgrade.Errorf(upgrade.Unreachable, "opening another session with %s: %w", s.address, context.Cause(ctx))
	}
}
