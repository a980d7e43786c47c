package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// fullPercent leaves the room that a commit, a core dump or IBM's own files take; above crowdedPercent it gets close.
	fullPercent    = 90
	crowdedPercent = 80
	// soon is how long before its end a licence is worth a word.
	soon = 30 * 24 * time.Hour
)

// deviceLogin wants root's login with the password on record: IBM's automation has no other one.
func deviceLogin(s scene) []CheckResult {
	view, facts := s.f.Picture.Device, s.f.Device
	if view.Denied || facts.Denied {
		return []CheckResult{fail("the gateway refuses root with the password on record").coded(1108)}
	}
	why := view.Error
	if why == "" {
		why = facts.Error
	}
	if why != "" {
		code, _ := CodeOf(1012)
		return []CheckResult{unknown("the gateway does not answer as root on %s: %s", s.f.Picture.Gateway.Address, why).
			cure("make the root password of the vSRX and of the portal the same, and %s", code.Remedy).coded(1012)}
	}
	return []CheckResult{pass("root logs in at %s with the password on record", s.f.Picture.Gateway.Address)}
}

// rpcAnswers tells a Junos that answers requests from one that only takes sessions.
func rpcAnswers(s scene) []CheckResult {
	d := s.f.Device
	switch {
	case d.Denied || d.Error != "":
		code, _ := CodeOf(1111)
		return []CheckResult{unknown("requests to Junos fail: %s", d.Error).cure("%s", code.Remedy)}
	case d.Way == "":
		return []CheckResult{unknown("how NETCONF was reached is not known")}
	}
	return []CheckResult{pass("NETCONF answers by way of %s, %d questions without answer", d.Way, len(d.Unread))}
}

func rootLogin(_ scene, d Device) CheckResult {
	if !d.RootLogin {
		return fail("root login over SSH is not configured").cure("set system services ssh root-login allow, commit, then check again")
	}
	return pass("system services ssh root-login allow is configured")
}

// addressOwner wants the primary node to answer on the floating address: another one does not forward.
func addressOwner(s scene, d DeviceFacts) CheckResult {
	cluster := s.f.Picture.Device.Cluster
	switch {
	case d.Answers == "":
		return unknown("which node answers on the gateway's address was not read")
	case cluster == nil || cluster.Primary() == "":
		return unknown("%s answers, and which node is primary is not known", d.Answers).cure("see check cluster-primary")
	case d.Answers != cluster.Primary():
		return fail("%s answers on the gateway's address and %s is primary", d.Answers, cluster.Primary()).
			cure("bring all redundancy groups to one node, and wait until the address has followed")
	}
	return pass("%s answers, the primary", d.Answers)
}

// versions wants every node that has to run on the version of the moment, the nodes of a pair equal to the last number.
func versions(s scene, d Device) []CheckResult {
	wanted := s.plan.From
	if s.q.Moment == Between && s.pair() || s.q.Moment == AfterSecond {
		wanted = s.plan.Target
	}
	return eachNode(s, func(node string) CheckResult {
		running := d.Version(node)
		switch {
		case running == "" || wanted == "":
			return unknown("the version is %q, to be compared with %q", running, wanted)
		case !SameRelease(running, wanted):
			return fail("it runs %s, not %s", running, wanted).cure("reload nothing else; compare the ordered price with the version on the device")
		}
		for _, other := range d.Nodes {
			if !s.lone() && other.Version != running {
				return fail("it runs %s and %s runs %s: they must be the same to the last number", running, other.Node, other.Version).
					cure("reload the node with the older version with IBM Support")
			}
		}
		return pass("it runs %s", running)
	})
}

// certified are the releases of IBM's vSRX version notes (2025-07-22).
var certified = []string{"23.4R2-S5", "23.4R2-S3", "23.4R1-S2", "23.2R1-S1", "22.2R2-S2", "21.4R3", "21.3R2-S1", "20.4R2-S2", "19.4R3-S2",
	"19.4R2-S3", "19.4R2-S1", "18.4R1-S1", "15.1X49"}

// versionCertified knows IBM's list, and takes what IBM offers for certified too: the list grows.
func versionCertified(s scene, d Device) []CheckResult {
	var names []string
	for _, o := range s.f.Offers {
		for _, p := range o.Prices {
			names = append(names, p.Version)
		}
	}
	names = append(names, certified...)
	return eachNode(s, func(node string) CheckResult {
		running := d.Version(node)
		switch {
		case running == "":
			return unknown("the version was not read")
		case !slices.ContainsFunc(names, func(name string) bool { return SameRelease(running, name) }):
			return warn("it runs %s, which is not among IBM's certified versions", running)
		}
		return pass("%s is certified or offered by IBM", running)
	})
}

// storage judges the file systems that Junos writes to; packages are mounted read-only and always full.
func storage(s scene, d DeviceFacts) []CheckResult {
	return eachNode(s, func(node string) CheckResult {
		var worst Filesystem
		found := false
		for _, f := range d.Storage {
			if f.Node == node && writable(f.Mount) && (!found || f.UsedPercent > worst.UsedPercent) {
				worst, found = f, true
			}
		}
		if !found {
			return unknown("no writable file system is listed").coded(1109)
		}
		switch seen := fmt.Sprintf("%s is %d%% full, %d MB free", worst.Mount, worst.UsedPercent, worst.FreeKB>>10); {
		case worst.UsedPercent >= fullPercent:
			return fail("%s", seen)
		case worst.UsedPercent >= crowdedPercent:
			return warn("%s", seen)
		default:
			return pass("%s at most", seen)
		}
	})
}

// storageRead gives a storage that was not read the code that IBM has for it.
func storageRead(s scene) []CheckResult {
	results := ofDevice("storage", storage)(s)
	for i, r := range results {
		if r.Verdict == CheckError {
			results[i] = r.coded(1109)
		}
	}
	return results
}

// writable knows the mounts of Junos with and without the prefix of newer releases.
func writable(mount string) bool {
	return slices.Contains([]string{"", "/var", "/config", "/cf", "/cf/var"}, strings.TrimSuffix(strings.TrimPrefix(mount, "/.mount"), "/"))
}

// licensed wants licences, none of them for evaluation, none missing.
func licensed(_ scene, d DeviceFacts) CheckResult {
	if len(d.Licences) == 0 {
		return fail("the gateway has no licence")
	}
	var names []string
	for _, l := range d.Licences {
		switch {
		case l.Needed > 0:
			return fail("%d licences for %s are needed and not there", l.Needed, l.Feature)
		case l.Evaluation != "":
			return fail("%s is licensed for evaluation: %s", l.Feature, l.Evaluation)
		}
		names = append(names, l.Feature)
	}
	return pass("%d features licensed: %s", len(names), some(names))
}

// licencesLast warns of an end that is past or near: an expired standard licence keeps working, others do not (IBM:
// renewing a licence).
func licencesLast(s scene, d DeviceFacts) []CheckResult {
	var results []CheckResult
	for _, l := range d.Licences {
		if r := licenceEnds(s, "the licence for "+l.Feature, l.End); r.Verdict != CheckPass {
			results = append(results, r)
		}
	}
	switch {
	case len(d.Licences) == 0:
		return []CheckResult{unknown("there is no licence whose end could be judged").cure("see check licence")}
	case len(results) == 0:
		return []CheckResult{pass("%d licences, none ends within %d days", len(d.Licences), soon/(24*time.Hour))}
	}
	return results
}

func licenceEnds(s scene, what, text string) CheckResult {
	if strings.EqualFold(strings.TrimSpace(text), "permanent") {
		return pass("%s is permanent", what)
	}
	day := strings.TrimSpace(text)
	end, err := time.Parse(time.DateOnly, day[:min(len(time.DateOnly), len(day))])
	switch {
	case s.q.Now.IsZero():
		return unknown("the time of the look is not known, so neither is whether %s has ended", what)
	case err != nil:
		return warn("%s has an end that cannot be read: %q", what, text).cure("look at it by hand: show system license")
	case end.Before(s.q.Now):
		return warn("%s ended on %s", what, day)
	case end.Before(s.q.Now.Add(soon)):
		return warn("%s ends on %s, in %d days", what, day, end.Sub(s.q.Now)/(24*time.Hour)).
			cure("renew it with IBM before it ends; the upgrade may renew it too")
	}
	return pass("%s lasts until %s", what, day)
}

// alarms refuses a major alarm and warns of the others.
func alarms(_ scene, d DeviceFacts) CheckResult {
	var texts []string
	major := 0
	for _, a := range d.Alarms {
		texts = append(texts, a.Class+": "+a.Text)
		if !strings.EqualFold(a.Class, "minor") {
			major++
		}
	}
	switch {
	case major > 0:
		return fail("%d of %d alarms major: %s", major, len(texts), some(texts)).
			cure("clear the cause of the major alarm first: show chassis alarms, show system alarms")
	case len(texts) > 0:
		return warn("%s", some(texts)).cure("clear what you do not want to find again after the upgrade")
	}
	return pass("no alarm")
}

func coreDumps(_ scene, d DeviceFacts) CheckResult {
	if len(d.CoreDumps) > 0 {
		return warn("%d core dumps, lost with the machine's files: %s", len(d.CoreDumps), some(d.CoreDumps)).
			cure("copy off what is still needed; tell Juniper or IBM Support about a recent one before the upgrade")
	}
	return pass("no core dump")
}

// certificates names what a reload destroys (IBM: general upgrade procedure, local certificates).
func certificates(_ scene, d DeviceFacts) CheckResult {
	var names []string
	for _, c := range d.Certificates {
		names = append(names, sentence("%s %s", c.ID, c.End))
	}
	if len(names) > 0 {
		return warn("%d local certificates will be lost: %s", len(names), some(names)).
			cure("have certificates and keys at hand outside the gateway, to import them again after the upgrade")
	}
	return pass("no local certificate")
}
