package sim

import (
	"slices"
	"strings"
)

// operator is one of the signs that an operation may begin with.
type operator struct {
	sign  string
	holds func(value, operand string) bool
}

// operators are tried in this order, so that no sign hides behind its own beginning. "~" and "!~" heed case, the others
// do not (SoftLayer: "Object Filters").
func operators() []operator {
	return []operator{
		{"!~", func(v, o string) bool { return !strings.Contains(v, o) }},
		{"~", strings.Contains},
		{"!=", func(v, o string) bool { return !strings.EqualFold(v, o) }},
		{"^=", func(v, o string) bool { return strings.HasPrefix(strings.ToLower(v), strings.ToLower(o)) }},
		{"$=", func(v, o string) bool { return strings.HasSuffix(strings.ToLower(v), strings.ToLower(o)) }},
		{"*=", func(v, o string) bool { return strings.Contains(strings.ToLower(v), strings.ToLower(o)) }},
		{"_=", strings.EqualFold},
		{">=", func(v, o string) bool { return v != "" && inOrder(v, o) >= 0 }},
		{"<=", func(v, o string) bool { return v != "" && inOrder(v, o) <= 0 }},
		{">", func(v, o string) bool { return v != "" && inOrder(v, o) > 0 }},
		{"<", func(v, o string) bool { return v != "" && inOrder(v, o) < 0 }},
	}
}

// holds tells whether a value satisfies a condition; without an operator it has to be equal. An operation with options
// that this world does not know is ignored.
func (c condition) holds(value string) bool {
	operation := strings.TrimSpace(plain(c.Operation))
	switch strings.ToLower(operation) {
	case "in":
		return slices.ContainsFunc(c.option("data"), func(one string) bool { return strings.EqualFold(one, value) })
	case "not in":
		return !slices.ContainsFunc(c.option("data"), func(one string) bool { return strings.EqualFold(one, value) })
	case "is null", "isnull":
		return value == ""
	case "not null", "notnull":
		return value != ""
	}
	if len(c.Options) > 0 {
		return true
	}
	for _, o := range operators() {
		if operand, found := strings.CutPrefix(operation, o.sign); found {
			return o.holds(value, strings.TrimSpace(operand))
		}
	}
	return strings.EqualFold(value, operation)
}
