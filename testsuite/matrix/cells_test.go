package matrix

import (
	"fmt"
	"reflect"

	"vsrx-upgrade/activities"
)

// fault is what goes wrong in one attempt of an activity.
type fault string

const (
	failure fault = "error before"    // it fails before it has done anything
	lost    fault = "answer lost"     // it does everything, and its answer reaches nobody
	hang    fault = "hang"            // it is silent beyond its timeout, and wakes when its successor is at work
	death   fault = "worker killed"   // its worker process dies by SIGKILL, right after what the activity is there for
	cancel  fault = "cancelled"       // the upgrade's workflow is cancelled meanwhile
	twice   fault = "done a 2nd time" // it succeeds and is attempted once more all the same
)

var faults = []fault{failure, lost, hang, death, cancel, twice}

// path is a stretch of an upgrade, from the moment at which faults may strike.
type path string

const (
	first    path = "upgrade"     // from its start, which is the first node
	second   path = "second node" // from the approval of its reload
	backward path = "rollback"    // from the moment between the two reloads at which a person asks for it
)

var paths = []path{first, second, backward}

// never says which activities a stretch of a pair's upgrade cannot run, with the reason.
func never(p path) map[string]string {
	reasons := map[string]string{"Restore": "it brings the configuration of a standalone gateway back; a pair keeps its own"}
	exclude := func(reason string, names ...string) {
		for _, name := range names {
			reasons[name] = reason
		}
	}
	held := "the pod was taken before and is still held"
	switch p {
	case first:
		exclude("only a rollback needs it", "LookBack", "PowerOff", "BringBack")
	case second:
		exclude("there is no way back from the second reload", "LookBack", "PowerOff", "BringBack")
		exclude(held, "AskForPod", "KeepPlace", "AwaitFit")
		exclude("the plan is made", "Discover")
		exclude("a change after the first reload is taken over, not exported anew", "Export")
	case backward:
		exclude(held, "AskForPod", "KeepPlace", "AwaitFit")
		exclude("the export stays the one from before the upgrade", "Export")
		exclude("the node to be reloaded is off on purpose, so the last look judges alone", "Check")
	}
	return reasons
}

// allActivities lists what workers serve, by reflection: whatever is added is part of the matrix, or excluded by name.
func allActivities() []string {
	var names []string
	for m := range reflect.TypeFor[*activities.Activities]().Methods() {
		names = append(names, m.Name)
	}
	return names
}

// cell is one fault in one activity of one stretch.
type cell struct {
	Path     path
	Activity string
	Fault    fault
}

func (c cell) String() string { return fmt.Sprintf("%s/%s/%s", c.Path, c.Activity, c.Fault) }

// all is the whole matrix.
func all() []cell {
	var cells []cell
	for _, p := range paths {
		for _, a := range allActivities() {
			for _, f := range faults {
				if _, excluded := never(p)[a]; !excluded {
					cells = append(cells, cell{p, a, f})
				}
			}
		}
	}
	return cells
}

// before are the activities after which an upgrade has asked for no reload yet: a cancellation in them ends it.
func before() []string {
	return []string{"Discover", "AskForPod", "KeepPlace", "ServePod", "AwaitFit", "SetPreempt", "Export", "Check", "CheckReadiness", "Observe", "Differ"}
}
