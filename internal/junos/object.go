package junos

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
)

// parseObject reads the JSON form of an output as the tree that its XML form is. Values are arrays of {"data": ...}, the
// rows of both nodes repeat the keys of one object (a map would keep the last), and attributes stand under "@" or
// "attributes" (Juniper: Junos OS JSON output). What follows the object is not read.
func parseObject(text string) (*element, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	root := &element{name: "rpc-reply"}
	if err := readValue(decoder, root, root, 0); err != nil {
		return nil, err
	}
	return root, nil
}

// readValue reads one value into e. An array repeats e under its parent.
func readValue(decoder *json.Decoder, parent, e *element, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if depth > deepest {
		return fmt.Errorf("an object nested deeper than %d", deepest)
	}
	switch token {
	case json.Delim('{'):
		return readMembers(decoder, e, depth)
	case json.Delim('['):
		for first := true; decoder.More(); first = false {
			item := e
			if !first {
				item = &element{name: e.name}
				parent.children = append(parent.children, item)
			}
			if err := readValue(decoder, parent, item, depth+1); err != nil {
				return err
			}
		}
		_, err = decoder.Token()
		return err
	case nil: // an empty element
		return nil
	}
	e.text = strings.TrimSpace(fmt.Sprint(token))
	return nil
}

func readMembers(decoder *json.Decoder, e *element, depth int) error {
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		key := fmt.Sprint(token)
		switch key {
		case "data":
			err = readValue(decoder, e, e, depth+1)
		case "@", "attributes":
			attributes := &element{}
			err = readValue(decoder, attributes, attributes, depth+1)
			e.take(attributes.children)
		default:
			child := &element{name: local(key)}
			e.children = append(e.children, child)
			err = readValue(decoder, e, child, depth+1)
		}
		if err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

// take makes attributes of the members of an attribute object.
func (e *element) take(members []*element) {
	for _, m := range members {
		e.attributes = append(e.attributes, xml.Attr{Name: xml.Name{Local: m.name}, Value: m.text})
		if m.name == "xmlns" {
			e.space = m.text
		}
	}
}

func local(name string) string {
	if _, after, found := strings.Cut(name, ":"); found {
		return after
	}
	return name
}
