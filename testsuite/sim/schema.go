package sim

import (
	"strings"
	"time"
)

// object is a value of a SoftLayer type, before a mask selects what of it is shown.
type object struct {
	kind  string // type without the prefix "SoftLayer_"
	value any
}

// property is one row of a type. get returns a scalar, nil, an object or a []object.
type property struct {
	local bool // shown when no mask names a local property of its level
	get   func(any) any
}

// schema is every type and property that a mask or a filter may name.
type schema map[string]map[string]property

// local is a scalar property of the type itself.
func local[T any](get func(T) any) property {
	return property{local: true, get: func(v any) any { return get(v.(T)) }}
}

// related is a property that has to be asked for: a relation, a count, or a value of another record.
func related[T any](get func(T) any) property {
	return property{get: func(v any) any { return get(v.(T)) }}
}

// stamp writes a time as the API does, with IBM's offset and without fractions.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(time.FixedZone("", -6*3600)).Format("2006-01-02T15:04:05-07:00")
}

// base is a version without its spin, as the portal names it: 23.4R2-S5.5 is 23.4R2-S5, 21.4R3.15 is 21.4R3.
func base(version string) string {
	release := strings.IndexByte(version, 'R')
	if i := strings.LastIndexByte(version, '.'); release >= 0 && i > release {
		return version[:i]
	}
	return version
}

func objects[T any](kind string, values []T) []object {
	list := make([]object, len(values))
	for i, v := range values {
		list[i] = object{kind: kind, value: v}
	}
	return list
}

// newSchema collects the type tables.
func newSchema() schema {
	s := schema{}
	for _, types := range []schema{accountTypes(), gatewayTypes(), serverTypes(), catalogueTypes()} {
		for name, properties := range types {
			s[name] = properties
		}
	}
	return s
}

// extend is a type with the properties of another one and more.
func extend(properties, more map[string]property) map[string]property {
	all := map[string]property{}
	for _, p := range []map[string]property{properties, more} {
		for name, property := range p {
			all[name] = property
		}
	}
	return all
}
