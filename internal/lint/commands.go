package lint

import (
	"slices"

	"vsrx-upgrade/internal/configuration"
)

// where is the place at which a statement is written: its own path, or the one in the configuration group that it is
// inherited from, so that a command takes effect. A path that holds a secret ends before it.
func where(n *configuration.Node) []string {
	path := n.Origin().Path()
	for i, word := range n.Origin().Masked() {
		if word != path[i] {
			return path[:i]
		}
	}
	return path
}

func command(verb string, path []string, more ...string) string {
	return verb + " " + configuration.Line(slices.Concat(path, more)...)
}

// remove deletes a statement; bringing it back means to set it again.
func remove(n *configuration.Node) (fix, restore []string) {
	return []string{command("delete", where(n))}, again(n)
}

// unprotected lets the commands change what is marked "protect:", which Junos refuses otherwise, and protects it again
// with those that restore.
func unprotected(n *configuration.Node, fix, restore []string) (withFix, withRestore []string) {
	for at := n.Origin(); at != nil; at = at.Parent() {
		if at.Protected() {
			fix = append([]string{command("unprotect", at.Path())}, fix...)
			restore = append(slices.Clone(restore), command("protect", at.Path()))
		}
	}
	return fix, restore
}

// removeForGood deletes what newer releases do not take back.
func removeForGood(n *configuration.Node) (fix, restore []string) {
	return []string{command("delete", where(n))}, nil
}

// switchOff deactivates a statement: nothing has to be typed again afterwards.
func switchOff(n *configuration.Node) (fix, restore []string) {
	return []string{command("deactivate", where(n))}, []string{command("activate", where(n))}
}

// again are the set commands of a statement and all that follows it, where it is written.
func again(n *configuration.Node) []string {
	var lines []string
	var visit func(n *configuration.Node)
	visit = func(n *configuration.Node) {
		if n.Leaf() {
			if path := n.Path(); slices.Equal(n.Masked(), path) {
				lines = append(lines, command("set", path))
			}
		}
		for _, child := range n.Children() {
			visit(child)
		}
	}
	visit(n.Origin())
	return lines
}

// enable sets a statement that is absent, or there but inactive: what is inactive stays so when it is set, and has to be
// activated. Restoring makes it what it was.
func (x *examination) enable(path []string, value ...string) (fix, restore []string) {
	fix = []string{command("set", path, value...)}
	for i := range path {
		if n := x.written.Node(path[:i+1]...); n != nil && n.Inactive() {
			fix = append(fix, command("activate", path[:i+1]))
			restore = append(restore, command("deactivate", path[:i+1]))
		}
	}
	if len(restore) == 0 {
		restore = []string{command("delete", path)}
	}
	return fix, restore
}
