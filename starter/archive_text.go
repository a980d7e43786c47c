package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"vsrx-upgrade/internal/archive"
)

// upgradeTable is one line an upgrade.
func upgradeTable(all []archive.Upgrade) string {
	if len(all) == 0 {
		return "the archive holds no upgrade"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "GATEWAY\tRUN\tLAST STORED\tENTRIES\tBYTES\tNOTE")
	for _, u := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%s\n", u.Gateway, u.Run, u.Last().Local().Format(time.DateTime), len(u.Entries), u.Size(), upgradeNote(u))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// upgradeNote says in a few words how whole an upgrade is.
func upgradeNote(u archive.Upgrade) string {
	note := "incomplete"
	switch {
	case len(u.Damage) > 0:
		note = "damaged: " + plural(len(u.Damage), "entry", "entries")
	case u.Complete():
		note = "complete"
	}
	if len(u.Strays) > 0 {
		note += ", " + plural(len(u.Strays), "stray", "strays")
	}
	return note
}

// entryTable is one line an entry, and what else there is to say of the upgrades of a gateway.
func entryTable(all []archive.Upgrade) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tKIND\tBYTES\tENCRYPTED\tSTORED\tSHA-256")
	for _, u := range all {
		for _, e := range u.Entries {
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%.12s\n", e.Key, e.Kind, e.Size, yesNo(e.Encrypted), e.At.Local().Format(time.DateTime), e.Digest)
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	for _, u := range all {
		for _, d := range u.Damage {
			fmt.Fprintf(&b, "damaged: %s\n", d.Text)
		}
		writeStrays(&b, u.Strays)
	}
	return b.String()
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func writeStrays(b *strings.Builder, strays []archive.Stray) {
	for _, s := range strays {
		fmt.Fprintf(b, "stray: %s (%d bytes): no entry names it; a writer died, or is writing\n", s.Name, s.Size)
	}
}

// verifyText names what is not well, line by line, and counts the rest.
func verifyText(v verification) string {
	var b strings.Builder
	for _, f := range v.Findings {
		if f.Proof == archive.ProofNone {
			fmt.Fprintf(&b, "BAD  %s\n", f.Text)
		}
	}
	writeStrays(&b, v.Strays)
	fmt.Fprintf(&b, "%s: %d proven by content, %d by the encrypted object alone, %d bad", plural(len(v.Findings), "entry", "entries"),
		v.count(archive.ProofContent), v.count(archive.ProofStored), v.count(archive.ProofNone))
	if v.count(archive.ProofStored) > 0 {
		b.WriteString("\nwith VSRX_ARCHIVE_IDENTITY the content itself is compared")
	}
	return b.String()
}

// verdictTable is what prune would do, or does.
func verdictTable(verdicts []archive.Verdict, applied bool) string {
	if len(verdicts) == 0 {
		return "the archive holds no upgrade"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "GATEWAY\tRUN\tLAST STORED\tBYTES\t\tREASON")
	deleted, bytes := 0, int64(0)
	for _, v := range verdicts {
		what := "keep"
		if v.Delete {
			what, deleted, bytes = "delete", deleted+1, bytes+v.Upgrade.Size()
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%s\n", v.Upgrade.Gateway, v.Upgrade.Run, v.Upgrade.Last().Local().Format(time.DateTime), v.Upgrade.Size(), what, v.Reason)
	}
	_ = w.Flush() // a strings.Builder takes everything
	what := plural(deleted, "upgrade", "upgrades")
	switch {
	case deleted == 0:
		b.WriteString("nothing to delete")
	case applied:
		fmt.Fprintf(&b, "deleted %s, %d bytes", what, bytes)
	default:
		fmt.Fprintf(&b, "would delete %s, %d bytes; add --apply to do it", what, bytes)
	}
	return b.String()
}
