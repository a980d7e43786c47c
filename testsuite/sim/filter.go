package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// filter keeps the objects of a list that an object filter lets through. relation is where the list hangs on the
// service's own type, "" for a list of the type itself. A filter that cannot be understood is ignored, as IBM
// documents.
func (s schema) filter(list []object, text, relation string) []object {
	var tree map[string]any
	if text == "" || json.Unmarshal([]byte(text), &tree) != nil {
		return list
	}
	if relation != "" {
		inner, ok := tree[relation].(map[string]any)
		if !ok {
			return list
		}
		tree = inner
	}
	return slices.DeleteFunc(slices.Clone(list), func(o object) bool { return !s.matches(o, tree) })
}

func (s schema) matches(o object, tree map[string]any) bool {
	for name, condition := range tree {
		p, known := s[o.kind][name]
		below, ok := condition.(map[string]any)
		if !known || !ok {
			continue
		}
		if operation, leaf := below["operation"]; leaf {
			if !holds(fmt.Sprint(p.get(o.value)), fmt.Sprint(operation)) {
				return false
			}
			continue
		}
		switch v := p.get(o.value).(type) {
		case object:
			if !s.matches(v, below) {
				return false
			}
		case []object:
			if !slices.ContainsFunc(v, func(each object) bool { return s.matches(each, below) }) {
				return false
			}
		}
	}
	return true
}

// holds tells whether a value satisfies an operation; without an operator it has to be equal.
func holds(value, operation string) bool {
	value = strings.ToLower(value)
	operator, operand, found := strings.Cut(strings.ToLower(operation), "= ")
	if !found {
		return value == strings.ToLower(operation)
	}
	switch operator {
	case "^":
		return strings.HasPrefix(value, operand)
	case "$":
		return strings.HasSuffix(value, operand)
	case "*":
		return strings.Contains(value, operand)
	case "!":
		return value != operand
	}
	return value == strings.ToLower(operation)
}

// page cuts a list to a "offset,limit" result limit; a malformed one is ignored.
func page(list []object, limit string) []object {
	first, second, found := strings.Cut(limit, ",")
	if !found {
		first, second = "0", first
	}
	offset, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(second)
	if err1 != nil || err2 != nil || offset < 0 || n < 0 {
		return list
	}
	offset = min(offset, len(list))
	return list[offset:min(offset+n, len(list))]
}
