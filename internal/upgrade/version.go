package upgrade

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Version is a Junos release such as 23.4R2-S5.5: major.minor, branch letter, release, service release, spin. Short
// names as portals and price lists use them leave parts out; a missing part is -1. The zero Version is invalid.
type Version struct {
	Major, Minor int
	Branch       string // "R", "X", or "" when the name stops at major.minor
	Release      int
	Service      int
	Spin         int
	text         string
}

// Junos prints "21.4R3.15", "23.4R2-S5.5", "15.1X49-D170"; portals put words such as "Junos" in front.
var versionForm = regexp.MustCompile(`^(\d{1,2})\.(\d)(?:([RX])(\d{1,4})(?:-([SD])(\d{1,4}))?(?:\.(\d{1,4}))?)?$`)

// ParseVersion reads a Junos release name. Internal builds and Evolved releases are refused: they cannot be compared.
func ParseVersion(s string) (Version, error) {
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return Version{}, Errorf(Invalid, "empty version").Advise("name a Junos release such as 23.4R2-S5.5")
	}
	last := fields[len(fields)-1]
	m := versionForm.FindStringSubmatch(last)
	if m == nil {
		return Version{}, Errorf(Invalid, "%q is not a Junos release", s).Advise("name a release such as 23.4R2-S5.5")
	}
	part := func(i int) int {
		if m[i] == "" {
			return -1
		}
		n, err := strconv.Atoi(m[i])
		if err != nil {
			return -1
		}
		return n
	}
	if (m[3] == "X") != (m[5] == "D") && m[5] != "" {
		return Version{}, Errorf(Invalid, "%q mixes the naming of two Junos branches", s).Advise("name a release such as 23.4R2-S5.5")
	}
	return Version{Major: part(1), Minor: part(2), Branch: m[3], Release: part(4), Service: part(6), Spin: part(7), text: last}, nil
}

func (v Version) String() string { return v.text }

// Fits reports whether a running release is the one that was asked for: equal in every part the wanted name has. A
// wanted name without a service release fits only service release 0 of that release; a bare major.minor fits any.
func (v Version) Fits(wanted Version) bool {
	switch {
	case v.Major != wanted.Major || v.Minor != wanted.Minor:
		return false
	case wanted.Branch == "":
		return true
	case v.Branch != wanted.Branch || v.Release != wanted.Release:
		return false
	case wanted.Service < 0 && wanted.Branch == "X": // 15.1X49 names a branch of -D releases
		return true
	case max(v.Service, 0) != max(wanted.Service, 0):
		return false
	}
	return wanted.Spin < 0 || v.Spin < 0 || v.Spin == wanted.Spin
}

// Compare orders two releases by number: negative when v is older than w. Releases of different branches of one
// major.minor (R and X) cannot be ordered and give an error.
func (v Version) Compare(w Version) (int, error) {
	if v.Major != w.Major {
		return v.Major - w.Major, nil
	}
	if v.Minor != w.Minor {
		return v.Minor - w.Minor, nil
	}
	if v.Branch != w.Branch && v.Branch != "" && w.Branch != "" {
		return 0, fmt.Errorf("releases %s and %s are of different branches", v, w)
	}
	for _, d := range []int{max(v.Release, 0) - max(w.Release, 0), max(v.Service, 0) - max(w.Service, 0)} {
		if d != 0 {
			return d, nil
		}
	}
	if v.Spin < 0 || w.Spin < 0 { // a short name stands for any spin
		return 0, nil
	}
	return v.Spin - w.Spin, nil
}

// SameRelease reports whether two texts name the same release, whatever words or missing spin they carry.
func SameRelease(a, b string) bool {
	v, err := ParseVersion(a)
	if err != nil {
		return false
	}
	w, err := ParseVersion(b)
	if err != nil {
		return false
	}
	return v.Fits(w) || w.Fits(v)
}
