package upgrade

import "slices"

// Code is a return code of IBM's readiness check, with our reading of it.
type Code struct {
	Number   int      `json:"number"`
	Severity Severity `json:"severity"` // SeverityError or SeverityWarning, as IBM lists it
	Class    Class    `json:"class"`
	Meaning  string   `json:"meaning"` // one clause
	Remedy   string   `json:"remedy"`  // one sentence for a person
}

// Class says who or what can help against a readiness code.
type Class string

// The classes of a code. A warning of ClassOperator is repaired or accepted.
const (
	ClassRetry            Class = "retry"              // wait, run the check again
	ClassRetryThenSupport Class = "retry-then-support" // run the check again; IBM Support after two failures
	ClassOperator         Class = "operator"           // somebody repairs host, vSRX or record first
	ClassSupport          Class = "support"            // only IBM Support can help
)

// Retry reports whether running the check again can help without anybody's work.
func (c Class) Retry() bool { return c == ClassRetry || c == ClassRetryThenSupport }

// CodeOf finds a readiness code. IBM's list grows and its gaps belong to other products: an unknown number is reported
// with false and is for the operator.
func CodeOf(number int) (Code, bool) {
	if i, ok := slices.BinarySearchFunc(readinessCodes, number, func(c Code, n int) int { return c.Number - n }); ok {
		return readinessCodes[i], true
	}
	c := Code{Number: number, Severity: SeverityError, Class: ClassOperator, Meaning: "not in IBM's list of readiness codes",
		Remedy: "look the number up on IBM's page of readiness errors, or ask IBM Support"}
	if IsWarning(number) {
		c.Severity = SeverityWarning
	}
	return c, false
}

// Codes lists every readiness code of a vSRX that IBM documents (readiness check error codes, 2025-07-17; correcting
// readiness errors, 2026-01-16), by number.
func Codes() []Code { return slices.Clone(readinessCodes) }

// readinessCodes is the table, and never changes.
var readinessCodes = codeTable()

func codeTable() []Code {
	const e, w = SeverityError, SeverityWarning
	const retry, again, operator, support = ClassRetry, ClassRetryThenSupport, ClassOperator, ClassSupport
	const ticket, rerun, hostLogs = "open a case with IBM Support", "run the check again, and open a case with IBM Support when it fails twice",
		"run the check again, read /home/vSRX/precheck.log on the host when it fails twice, and open a case with IBM Support"
	return []Code{
		{1000, e, retry, "the other node of the pair is being reloaded", "wait for the end of its reload, then run the check again"},
		{1002, e, support, "the connectivity test broke", ticket},
		{1003, e, operator, "no root user is on record for the host", "add the user root with its password to the host's passwords in the portal"},
		{1004, e, operator, "no root password is on record for the host", "enter the host's root password in the portal"},
		{1005, e, operator, "no SSH session to the host", "log in to the host's private address as root and repair sshd or the host's firewall"},
		{1007, e, operator, "no SSH session to the host, at a later step", "log in to the host's private address as root and repair sshd or the host's firewall"},
		{1008, e, operator, "the host takes a session and runs no command", "repair root's login shell on the host"},
		{1009, e, operator, "the host's address is wrong or its SSH is filtered", "compare the address on record with the host's, and open SSH from 10.0.0.0/8 in its firewall"},
		{1011, e, operator, "no root password is on record for the gateway", "enter the vSRX's root password in the portal"},
		{1012, e, operator, "SSH to the gateway failed", "allow root login over SSH on the private address of the vSRX: set system services ssh root-login allow"},
		{1013, e, operator, "no root user is on record for the gateway", "add the user root with its password to the gateway's passwords in the portal"},
		{1014, e, retry, "the check of the gateway ran out of time", "run the check again"},
		{1017, e, operator, "no SSH session to the gateway", "log in to the gateway's private address as root, and repair its SSH service or filter"},
		{1018, e, operator, "the gateway takes a session and runs no command", "log in to the gateway as root and find out why show version gives no answer"},
		{1019, e, operator, "the gateway's address is wrong or its SSH is filtered", "compare the private address on record with the device, and open SSH from 10.0.0.0/8 in filter PROTECT-IN and in host-inbound-traffic"},
		{1021, e, support, "the connectivity test broke, at a later step", ticket},
		{1022, e, again, "the check ended in an exception", rerun},
		{1023, e, operator, "the host resolves no names or has no way to IBM's private services", "repair the name servers and the route to 10.0.0.0/8 on the host"},
		{1024, e, again, "the check ended in an exception, at a later step", rerun},
		{1025, e, operator, "the host's IPMI interface is disabled", "enable the management interface of the server in the portal"},
		{1026, e, operator, "the host's file system is read-only", "find the cause in the host's kernel log, then reboot the host"},
		{1101, e, again, "unspecified error in the check", rerun},
		{1102, e, again, "the check could not be set up on the host", hostLogs},
		{1103, e, again, "the check could not be set up on the host, second step", hostLogs},
		{1104, e, again, "the check could not be set up on the host, third step", hostLogs},
		{1105, e, operator, "the host cannot open SSH to the gateway", "open SSH from the host to the gateway's private address, on the vSRX and in the host's firewall"},
		{1106, e, operator, "the host cannot open SSH to the other host", "open SSH between the private addresses of the two hosts in their firewalls"},
		{1107, e, operator, "the host's root password on record is wrong", "make the record and the host agree: correct the password in the portal, or set that one on the host"},
		{1108, e, operator, "the gateway's root password on record is wrong", "make the record and the vSRX agree: set the portal's password on the vSRX, or correct it in the portal"},
		{1109, e, operator, "the vSRX's free space could not be read", "clean /var on the vSRX: request system storage cleanup"},
		{1110, e, operator, "a file system of the vSRX is full", "clean /var on the vSRX: request system storage cleanup"},
		{1111, e, again, "a request to Junos failed", rerun},
		{1112, e, operator, "redundancy group 0 is not online or has monitor failures", "repair the cluster first: show chassis cluster status"},
		{1113, e, again, "virsh does not tell the state of the machine", rerun},
		{1114, e, support, "the server has less than 32 GB of memory", ticket},
		{1115, e, operator, "a limit of SSH connections is configured", "delete system services ssh connection-limit"},
		{1116, e, operator, "telnet is not installed on the host", "install it on the host: apt-get install telnet"},
		{1117, e, retry, "the host does not reach its Ubuntu mirror", "wait and run the check again; if it stays so, compare the host's apt sources and routes with IBM's"},
		{1118, e, operator, "a vSRX machine is not started", "start the machine on its host, unless it is the one that IBM powered off between the two reloads: that one stays off"},
		{1119, e, operator, "the machine runs and its console gives no answer", "close open console sessions, delete system ports console disable and insecure, and see that /etc/hosts on the host names localhost"},
		{1120, e, operator, "no valid licence, or an evaluation licence is present", "remove evaluation licences (request system license delete), and ask IBM Support for a valid one"},
		{1121, e, operator, "a licence action is impossible on 15.1", "upgrade first"},
		{1122, e, again, "unspecified error in the check, at a later step", rerun},
		{1123, e, operator, "the console was left in configuration mode", "log in to the console, leave configuration mode and log out"},
		{1124, e, operator, "a tagged interface has a unit without a VLAN id", "give each unit of the tagged interface a vlan-id, or delete the unit"},
		{1125, e, operator, "a syslog target has structured-data and explicit-priority", "delete one of the two statements"},
		{1126, e, operator, "the control link is down", "repair the control link between the hosts (show chassis cluster interfaces)"},
		{1127, e, operator, "bond0 lacks one of its two private ports", "put the port back into bond0, or open a case when it has no link"},
		{1128, e, operator, "bond1 lacks one of its two public ports", "put the port back into bond1, or open a case when it has no link"},
		{1129, e, operator, "bond0 has an additional port", "take the additional port out of bond0"},
		{1130, e, operator, "bond1 has an additional port", "take the additional port out of bond1"},
		{1131, e, operator, "the hidden statement address-range is in use", "write the addresses as prefixes"},
		{1132, e, operator, "the machine's definition lost its console", "put the telnet console back into the machine's definition (virsh edit), or open a case with IBM Support"},
		{1133, e, again, "commands on the console ran out of time", rerun},
		{1134, e, operator, "the node to be reloaded cannot reach its peer", "repair the peer first; when both nodes are dead, open a case with IBM Support"},
		{1135, e, again, "the licence file was not found", rerun},
		{1136, e, again, "the licence file is empty", rerun},
		{1137, e, again, "the licence file cannot be read", rerun},
		{1138, e, again, "the licence could not be installed", rerun},
		{1139, e, operator, "tcp-mss is configured on an interface", "delete it there, and use security flow tcp-mss"},
		{1140, e, operator, "an unsupported statement is configured", "delete the statement that is named"},
		{1141, e, operator, "the gateway answers, and which node is primary cannot be told", "bring all redundancy groups to one healthy node before the upgrade"},
		{1142, e, operator, "an address is configured twice on interfaces", "delete one of the two addresses"},
		{1143, e, support, "an upgrade ended in an unexpected exception", ticket},
		{1144, e, support, "the number of add-on licence files is not the expected one", ticket},
		{1145, e, operator, "IDP is configured without a licence for it", "delete the IDP configuration, or order its licence"},
		{1146, e, support, "the switch does not pass multicast", ticket},
		{1147, e, operator, "a url-pattern has a wildcard where none is allowed", "write the pattern with * as its whole first label only"},
		{1154, e, operator, "both nodes are down", "touch neither node, and open a case with IBM Support"},
		{1155, e, operator, "a zone's interface lists a service beside any-service", "delete the services beside any-service"},
		{1157, e, operator, "certificates are configured under services ssl", "remove them, and import them again after the upgrade"},
		{1158, e, operator, "NAT has an invalid range of addresses", "write the range as a prefix"},
		{1159, e, operator, "the REST service over HTTPS refers to a certificate", "deactivate system services rest https, and activate it after the upgrade"},
		{1160, e, operator, "total-memory of the IDP packet log is set", "delete security idp sensor-configuration packet-log total-memory"},
		{1163, e, operator, "a weak cipher is configured", "replace it by a strong one"},
		{1165, e, operator, "a policy matches any dynamic application and Junos defaults", "change the policy's match"},
		{1167, e, operator, "an IKE gateway has no external interface", "give it its external-interface, or delete it"},
		{1168, e, operator, "the host is in rescue mode", "end rescue mode: reboot the server into its own system"},
		{1169, e, operator, "a policy matches junos:ICMP-TRACEROUTE", "take it out of the policy's match"},
		{1176, w, operator, "a VPN is not set to establish its tunnels immediately", "set establish-tunnels immediately, or accept that tunnels may come up late"},
		{1177, w, operator, "a policy matches any dynamic application", "name applications, or accept a loss without licence and signatures"},
		{1178, w, operator, "the licence was updated and is not confirmed", "compare show system license on each node, then accept the warning"},
		{1179, w, operator, "the running version is not one IBM certifies", "accept that a reload replaces it by the version on record"},
		{1180, w, operator, "the licence is not from IBM", "accept that a reload replaces it"},
		{1181, w, operator, "neither version nor licence is IBM's", "accept that a reload replaces both"},
		{1182, w, support, "add-on licence files were not found", ticket},
		{1183, w, support, "the import settings lack the number of add-on licences", ticket},
		{1184, w, support, "reading the installed licences ran out of time", ticket},
		{1185, w, support, "no valid licence; it may have expired", "open a case with IBM Support, or accept that the upgrade renews it"},
	}
}
