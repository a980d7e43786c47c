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
	eager bool // a relation that is shown when there is no mask at its level
	get   func(any) any
}

// schema is every type and property that a mask or a filter may name.
type schema map[string]map[string]property

// is tells whether an object is of a type, or of one that extends it. Every SoftLayer_Hardware of this account is a
// SoftLayer_Hardware_Server, the only type that extends another one.
func (s schema) is(o object, kind string) bool {
	return kind == o.kind || kind == "Hardware" && o.kind == "Hardware_Server" || kind == "Hardware_Server" && o.kind == "Hardware"
}

// properties are all those that an object really has, whatever type its relation names.
func (s schema) properties(o object) map[string]property {
	if o.kind == "Hardware" {
		return s["Hardware_Server"]
	}
	return s[o.kind]
}

// local is a scalar property of the type itself.
func local[T any](get func(T) any) property {
	return property{local: true, get: func(v any) any { return get(v.(T)) }}
}

// related is a property that has to be asked for: a relation, a count, or a value of another record.
func related[T any](get func(T) any) property {
	return property{get: func(v any) any { return get(v.(T)) }}
}

// eager is related for relations that the API shows unasked.
func eager[T any](get func(T) any) property {
	return property{eager: true, get: func(v any) any { return get(v.(T)) }}
}

// stamp is a time as a property of the API.
func stamp(t time.Time) any { return date(t) }

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
	for _, types := range []schema{
		accountTypes(), gatewayTypes(), serverTypes(), componentTypes(), billingTypes(), transactionTypes(), catalogueTypes(),
	} {
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
