package upgrade

// The scopes of the checks: each says why a check does not apply, "" when it does.

func anytime(scene) string { return "" }

func pairsOnly(s scene) string {
	if !s.pair() {
		return "a standalone gateway has no peer"
	}
	return ""
}

func wholePairsOnly(s scene) string {
	if s.lone() {
		return "the peer is off until its own reload"
	}
	return pairsOnly(s)
}

func loneOnly(s scene) string {
	if !s.lone() {
		return "no peer has to be off at this moment"
	}
	return ""
}

func beforeAReload(s scene) string {
	if s.q.Moment == AfterSecond {
		return "no reload is to come"
	}
	return ""
}

func beforeTheFirst(s scene) string {
	if s.q.Moment != BeforeFirst {
		return "it matters before the first reload only"
	}
	return ""
}

func ofAWholePairBeforeTheFirst(s scene) string {
	if why := beforeTheFirst(s); why != "" {
		return why
	}
	return pairsOnly(s)
}

func forward(s scene) string {
	if s.q.Moment == BroughtBack {
		return "it does not matter on the way back to the old version"
	}
	return beforeAReload(s)
}

// towardsATarget are the scopes of checks that need to know where the upgrade goes.
func towardsATarget(scope func(scene) string) func(scene) string {
	return func(s scene) string {
		if s.aimless() {
			return "no target was named"
		}
		return scope(s)
	}
}

func onTheWayBack(s scene) string {
	if s.q.Moment != BroughtBack {
		return "it matters in a rollback only"
	}
	return ""
}

func withIBMsChecks(s scene) string {
	if s.q.NativeOnly {
		return "IBM's own checks were left out"
	}
	return beforeAReload(s)
}

// withIBMsUpgradeCheck knows that the reload back to the old version asks for the check of an OS reload only (IBM:
// rolling back an upgrade).
func withIBMsUpgradeCheck(s scene) string {
	if why := withIBMsChecks(s); why != "" {
		return why
	}
	return forward(s)
}
