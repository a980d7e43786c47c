package archive

import (
	"context"
	"fmt"

	"gocloud.dev/gcerrors"

	"vsrx-upgrade/internal/upgrade"
)

// Remove deletes what an upgrade has stored, as it was listed: first the entries, so that a removal that is cut short
// leaves strays, which the next one removes, and no entry without its object. It may be repeated. Kinds of error: Refused
// for a damaged upgrade, Denied and Unreachable for the bucket.
func (a *Archive) Remove(ctx context.Context, u Upgrade) error {
	if len(u.Damage) > 0 {
		return upgrade.Errorf(upgrade.Refused, "upgrade %s of gateway %d is damaged and stays", u.Run, u.Gateway).Advise("look at it first, then remove its folder by hand")
	}
	for _, e := range u.Entries {
		if err := a.delete(ctx, e.Key+entrySuffix); err != nil {
			return err
		}
	}
	for _, e := range u.Entries {
		if err := a.delete(ctx, objectOf(e.Blob)); err != nil {
			return err
		}
	}
	for _, s := range u.Strays {
		if err := a.delete(ctx, s.Name); err != nil {
			return err
		}
	}
	if a.disk != nil {
		a.disk.tidy(fmt.Sprintf("%s%d/%s", root, u.Gateway, u.Run))
	}
	return nil
}

// delete removes an object; one that is gone is as good as removed.
func (a *Archive) delete(ctx context.Context, name string) error {
	if err := a.bucket.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return failure(err, "removing %s from the archive", name)
	}
	return nil
}
