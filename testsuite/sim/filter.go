package sim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// condition is one leaf of an object filter: what a property has to satisfy, or the order it gives the list.
type condition struct {
	Operation any `json:"operation"`
	Options   []struct {
		Name  string `json:"name"`
		Value []any  `json:"value"`
	} `json:"options"`
}

// option is the values of an option of a condition.
func (c condition) option(name string) []string {
	var texts []string
	for _, o := range c.Options {
		if o.Name != name {
			continue
		}
		for _, v := range o.Value {
			texts = append(texts, plain(v))
		}
	}
	return texts
}

// filter is a parsed object filter of a list: conditions by the path of their property, below the list's own type.
type filter struct {
	conditions []pathCondition
	orders     []pathCondition
}

type pathCondition struct {
	path []string
	condition
}

// parseFilter reads an object filter. relation is where the list hangs on the service's own type, "" for a list of the
// type itself. What cannot be understood is ignored, as IBM documents (SoftLayer: "Object Filters").
func parseFilter(text, relation string) filter {
	var tree map[string]json.RawMessage
	var f filter
	if text == "" || json.Unmarshal([]byte(text), &tree) != nil {
		return f
	}
	if relation != "" {
		inner := tree[relation]
		tree = nil
		if json.Unmarshal(inner, &tree) != nil {
			return f
		}
	}
	f.collect(tree, nil)
	return f
}

func (f *filter) collect(tree map[string]json.RawMessage, path []string) {
	for name, text := range tree {
		here := append(slices.Clone(path), name)
		var below map[string]json.RawMessage
		if json.Unmarshal(text, &below) != nil {
			continue
		}
		if _, leaf := below["operation"]; !leaf {
			f.collect(below, here)
			continue
		}
		c := pathCondition{path: here}
		if json.Unmarshal(text, &c.condition) != nil {
			continue
		}
		if plain(c.Operation) == "orderBy" {
			f.orders = append(f.orders, c)
		} else {
			f.conditions = append(f.conditions, c)
		}
	}
}

// apply keeps the objects that satisfy every condition, in the order that the filter asks for.
func (f filter) apply(s schema, list []object) []object {
	list = slices.DeleteFunc(slices.Clone(list), func(o object) bool {
		return slices.ContainsFunc(f.conditions, func(c pathCondition) bool { return !s.satisfies(o, c.path, c.condition) })
	})
	for _, order := range f.orders {
		direction := 1
		if sort := order.option("sort"); len(sort) > 0 && strings.EqualFold(sort[0], "DESC") {
			direction = -1
		}
		slices.SortStableFunc(list, func(a, b object) int {
			return direction * inOrder(firstText(s.values(a, order.path)), firstText(s.values(b, order.path)))
		})
	}
	return list
}

// satisfies tells whether any value under a path satisfies a condition; a path that the type does not have is ignored.
func (s schema) satisfies(o object, path []string, c condition) bool {
	if !s.has(o, path) {
		return true
	}
	values := s.values(o, path)
	if len(values) == 0 {
		values = []string{""}
	}
	return slices.ContainsFunc(values, c.holds)
}

// has tells whether a type has the first property of a path.
func (s schema) has(o object, path []string) bool {
	_, known := s.properties(o)[path[0]]
	return known
}

// values are the texts of every property under a path; null is "".
func (s schema) values(o object, path []string) []string {
	p, known := s.properties(o)[path[0]]
	if !known {
		return nil
	}
	value := p.get(o.value)
	if len(path) == 1 {
		return []string{plain(value)}
	}
	var below []object
	switch v := value.(type) {
	case object:
		below = []object{v}
	case []object:
		below = v
	}
	var texts []string
	for _, each := range below {
		texts = append(texts, s.values(each, path[1:])...)
	}
	return texts
}

// plain is a scalar as a filter compares it.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case date:
		return plain(v.at(0))
	}
	return string(mustJSON(value))
}

func firstText(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// inOrder orders numbers by size and everything else as text.
func inOrder(a, b string) int {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	if err1 == nil && err2 == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}

// page cuts a list to an "offset,limit" result limit; 0 means no limit, and a malformed one is ignored.
func page(list []object, limit string) []object {
	from, size, found := strings.Cut(limit, ",")
	if !found {
		from, size = "0", from
	}
	offset, err1 := strconv.Atoi(from)
	n, err2 := strconv.Atoi(size)
	if err1 != nil || err2 != nil || offset < 0 || n < 0 {
		return list
	}
	offset = min(offset, len(list))
	if n == 0 {
		return list[offset:]
	}
	return list[offset:min(offset+n, len(list))]
}
