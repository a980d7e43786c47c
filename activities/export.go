package activities

import (
	"context"
	"fmt"
	"io"
	"strings"

	"go.temporal.io/sdk/activity"

	"vsrx-upgrade/internal/upgrade"
)

// ExportInput says what to export and under which folder of the archive.
type ExportInput struct {
	Gateway     upgrade.Gateway `json:"gateway"`
	DeviceEpoch string          `json:"deviceEpoch,omitempty"`
	Folder      string          `json:"folder"`
}

// Export stores off the box what a gateway has that a reload may lose: the whole configuration in three forms, a snapshot
// of the state, and the documents. Each is read back and compared by digest. It takes the mark by which drift is judged.
// The device is only read.
func (a *Activities) Export(ctx context.Context, in ExportInput) (upgrade.Export, error) {
	x, err := a.export(ctx, in)
	return x, classified(ctx, err)
}

func (a *Activities) export(ctx context.Context, in ExportInput) (x upgrade.Export, err error) {
	pulse := startPulse(ctx, "configuration and state")
	defer pulse.stop()
	device, err := a.dialDevice(ctx, in.Gateway, in.DeviceEpoch)
	if err != nil {
		return x, err
	}
	defer device.Close()
	// A second attempt may find other counters: it gets a folder of its own, for nothing stored is ever overwritten.
	folder := fmt.Sprintf("%s/%d", in.Folder, activity.GetInfo(ctx).Attempt)
	first, err := device.View(ctx)
	if err != nil {
		return x, err
	}
	if err := a.storeForms(ctx, device, folder, &x); err != nil {
		return x, err
	}
	snapshot, err := device.Snapshot(ctx)
	if err != nil {
		return x, err
	}
	if x.Snapshot, err = a.storeJSON(ctx, folder+"/snapshot.json", snapshot); err != nil {
		return x, err
	}
	for _, name := range upgrade.Documents() {
		stored, err := a.storeDocument(ctx, device, name, folder)
		if err != nil {
			return x, err
		}
		x.Documents = append(x.Documents, stored)
	}
	last, err := device.View(ctx)
	if err != nil {
		return x, err
	}
	x.Mark, err = bracketed(first.Mark, snapshot, last.Mark)
	return x, err
}

// bracketed is the mark of what was stored: the same before the first form and after everything.
func bracketed(first upgrade.Mark, between upgrade.Snapshot, last upgrade.Mark) (upgrade.Mark, error) {
	if reason, unknown := between.Unknown("config"); unknown {
		return upgrade.Mark{}, upgrade.Errorf(upgrade.Malformed, "the exported configuration has no digest: %s", reason).Advise("retry")
	}
	if first != last || between.Config != last.Digest {
		return upgrade.Mark{}, upgrade.Errorf(upgrade.Drifted, "the configuration changed while it was exported").Advise("find out who changes it, then retry")
	}
	return last, nil
}

// storeForms keeps the configuration in every form: curly is what "load override" takes, set what people compare, and XML
// what programs read.
func (a *Activities) storeForms(ctx context.Context, d Device, folder string, x *upgrade.Export) error {
	for _, form := range []struct {
		format, ending string
		to             *upgrade.Blob
	}{{"text", "conf", &x.Curly}, {"set", "set", &x.Set}, {"xml", "xml", &x.XML}} {
		blob, err := a.storeConfiguration(ctx, d, form.format, folder+"/configuration."+form.ending)
		if err != nil {
			return err
		}
		*form.to = blob
	}
	return nil
}

// storeConfiguration streams a configuration from the device into the archive.
func (a *Activities) storeConfiguration(ctx context.Context, d Device, format, key string) (upgrade.Blob, error) {
	blob, _, err := a.stream(ctx, key, func(w io.Writer) error { return d.Configuration(ctx, format, w) })
	if err != nil {
		return upgrade.Blob{}, fmt.Errorf("exporting the configuration: %w", err)
	}
	if blob.Size == 0 {
		return upgrade.Blob{}, upgrade.Errorf(upgrade.Malformed, "the exported configuration is empty").Advise("look at the gateway: show configuration")
	}
	return blob, nil
}

// storeDocument streams a document from the device into the archive. What the device has not, or its release does not
// know, must not keep the rest from being stored: it is named, with the reason. A lost session is an error.
func (a *Activities) storeDocument(ctx context.Context, d Device, name upgrade.Document, folder string) (upgrade.StoredDocument, error) {
	ending := "txt"
	if name == upgrade.DocumentRescue {
		ending = "conf"
	}
	key := fmt.Sprintf("%s/%s.%s", folder, name, ending)
	blob, said, err := a.stream(ctx, key, func(w io.Writer) error { return d.Document(ctx, name, w) })
	switch kind := upgrade.KindOf(said); {
	case err == nil:
		return upgrade.StoredDocument{Name: name, Outcome: upgrade.DocumentStored, Blob: blob}, nil
	case kind == upgrade.NotFound:
		return upgrade.StoredDocument{Name: name, Outcome: upgrade.DocumentNone}, nil
	case kind == upgrade.Refused || kind == upgrade.Malformed:
		return upgrade.StoredDocument{Name: name, Outcome: upgrade.DocumentUnread, Reason: reason(said)}, nil
	}
	return upgrade.StoredDocument{}, fmt.Errorf("exporting the document %s: %w", name, err)
}

// reasonLimit keeps a device's words short enough for a report.
const reasonLimit = 400 // bytes

func reason(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > reasonLimit {
		text = strings.ToValidUTF8(text[:reasonLimit], "") + " …"
	}
	return text
}

// stream stores what write gives as it comes, and waits until write has ended: a device answers one question at a time.
// said is write's own error, which tells it from the archive's.
func (a *Activities) stream(ctx context.Context, key string, write func(io.Writer) error) (blob upgrade.Blob, said, err error) {
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := write(w)
		w.CloseWithError(err) // nil is io.EOF to the archive
		ended <- err
	}()
	blob, err = a.Archive.Put(ctx, key, r)
	r.CloseWithError(err) // ends the writing when the archive refuses
	return blob, <-ended, err
}
