package matrix

import "slices"

// class is a sort of activity: what a fault means for it.
type class string

const (
	asks    class = "asks"    // changes nothing, takes seconds
	waits   class = "waits"   // changes nothing, takes hours
	changes class = "changes" // leaves something behind: on the device, a host, at IBM, in the archive
	queues  class = "queues"  // deals with the pod's lock
)

var classes = []class{asks, waits, changes, queues}

// trait is what the matrix knows of an activity.
type trait struct {
	class class
	// deadly is the call after which the worker dies: the one that changes something, or else one in its middle.
	deadly string
}

// traits are those of every activity that a pair's upgrade executes.
func traits() map[string]trait {
	return map[string]trait{
		"AskForPod":      {queues, "Acquire"},
		"AwaitFit":       {queues, "Neighbours"},
		"AwaitReload":    {waits, "Server"},
		"BringBack":      {changes, "RestoreImage"},
		"Check":          {asks, "Prices"},
		"CheckReadiness": {changes, "StartCheck"},
		"Compare":        {changes, "Put"},
		"ConfirmReload":  {waits, "Server"},
		"Differ":         {asks, "Get"},
		"Discover":       {asks, "Prices"},
		"Export":         {changes, "Put"},
		"KeepPlace":      {queues, "Place"},
		"LookBack":       {asks, "Backup"},
		"Observe":        {asks, "Readiness"},
		"PowerOff":       {changes, "Shutdown"},
		"RequestReload":  {changes, "Reload"},
		"ServePod":       {queues, "Grant"},
		"SetPreempt":     {changes, "SetPreempt"},
		"StoreReport":    {changes, "Put"},
		"Verify":         {waits, "Gateway"},
	}
}

// deadly is the call of a cell after which its worker dies. A pod that is granted already is only followed: there the
// worker dies in the call, which takes as long as the hold.
func deadly(c cell) string {
	if c.Activity == "ServePod" && c.Path != first {
		return "AwaitEnd"
	}
	return traits()[c.Activity].deadly
}

// sample is what every run of the tests does: every activity, every fault in every class of activities, and deaths where
// something is changed.
func sample() []cell {
	var cells []cell
	for _, k := range classes {
		cells = append(cells, sampleOf(k)...)
	}
	return append(cells, slices.DeleteFunc(all(), func(c cell) bool {
		k := traits()[c.Activity].class
		return c.Fault != death || k != changes && k != queues
	})...)
}

// sampleOf pairs each activity of a class with a fault and each fault with an activity, on all stretches in turns.
func sampleOf(k class) []cell {
	mild := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return f == death })
	var members []string
	for _, a := range allActivities() {
		if traits()[a].class == k {
			members = append(members, a)
		}
	}
	var cells []cell
	for i := range max(len(members), len(mild)) {
		a := members[i%len(members)]
		open := slices.DeleteFunc(slices.Clone(paths), func(p path) bool { return never(p)[a] != "" })
		cells = append(cells, cell{open[i%len(open)], a, mild[i%len(mild)]})
	}
	return cells
}
