package upgrade

import "slices"

// readinessChecks is the table of everything that is judged before a reload, in the order of the results: name,
// requirement of the procedure, readiness code of IBM's that asks the same, scope, judge. Requirements R1 to R21 are the
// statements of IBM's general upgrade page in their order, those from R30 on are of its other pages.
func readinessChecks() []check {
	return slices.Concat(recordChecks(), planChecks(), hostChecks(), machineChecks(), deviceChecks(), clusterChecks(), configurationChecks(), ibmChecks())
}

// recordChecks judge what IBM has on record.
func recordChecks() []check {
	return []check{
		{"gateway-status", "R33", 0, anytime, gatewayStatus},
		{"server", "", 0, anytime, eachServer(serverInUse)},
		{"transaction", "R31", 0, anytime, eachServer(noTransaction)},
		{"ipmi", "", 1025, anytime, eachServer(ipmiOn)},
		{"pod", "R17", 0, beforeAReload, podIsFree},
		{"host-address", "", 1009, anytime, eachMember(hostAddress)},
		{"gateway-address", "", 1019, anytime, gatewayAddress},
		{"host-record", "R8", 0, anytime, eachRecord(hostRecord)},
		{"device-record", "R8", 0, anytime, eachRecord(deviceRecord)},
		{"licence-record", "", 1185, anytime, eachRecord(licenceOnRecord)},
		{"record-warning", "R40", 0, beforeAReload, eachMember(recordWarning)},
	}
}

// planChecks judge what is planned.
func planChecks() []check {
	return []check{
		{"vendor", "R38", 0, anytime, vendorSupported},
		{"supported-server", "R38", 0, forward, eachMember(serverSupported)},
		{"members", "R31", 0, anytime, sameServers},
		{"plan", "R38", 0, towardsATarget(beforeAReload), planPossible},
		{"target", "R36, R38", 0, towardsATarget(forward), eachMember(targetOffered)},
		{"way-back", "R35", 0, onTheWayBack, wayBackOffered},
		{"rollback", "R35", 0, ofAWholePairBeforeTheFirst, oldVersionOffered},
		{"order", "", 0, towardsATarget(ofAWholePairBeforeTheFirst), ofView(one(secondaryFirst))},
		{"window", "R1", 0, forward, windowFits},
	}
}

// hostChecks judge the KVM hosts.
func hostChecks() []check {
	resolves := yesOrNo(func(h HostFacts) bool { return h.Resolves }, "names resolve", "the name of its Ubuntu mirror does not resolve")
	route := yesOrNo(func(h HostFacts) bool { return h.ServiceRoute }, "there is a route to IBM's name servers", "no route to IBM's name servers in 10.0.0.0/8")
	mirror := yesOrNo(func(h HostFacts) bool { return h.Mirror }, "the Ubuntu mirror answers", "its Ubuntu mirror does not answer")
	telnet := yesOrNo(func(h HostFacts) bool { return h.Telnet }, "telnet is installed", "telnet is not installed")
	localhost := yesOrNo(func(h HostFacts) bool { return h.Localhost }, "/etc/hosts names localhost", "/etc/hosts lacks the line 127.0.0.1 localhost")
	console := yesOrNo(func(h HostFacts) bool { return !h.ConsoleOpen }, "no console is open", "somebody is connected to a machine's console")
	readOnly := yesOrNo(func(h HostFacts) bool { return !h.RootReadOnly }, "the root file system is writable", "its root file system is read-only")
	peerSSH := way(func(h HostFacts) *bool { return h.PeerSSH }, "the other host")
	deviceSSH := way(func(h HostFacts) *bool { return h.DeviceSSH }, "the gateway")
	return []check{
		{"host-login", "R6, R8, R37", 0, anytime, eachMember(hostLogin)},
		{"host-shell", "", 1008, anytime, eachMember(hostShell)},
		{"host-rescue", "", 1168, anytime, eachHost("rootFs", hostRescue)},
		{"host-storage", "", 1026, anytime, eachHost("rootReadOnly", readOnly)},
		{"host-space", "R35", 0, anytime, eachHost("freeBytes", hostSpace)},
		{"host-memory", "", 1114, anytime, eachMember(hostMemory)},
		{"host-telnet", "", 1116, anytime, eachHost("telnet", telnet)},
		{"host-names", "", 1023, anytime, eachHost("resolves", resolves)},
		{"host-route", "", 1023, anytime, eachHost("serviceRoute", route)},
		{"host-mirror", "", 1117, anytime, eachHost("mirror", mirror)},
		{"host-localhost", "", 1119, anytime, eachHost("localhost", localhost)},
		{"host-private-bond", "", 0, anytime, eachHost("bonds", hostBond("bond0", 1127, 1129))},
		{"host-public-bond", "", 0, anytime, eachHost("bonds", hostBond("bond1", 1128, 1130))},
		{"host-to-peer", "", 1106, pairsOnly, eachHost("peerSsh", peerSSH)},
		{"host-to-gateway", "", 1105, anytime, eachHost("deviceSsh", deviceSSH)},
		{"host-control-link", "", 1126, wholePairsOnly, eachHost("controlLinks", hostControlLinks)},
		{"console-defined", "", 1132, anytime, eachHost("consoles", consoleDefined)},
		{"console-closed", "", 1119, anytime, eachHost("consoleOpen", console)},
		{"precheck-log", "", 0, anytime, eachHost("checkLog", hostCheckLog)},
	}
}

// machineChecks judge the virtual machines on the hosts.
func machineChecks() []check {
	return []check{
		{"machine-state", "", 1113, anytime, eachMember(machinesTold)},
		{"machine", "", 1118, anytime, eachMachineHost(machineRuns)},
		{"peer-off", "R32", 0, loneOnly, eachMachineHost(peerIsOff)},
		{"peer-autostart", "R32", 0, loneOnly, eachMachineHost(peerStaysOff)},
		{"peer-alive", "R31", 1134, pairsOnly, peerLives},
		{"any-node-up", "", 1154, pairsOnly, anyNodeUp},
	}
}

// deviceChecks judge the vSRX by itself.
func deviceChecks() []check {
	return []check{
		{"device-login", "R5, R6, R7", 0, anytime, deviceLogin},
		{"netconf", "", 1111, anytime, rpcAnswers},
		{"root-login", "R7", 0, anytime, ofView(one(rootLogin))},
		{"version", "R36", 0, anytime, ofView(versions)},
		{"certified", "", 1179, anytime, ofView(versionCertified)},
		{"storage", "", 1110, anytime, storageRead},
		{"licence", "", 1120, anytime, ofDevice("licences", one(licensed))},
		{"licence-end", "", 1185, anytime, ofDevice("licences", licencesLast)},
		{"alarms", "", 0, anytime, ofDevice("alarms", one(alarms))},
		{"core-dumps", "R20", 0, anytime, ofDevice("coreDumps", one(coreDumps))},
		{"certificates", "R19, R20", 0, beforeAReload, ofDevice("certificates", one(certificates))},
		{"interfaces", "", 0, anytime, ofDevice("interfaces", one(interfacesUp))},
	}
}

// clusterChecks judge what makes two nodes a pair.
func clusterChecks() []check {
	control := links("control links", func(d DeviceFacts) []Link { return d.Control })
	fabric := links("fabric links", func(d DeviceFacts) []Link { return d.Fabric })
	reths := links("redundant interfaces", func(d DeviceFacts) []Link { return d.Reths })
	return []check{
		{"cluster", "R13, R14, R15, R33", 0, pairsOnly, ofCluster(clusterState)},
		{"cluster-primary", "R13", 1141, pairsOnly, ofCluster(clusterPrimary)},
		{"cluster-weight", "R14", 0, pairsOnly, ofDevice("weights", weights)},
		{"placement", "R31", 0, pairsOnly, ofView(one(placed))},
		{"address-owner", "", 0, pairsOnly, ofDevice("answers", one(addressOwner))},
		{"preempt", "R21", 0, pairsOnly, ofView(one(preemptOff))},
		{"control-link", "", 1126, wholePairsOnly, ofDevice("control", one(control))},
		{"fabric-link", "", 0, wholePairsOnly, ofDevice("fabric", one(fabric))},
		{"redundant-interfaces", "", 0, pairsOnly, ofDevice("reths", one(reths))},
		{"monitored-interfaces", "R14", 0, pairsOnly, ofDevice("monitored", one(monitored))},
	}
}

// configurationChecks judge the configuration and who works on it.
func configurationChecks() []check {
	return []check{
		{"configuration-free", "R9, R11", 0, anytime, ofDevice("lockedBy", one(configurationFree))},
		{"candidate", "R9, R11", 0, anytime, ofDevice("dirty", candidateClean)},
		{"pending-commit", "R9, R11", 0, anytime, ofDevice("commits", commitConfirmed)},
		{"mark", "R10", 0, anytime, ofView(one(configurationMarked))},
		{"console-users", "R11", 1123, anytime, ofDevice("users", one(consoleFree))},
		{"users", "R11", 0, anytime, ofDevice("users", one(usersGone))},
		{"lint", "R18, R19, R20", 0, anytime, lintResults},
	}
}

// ibmChecks judge the results of IBM's own checks.
func ibmChecks() []check {
	return []check{
		{"ibm-upgrade-check", "R30, R40", 0, withIBMsUpgradeCheck, ibmRows(UpgradeCheck)},
		{"ibm-reload-check", "R30, R40", 0, withIBMsChecks, ibmRows(ReloadCheck)},
		{"ibm-check-age", "R30", 0, withIBMsChecks, ibmResultAge},
	}
}
