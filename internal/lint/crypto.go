package lint

import (
	"strings"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// cryptoRules judge ciphers. IBM does not list the weak ones; these are those that OpenSSH and Juniper call so.
func cryptoRules() []rule {
	return []rule{{Rule{"weak-cipher", 1163, upgrade.SeverityError, "", "The cipher is weak, and newer releases refuse it."}, weakCiphers}}
}

func weakCiphers(x *examination) {
	for _, list := range []string{"ciphers", "macs", "key-exchange"} {
		for n := range x.effective.Find("system", "services", "ssh", list, "*") {
			if weakForSSH(list, n.Word()) {
				fix, _ := removeForGood(n)
				x.report(finding{node: n, fix: fix, why: "The SSH algorithm is weak, and newer releases refuse it."})
			}
		}
	}
	for _, family := range []string{"ike", "ipsec"} {
		for proposal := range x.effective.Find("security", family, "proposal", "*") {
			weakProposal(x, family, proposal)
		}
	}
}

func weakForSSH(list, name string) bool {
	switch list {
	case "ciphers":
		return name == "3des-cbc" || name == "blowfish-cbc" || name == "cast128-cbc" || strings.HasPrefix(name, "arcfour")
	case "macs":
		return strings.HasPrefix(name, "hmac-md5")
	}
	return name == "dh-group1-sha1" || name == "group1-sha1"
}

// weakProposal finds DES, 3DES and MD5 in a proposal, and proposes what both ends of a tunnel have supported for long.
func weakProposal(x *examination, family string, proposal *configuration.Node) {
	hash := map[string]string{"ike": "sha-256", "ipsec": "hmac-sha-256-128"}[family]
	for _, keyword := range []string{"encryption-algorithm", "authentication-algorithm"} {
		n := proposal.Child(keyword)
		if n == nil {
			continue
		}
		for _, value := range n.Children() {
			strong := ""
			switch value.Word() {
			case "des-cbc", "3des-cbc":
				strong = "aes-256-cbc"
			case "md5", "hmac-md5-96":
				strong = hash
			default:
				continue
			}
			at := where(value)
			at = at[:len(at)-1]
			x.report(finding{node: value, fix: []string{command("set", at, strong)},
				why: "The proposal uses a weak cipher that newer releases refuse; change it together with the peer."})
		}
	}
}
