package upgrade

import (
	"slices"
	"strings"
)

// Finding is one thing that is not as it must be at the moment of the look.
type Finding struct {
	Check  string `json:"check"` // stable name of the check
	Text   string `json:"text"`  // what was seen
	Advice string `json:"advice,omitempty"`
	// Unknown marks a question that could not be asked; no answer is not a verdict.
	Unknown bool `json:"unknown,omitempty"`
	// Warning marks what a person should know and what forbids nothing.
	Warning bool `json:"warning,omitempty"`
}

// Forbidding drops the warnings.
func Forbidding(found []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.Warning })
}

// Refusal turns findings into one error of the kind, nil when none of them forbids anything.
func Refusal(kind Kind, found []Finding) error {
	if found = Forbidding(found); len(found) == 0 {
		return nil
	}
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.Check + ": " + f.Text
	}
	return Errorf(kind, "%s", strings.Join(texts, "; ")).Advise("%s", found[0].Advice)
}
