package sim

func catalogueTypes() schema {
	name := func(p price) string { return "Juniper vSRX " + base(p.version) }
	return schema{
		"Product_Item_Price": {
			"id":   local(func(p price) any { return p.id }),
			"item": related(func(p price) any { return object{"Product_Item", p} }),
		},
		"Product_Item": {
			"id":                  local(func(p price) any { return p.item }),
			"keyName":             local(func(p price) any { return "OS_JUNIPER_VSRX_" + underscored(base(p.version)) }),
			"description":         local(func(p price) any { return name(p) }),
			"softwareDescription": related(func(p price) any { return object{"Software_Description", p} }),
		},
		"Software_Description": {
			"id":            local(func(p price) any { return p.software }),
			"manufacturer":  local(func(p price) any { return "Juniper" }),
			"name":          local(func(p price) any { return "vSRX" }),
			"version":       local(func(p price) any { return base(p.version) }),
			"referenceCode": local(func(p price) any { return "VSRX_" + underscored(base(p.version)) }),
		},
	}
}

func underscored(version string) string {
	out := []byte(version)
	for i, b := range out {
		if b == '.' || b == '-' {
			out[i] = '_'
		}
	}
	return string(out)
}
