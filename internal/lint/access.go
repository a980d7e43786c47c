package lint

import "vsrx-upgrade/internal/upgrade"

// accessRules judge whether IBM's automation and ours get in, and whether traffic stays where it is.
func accessRules() []rule {
	return []rule{
		{Rule{"root-login-closed", 0, upgrade.SeverityError, "", "IBM's automation logs in as root over SSH; without root-login allow the reload is stranded."}, rootLogin},
		{Rule{"netconf-absent", 0, upgrade.SeverityWarning, "", "Without the NETCONF service the gateway is asked over the CLI, more slowly and with less detail."}, netconf},
		{Rule{"preempt-active", 0, upgrade.SeverityError, "", "Preempt pulls the traffic back to a node in the middle of the upgrade; IBM requires it off."}, preempt},
	}
}

// rootLogin demands that root may log in over SSH.
func rootLogin(x *examination) {
	path := []string{"system", "services", "ssh", "root-login"}
	ssh := x.effective.Node(path[:3]...)
	if ssh == nil || ssh.Child("root-login") == nil {
		fix, restore := x.enable(path, "allow")
		x.report(finding{node: ssh, path: path, fix: fix, restore: restore, why: "The statement root-login allow is absent; IBM's automation logs in as root over SSH, and without it the reload is stranded."})
		return
	}
	login := ssh.Child("root-login")
	for _, value := range login.Children() {
		if value.Word() == "allow" {
			continue
		}
		at := where(value)
		at = at[:len(at)-1]
		x.report(finding{node: value, fix: []string{command("set", at, "allow")}, restore: []string{command("set", at, value.Word())}})
	}
}

// netconf demands NETCONF over SSH.
func netconf(x *examination) {
	path := []string{"system", "services", "netconf", "ssh"}
	if x.effective.Node(path...) != nil {
		return
	}
	fix, restore := x.enable(path)
	x.report(finding{node: x.effective.Node(path[:2]...), path: path, fix: fix, restore: restore})
}

// preempt finds groups of the data plane that take traffic back. IBM, "Upgrading the vSRX" (2020-09-18 to 2022-03-17).
func preempt(x *examination) {
	for n := range x.effective.Find("chassis", "cluster", "redundancy-group", "*", "preempt") {
		if n.Parent().Word() == "0" {
			continue
		}
		fix, restore := switchOff(n)
		x.report(finding{node: n, fix: fix, restore: restore})
	}
}
