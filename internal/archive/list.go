package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"

	"vsrx-upgrade/internal/upgrade"
)

// root is the folder of all upgrades; below it are the gateway's id and the run's.
const root = "upgrades/"

// Upgrade is everything that one run of an upgrade has stored.
type Upgrade struct {
	Gateway int     `json:"gateway"`
	Run     string  `json:"run"`
	Entries []Entry `json:"entries"`
	// Strays are objects that no entry names: what a writer left that died, or one that is writing now.
	Strays []Stray `json:"strays,omitempty"`
	// Damage has the entries that cannot be read, and those whose object is not there.
	Damage []Finding `json:"damage,omitempty"`
}

// Stray is an object that no entry names.
type Stray struct {
	Name string    `json:"name"`
	Size int64     `json:"size"` // bytes
	At   time.Time `json:"at"`
}

// Complete reports whether the upgrade has stored its configuration, its snapshot and, at its end, its report, and all
// entries can be read: what it takes to look back at an upgrade, or to bring a configuration back.
func (u Upgrade) Complete() bool {
	has := func(k Kind) bool {
		return slices.ContainsFunc(u.Entries, func(e Entry) bool { return e.Kind == k })
	}
	return len(u.Damage) == 0 && has(KindConfiguration) && has(KindSnapshot) && has(KindReport)
}

// Last is when the upgrade stored something last.
func (u Upgrade) Last() time.Time {
	var last time.Time
	for _, e := range u.Entries {
		last = later(last, e.At)
	}
	for _, s := range u.Strays {
		last = later(last, s.At)
	}
	return last
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Size is what the upgrade takes in the bucket, in bytes, without the entries themselves.
func (u Upgrade) Size() (bytes int64) {
	for _, e := range u.Entries {
		bytes += e.Stored.Size
	}
	for _, s := range u.Strays {
		bytes += s.Size
	}
	return bytes
}

// Upgrades lists what is stored of a gateway, or of all when gateway is 0: by gateway, the newest first. It reads every
// entry. Kinds of error: Denied when not all of the archive may be looked at, Unreachable for the bucket.
func (a *Archive) Upgrades(ctx context.Context, gateway int) ([]Upgrade, error) {
	prefix := root
	if gateway != 0 {
		prefix = fmt.Sprintf("%s%d/", root, gateway)
	}
	if err := a.reach(ctx); err != nil {
		return nil, err
	}
	if a.disk != nil {
		if err := a.disk.legible(prefix); err != nil {
			return nil, err
		}
	}
	runs, err := a.scan(ctx, prefix)
	if err != nil {
		return nil, err
	}
	found := []Upgrade{}
	for run, objects := range runs {
		u, err := a.assemble(ctx, run, objects)
		if err != nil {
			return nil, err
		}
		found = append(found, u)
	}
	slices.SortFunc(found, func(x, y Upgrade) int {
		return cmp.Or(cmp.Compare(x.Gateway, y.Gateway), y.Last().Compare(x.Last()), cmp.Compare(x.Run, y.Run))
	})
	return found, nil
}

// run names an upgrade's folder.
type run struct {
	gateway int
	id      string
}

var runForm = regexp.MustCompile(`^` + root + `([1-9][0-9]{0,17})/([A-Za-z0-9._-]+)/.`)

// runOf finds the upgrade that an object belongs to.
func runOf(name string) (run, bool) {
	parts := runForm.FindStringSubmatch(name)
	if parts == nil {
		return run{}, false
	}
	gateway, err := strconv.Atoi(parts[1])
	return run{gateway: gateway, id: parts[2]}, err == nil
}

// scan lists the objects below a prefix by upgrade and name.
func (a *Archive) scan(ctx context.Context, prefix string) (map[run]map[string]Stray, error) {
	runs := map[run]map[string]Stray{}
	for list := a.bucket.List(&blob.ListOptions{Prefix: prefix}); ; {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return runs, nil
		}
		if err != nil {
			return nil, failure(err, "listing the archive")
		}
		at, ok := runOf(object.Key)
		if !ok {
			continue
		}
		if runs[at] == nil {
			runs[at] = map[string]Stray{}
		}
		runs[at][object.Key] = Stray{Name: object.Key, Size: object.Size, At: object.ModTime.UTC()}
	}
}

// assemble reads the entries among the objects of one upgrade; the objects that no entry names are strays.
func (a *Archive) assemble(ctx context.Context, at run, objects map[string]Stray) (Upgrade, error) {
	u := Upgrade{Gateway: at.gateway, Run: at.id, Entries: []Entry{}}
	named := map[string]bool{}
	for name := range objects {
		key, isEntry := strings.CutSuffix(name, entrySuffix)
		if !isEntry {
			continue
		}
		switch e, err := a.Entry(ctx, key); upgrade.KindOf(err) {
		case "":
			u.Entries = append(u.Entries, e)
			named[name], named[objectOf(e.Blob)] = true, true
			if _, there := objects[objectOf(e.Blob)]; !there {
				u.Damage = append(u.Damage, Finding{Key: key, Proof: ProofNone, Text: key + " is entered, but its object is not there"})
			}
		case upgrade.Malformed, upgrade.Invalid:
			u.Damage = append(u.Damage, Finding{Key: key, Proof: ProofNone, Text: err.Error()})
		default:
			return Upgrade{}, err
		}
	}
	for name, object := range objects {
		if !named[name] {
			u.Strays = append(u.Strays, object)
		}
	}
	slices.SortFunc(u.Entries, func(x, y Entry) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Key, y.Key)) })
	slices.SortFunc(u.Strays, func(x, y Stray) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortFunc(u.Damage, func(x, y Finding) int { return cmp.Compare(x.Key, y.Key) })
	return u, nil
}
