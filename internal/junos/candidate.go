package junos

import (
	"context"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// commitLimit is for a check or a commit, which take minutes on a cluster.
const commitLimit = 5 * time.Minute

const logLimit = 512 // bytes of a commit's log; a longer one is refused (Juniper: commit comment)

// lock takes the candidate configuration. A lock that is granted proves that nobody else edits it and that it was clean
// (Juniper: configure exclusive). After a refused lock nothing must be discarded: the candidate is somebody's work.
func (s *Session) lock(ctx context.Context) error {
	_, err := s.call(ctx, s.timeout, "<lock-configuration/>")
	if upgrade.KindOf(err) == upgrade.Refused {
		return upgrade.Errorf(upgrade.Refused, "locking the configuration: %w", err).
			Advise("somebody is editing the configuration; ask them to leave configuration mode, then retry")
	}
	return err
}

// release drops what this session loaded and gives the lock back. A failure is not reported: the end of the session does
// the same (Juniper: unlocking the candidate configuration), and the caller's result does not depend on it.
func (s *Session) release(ctx context.Context) {
	if s.failed != nil {
		return
	}
	if _, err := s.call(ctx, s.timeout, `<load-configuration rollback="0"/>`); err != nil {
		return
	}
	_, _ = s.call(ctx, s.timeout, "<unlock-configuration/>")
}

// commit runs one commit or check. Success needs a positive sign, besides the absence of errors.
func (s *Session) commit(ctx context.Context, body string) error {
	reply, err := s.call(ctx, s.patience, "<commit-configuration>"+body+"</commit-configuration>")
	if err != nil {
		return err
	}
	if !committed(reply) {
		return upgrade.Errorf(upgrade.Malformed, "the reply to the commit says neither success nor error")
	}
	return nil
}

// committed finds the positive sign of a commit or check. Releases differ in which one they give; an empty
// commit-results is one.
func committed(reply *element) bool {
	if reply.first("ok", "commit-success", "commit-check-success") != nil {
		return true
	}
	results := reply.first("commit-results")
	if results == nil {
		return false
	}
	if len(results.children) == 0 && results.text == "" {
		return true
	}
	output := results.value("output")
	for _, sign := range []string{"commit confirmed will be automatically rolled back", "commit complete", "configuration check succeeds"} {
		if strings.Contains(output, sign) {
			return true
		}
	}
	return false
}

// outcomeUnknown reports whether a commit may have been applied although it gave an error.
func outcomeUnknown(err error) bool {
	kind := upgrade.KindOf(err)
	return kind == upgrade.Unreachable || kind == upgrade.Malformed
}
