package softlayer

// verb says what a call does to the world. The HTTP verb does not: SoftLayer sends any method without arguments as GET,
// also one that destroys something (SoftLayer REST: "Using the REST API").
type verb string

const (
	unlisted verb = ""
	reads    verb = "read"
	writes   verb = "write"
)

// verbOf is the allow list: every pair of service and method that this program may call.
func verbOf(service, method string) verb {
	switch service + "::" + method {
	case "SoftLayer_Account::getNetworkGateways",
		"SoftLayer_Network_Gateway::getObject",
		"SoftLayer_Network_Gateway::getAllowedOsPriceIds",
		"SoftLayer_Network_Gateway_Member::getPasswords",
		"SoftLayer_Network_Gateway_Precheck::getPrecheckStatus",
		"SoftLayer_Network_Pod::getAllObjects",
		"SoftLayer_Hardware_Server::getObject",
		"SoftLayer_Product_Item_Price::getObject":
		return reads
	case "SoftLayer_Network_Gateway_Precheck::upgradePrecheck",
		"SoftLayer_Network_Gateway_Precheck::osReloadPrecheck",
		"SoftLayer_Hardware_Server::reloadOperatingSystem":
		return writes
	}
	return unlisted
}
