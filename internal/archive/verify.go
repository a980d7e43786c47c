package archive

import (
	"context"
	"slices"

	"vsrx-upgrade/internal/upgrade"
)

// Proof says how far an entry was proven.
type Proof string

// The proofs.
const (
	// ProofContent: the content itself was read, decrypted where it is encrypted, and has its digest.
	ProofContent Proof = "content"
	// ProofStored: without an identity only the encrypted object was compared with what was written.
	ProofStored Proof = "stored"
	// ProofNone: it is not what was stored, or could not be looked at.
	ProofNone Proof = "none"
)

// Finding is what is known of one entry after looking.
type Finding struct {
	Key   string `json:"key"`
	Proof Proof  `json:"proof"`
	Text  string `json:"text,omitempty"` // what is wrong
}

// Verify reads everything that an upgrade has stored and compares it with its entries. An error of kind Unreachable
// means that the bucket did not answer; what is wrong with the content is in the findings.
func (a *Archive) Verify(ctx context.Context, u Upgrade) ([]Finding, error) {
	found := append([]Finding{}, u.Damage...)
	for _, e := range u.Entries {
		if slices.ContainsFunc(u.Damage, func(d Finding) bool { return d.Key == e.Key }) {
			continue
		}
		content, err := a.check(ctx, e)
		switch kind := upgrade.KindOf(err); {
		case kind == upgrade.Unreachable:
			return nil, err
		case err != nil:
			found = append(found, Finding{Key: e.Key, Proof: ProofNone, Text: err.Error()})
		case content:
			found = append(found, Finding{Key: e.Key, Proof: ProofContent})
		default:
			found = append(found, Finding{Key: e.Key, Proof: ProofStored})
		}
	}
	return found, nil
}
