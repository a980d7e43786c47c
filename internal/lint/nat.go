package lint

import (
	"net/netip"

	"vsrx-upgrade/internal/configuration"
	"vsrx-upgrade/internal/upgrade"
)

// natRules judge address translation.
func natRules() []rule {
	return []rule{{Rule{"nat-range", 1158, upgrade.SeverityError, "", "NAT takes addresses and prefixes in CIDR form without host bits; ranges are refused."}, natRanges}}
}

// natRanges finds ranges, and prefixes with host bits, anywhere under security nat.
func natRanges(x *examination) {
	nat := x.effective.Node("security", "nat")
	if nat == nil {
		return
	}
	var visit func(n *configuration.Node)
	visit = func(n *configuration.Node) {
		switch n.Word() {
		case "address", "source-address", "destination-address", "prefix":
			for _, value := range n.Children() {
				natAddress(x, value)
			}
		}
		for _, child := range n.Children() {
			visit(child)
		}
	}
	visit(nat)
}

func natAddress(x *examination, n *configuration.Node) {
	list := where(n)
	list = list[:len(list)-1]
	if to := n.Child("to"); to != nil {
		fix, _ := removeForGood(n)
		low, lowOK := addressOf(n.Word())
		high, highOK := addressOf(to.Value())
		if lowOK && highOK {
			for _, p := range cover(low, high) {
				fix = append(fix, command("set", list, p.String()))
			}
		}
		x.report(finding{node: n, path: append(to.Path(), to.Value()), fix: fix})
		return
	}
	p, err := netip.ParsePrefix(n.Word())
	if err != nil || p.Masked() == p {
		return
	}
	fix, _ := removeForGood(n)
	x.report(finding{node: n, fix: append(fix, command("set", list, p.Masked().String())),
		why: "The prefix has host bits; NAT takes addresses and prefixes in CIDR form."})
}

// maxCover bounds how many prefixes stand for one range.
const maxCover = 64

// cover returns the fewest prefixes that hold exactly the addresses from low to high, none when high is before low.
func cover(low, high netip.Addr) []netip.Prefix {
	var list []netip.Prefix
	if low.BitLen() != high.BitLen() {
		return nil
	}
	for low.IsValid() && low.Compare(high) <= 0 && len(list) < maxCover {
		widest := netip.PrefixFrom(low, low.BitLen())
		for bits := low.BitLen() - 1; bits >= 0; bits-- {
			p := netip.PrefixFrom(low, bits)
			if p.Masked() != p || lastOf(p).Compare(high) > 0 {
				break
			}
			widest = p
		}
		list = append(list, widest)
		low = lastOf(widest).Next()
	}
	return list
}

// lastOf is the highest address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}
