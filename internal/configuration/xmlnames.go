package configuration

// keyElement reports whether an element tells which of many its parent is: its text follows the parent's name in the
// other forms.
func keyElement(parent, name string) bool {
	switch name {
	case "name":
		return parent != "configuration"
	case "from-zone-name", "to-zone-name":
		return parent == "policy"
	case "address", "list_name":
		return parent == "route-filter" || parent == "prefix-list-filter"
	case "community-name", "choice-ident":
		return parent == "community"
	}
	return false
}

// keyWords adds a key to the words of an element.
func keyWords(words []string, name, key string) []string {
	switch name {
	case "from-zone-name":
		return []string{"from-zone", key}
	case "to-zone-name":
		return append(words, "to-zone", key)
	}
	return append(words, key)
}

// unwritten reports whether the other forms leave an element's name out (Juniper's schema has "nokeyword" there).
func unwritten(parent, name string) bool {
	switch name {
	case "undocumented": // around what this release's schema hides
		return true
	case "interface":
		return parent == "interfaces"
	case "instance":
		return parent == "routing-instances"
	case "vlan":
		return parent == "vlans"
	case "domain":
		return parent == "bridge-domains"
	case "contents": // of a syslog target
		return parent == "user" || parent == "file" || parent == "host" || parent == "console"
	case "prefix-list-item":
		return parent == "prefix-list"
	case "ip-prefix":
		return parent == "address"
	case "filename":
		return parent == "file"
	case "value":
		return parent == "threshold"
	case "addr-prefix":
		return parent == "prefix"
	case "dst-addr":
		return parent == "destination-address"
	case "src-addr":
		return parent == "source-address"
	case "ipaddr", "high":
		return parent == "to"
	case "low":
		return parent == "destination-port" || parent == "source-port"
	case "path":
		return parent == "as-path"
	case "parent":
		return parent == "redundant-parent"
	case "pool-name":
		return parent == "pool"
	}
	return false
}

// written is the word that an element's name is in the other forms.
func written(name string) string {
	switch name {
	case "src-nat-rule-match", "dest-nat-rule-match", "static-nat-rule-match":
		return "match"
	}
	return name
}
