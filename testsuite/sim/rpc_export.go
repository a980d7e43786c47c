package sim

import (
	"fmt"
	"strings"
)

// printed answers in elements, or in text when it is asked for that; a cluster wraps either once per node.
func printed(elements, text func(*member) string) rpcHandler {
	return reading(func(s *netconfSession, e *element) string {
		if e.attr("format") != "text" {
			return s.eachNode(elements)
		}
		return s.eachNode(func(m *member) string { return "<output>\n" + escape(text(m)) + "</output>\n" })
	})
}

// rescueInformation has no rescue configuration to show: IBM's gateways come without one, and the alarm says so.
func rescueInformation(*netconfSession, *element) string {
	return xnmError("mgd", "No rescue configuration is set")
}

// licenceKey is made of the node's serial, so that no two nodes have the same. It is none that a device would take.
func licenceKey(m *member) (name, data string) {
	name = "FAKE" + m.serial()
	return name, fmt.Sprintf("%s notakey notakey notakey\n            notakey notakey", name)
}

func licenceKeyInformation(m *member) string {
	if !m.licensed() {
		return "<license-key-information>\n</license-key-information>\n"
	}
	name, data := licenceKey(m)
	return fmt.Sprintf("<license-key-information>\n<license-key>\n<name>%s</name>\n<key-data>\n%s\n</key-data>\n</license-key>\n</license-key-information>\n", name, data)
}

func licenceKeyText(m *member) string {
	if !m.licensed() {
		return ""
	}
	_, data := licenceKey(m)
	return strings.TrimSpace(data) + "\n"
}
