package sim

import (
	"fmt"
	"maps"
	"time"
)

// date is a time as the API writes it: with IBM's offset and without fractions; the zero one is null.
type date time.Time

// at writes a date by a clock that is wrong by skew.
func (t date) at(skew time.Duration) any {
	if time.Time(t).IsZero() {
		return nil
	}
	return time.Time(t).Add(skew).In(time.FixedZone("", -6*3600)).Format("2006-01-02T15:04:05-07:00")
}

// view turns values into what JSON shows of them.
type view struct {
	schema schema
	nulls  bool          // an empty relation is null, not left out
	skew   time.Duration // added to every date
}

func (c *Cloud) view() view {
	return view{schema: c.schema, nulls: c.chosen(settingEmptyRelation, "null"), skew: c.skew()}
}

// skew is how wrong the clock of the API is.
func (c *Cloud) skew() time.Duration {
	f, armed := c.armed("clock-skew", nil)
	if !armed {
		return 0
	}
	d, err := time.ParseDuration(f.Arg)
	c.trouble(err)
	return d
}

// show turns a value into what JSON shows of it under a mask.
func (v view) show(value any, m *mask) (any, error) {
	switch value := value.(type) {
	case object:
		return v.object(value, m)
	case []object:
		list := make([]any, len(value))
		for i, o := range value {
			shown, err := v.object(o, m)
			if err != nil {
				return nil, err
			}
			list[i] = shown
		}
		return list, nil
	case date:
		return value.at(v.skew), nil
	}
	return value, nil
}

// object shows what a mask selects. Naming one local property of a level drops the other local ones (SoftLayer:
// "Object Masks").
func (v view) object(o object, m *mask) (any, error) {
	asked, err := v.asked(o, m)
	if err != nil {
		return nil, err
	}
	properties, chosen := v.schema.properties(o), false
	for name := range asked {
		chosen = chosen || properties[name].local
	}
	out := map[string]any{}
	for name, p := range properties {
		below, named := asked[name]
		if !named && (!p.local || chosen) && !(p.eager && m.empty()) {
			continue
		}
		shown, err := v.show(p.get(o.value), below)
		if err != nil {
			return nil, err
		}
		if shown != nil || p.local || v.nulls {
			out[name] = shown
		}
	}
	return out, nil
}

// asked are the properties that a mask names for an object, casts included. A cast to a type that the object is not of
// asks for nothing.
func (v view) asked(o object, m *mask) (map[string]*mask, error) {
	if m.empty() {
		return nil, nil
	}
	all := map[string]*mask{}
	if err := v.check(o.kind, m.properties); err != nil {
		return nil, err
	}
	maps.Copy(all, m.properties)
	for kind, typed := range m.casts {
		if !v.schema.is(o, kind) {
			continue
		}
		if err := v.check(kind, typed.properties); err != nil {
			return nil, err
		}
		for name, below := range typed.properties {
			all[name] = merge(all[name], below)
		}
	}
	return all, nil
}

// check refuses properties that a type does not have.
func (v view) check(kind string, names map[string]*mask) error {
	for name := range names {
		if _, known := v.schema[kind][name]; !known {
			return &refusal{500, exceptionPublic, fmt.Sprintf("Property '%s' not valid for 'SoftLayer_%s'.", name, kind)}
		}
	}
	return nil
}

// merge asks for what either of two masks asks for.
func merge(a, b *mask) *mask {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	both := newMask()
	for _, m := range []*mask{a, b} {
		for name, below := range m.properties {
			both.properties[name] = merge(both.properties[name], below)
		}
		for kind, typed := range m.casts {
			both.casts[kind] = merge(both.casts[kind], typed)
		}
	}
	return both
}
