package upgrade

import (
	"fmt"
	"strings"
)

// Markdown renders a lock for Temporal Web's current details: what is in the way first, then who holds and who waits.
func (l PodLock) Markdown() string {
	var b strings.Builder
	add := func(format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...)) }
	if l.Taint != nil {
		add("**TAINTED** since %s: %s. Nothing is granted until every gateway of the pod has been seen whole; clear-taint declares it well.\n\n", clock(l.Taint.Since), l.Taint.Reason)
	}
	if l.Blocked != "" {
		add("**NOT GRANTED**: %s\n\n", l.Blocked)
	}
	switch {
	case l.Current != nil:
		add("Pod **%s** is with gateway **%s** (%s) since %s, request `%s`\n\n", l.Pod, l.Current.Request.Gateway, l.Current.Request.Holder, clock(l.Current.Granted), l.Current.Request.ID)
	default:
		add("Pod **%s** is free\n\n", l.Pod)
	}
	if len(l.Queue) > 0 {
		b.WriteString("| place | gateway | workflow | since | request |\n|---|---|---|---|---|\n")
		for i, r := range l.Queue[:min(len(l.Queue), 50)] {
			add("| %d | %s | %s | %s | %s |\n", i+1, cell.Replace(r.Gateway), r.Holder, clock(r.Since), r.ID)
		}
		if more := len(l.Queue) - 50; more > 0 {
			add("\n… and %d more\n", more)
		}
		b.WriteString("\n")
	}
	if len(l.Last) > 0 {
		b.WriteString("| before | from | to | end |\n|---|---|---|---|\n")
		for _, h := range l.Last {
			add("| %s | %s | %s | %s |\n", cell.Replace(h.Request.Gateway), clock(h.Granted), clock(h.Ended), cell.Replace(h.End))
		}
	}
	return b.String()
}
