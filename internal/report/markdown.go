package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Markdown writes the report for a ticket, in CommonMark with the tables and check boxes of GitHub. An error is
// one of w.
func Markdown(w io.Writer, v View) error {
	d := documentOf(v)
	m := &markdown{}
	m.opening(d)
	m.table("Overview", []string{"", ""}, len(d.Facts), func(i int) []string { return []string{d.Facts[i].Label, d.Facts[i].Text} })
	m.timeline(d.Timeline)
	m.table("Reloads", []string{"Node", "Version", "Transaction", "Submitted", "Ended", "Took", "Verified", "Runs"}, len(d.Reloads), func(i int) []string {
		n := d.Reloads[i]
		return []string{n.Machine, n.From + " → " + n.Target, n.Transaction + ", " + n.Answer, n.Submitted, n.Ended, n.Took, n.Verified, n.RunsAfter}
	})
	m.table("Decisions of people", []string{"When", "What", "Who", "Why"}, len(d.Decisions), func(i int) []string {
		s := d.Decisions[i]
		return []string{s.At, s.Name, s.By, s.Reason}
	})
	m.readiness(d.Checks)
	m.differences(d.Differences)
	m.changes(d.Changes)
	m.list("How the configuration came back", "-", d.Import)
	m.list("Known beforehand", "-", d.Notes)
	m.table("In the archive", []string{"What", "Where", "Bytes", "SHA-256"}, len(d.Archive), func(i int) []string {
		s := d.Archive[i]
		return []string{s.What, s.Key, fmt.Sprint(s.Size), s.Digest}
	})
	m.table("Log", []string{"When", "Phase", "What"}, len(d.Log), func(i int) []string {
		e := d.Log[i]
		return []string{moment(e.At), string(e.Phase), e.Text}
	})
	m.paragraph("As of %s UTC; all times in UTC.", d.AsOf)
	if _, err := io.WriteString(w, printable(strings.TrimSuffix(m.String(), "\n"))); err != nil {
		return fmt.Errorf("writing the report of %s: %w", name(v.Report), err)
	}
	return nil
}

// markdown is a page under way. Whatever is written to it is escaped here.
type markdown struct{ strings.Builder }

// paragraph writes a text; its arguments are escaped, the format is ours.
func (m *markdown) paragraph(format string, args ...any) {
	for i, a := range args {
		args[i] = plain(fmt.Sprint(a))
	}
	fmt.Fprintf(m, format+"\n\n", args...)
}

func (m *markdown) opening(d document) {
	m.paragraph("# %s", d.Title)
	m.paragraph("**%s**: %s", d.Headline.Word, d.Headline.Sentence)
	if d.Reason != "" {
		m.paragraph("Reason: %s", d.Reason)
	}
	if n := d.Next; n != nil {
		m.paragraph("## %s", n.Title)
		m.paragraph("%s", or(n.Text, none))
		if n.Advice != "" {
			m.paragraph("What to do: %s", n.Advice)
		}
		m.verbatim(n.Commands)
	}
	m.list("Left to people", "- [ ]", d.ToDo)
	m.list("Notices", "-", d.Notices)
}

func (m *markdown) list(title, bullet string, items []string) {
	if len(items) == 0 {
		return
	}
	m.paragraph("## %s", title)
	for _, item := range items {
		fmt.Fprintf(m, "%s %s\n", bullet, plain(item))
	}
	m.WriteString("\n")
}

// table writes rows, or nothing where there are none.
func (m *markdown) table(title string, head []string, rows int, row func(int) []string) {
	if rows == 0 {
		return
	}
	if title != "" {
		m.paragraph("## %s", title)
	}
	fmt.Fprintf(m, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for i := range rows {
		cells := row(i)
		for j, cell := range cells {
			cells[j] = plain(cell)
		}
		fmt.Fprintf(m, "| %s |\n", strings.Join(cells, " | "))
	}
	m.WriteString("\n")
}

// timeline says what the picture shows.
func (m *markdown) timeline(t timeline) {
	type row struct {
		lane string
		bar  bar
	}
	var rows []row
	for _, l := range t.Lanes {
		for _, b := range l.Bars {
			rows = append(rows, row{l.Name, b})
		}
	}
	m.table("Timeline", []string{"Begin", "End", "Took", "What"}, len(rows), func(i int) []string {
		r := rows[i]
		return []string{moment(r.bar.Begin), moment(r.bar.End), r.bar.Took(), r.lane + ": " + r.bar.Text}
	})
}

func (m *markdown) readiness(c checks) {
	if c.Summary == "" {
		return
	}
	m.paragraph("## Readiness before the latest reload")
	m.paragraph("%s.", c.Summary)
	m.table("", []string{"Verdict", "Check", "Subject", "What was seen", "Remedy"}, len(c.Open), func(i int) []string {
		r := c.Open[i]
		return []string{string(r.Verdict), r.Label(), r.Subject, r.Evidence, r.Remedy}
	})
}

func (m *markdown) differences(d differences) {
	if !d.Compared {
		return
	}
	m.paragraph("## State before and after")
	if len(d.Open) == 0 {
		m.paragraph("Nothing differs that was not expected.")
	}
	all := append(append([]upgrade.Difference(nil), d.Open...), d.Expected...)
	m.table("", []string{"What", "Before", "After", ""}, len(all), func(i int) []string {
		return []string{all[i].Item, all[i].Before, all[i].After, map[bool]string{true: "expected", false: "to look at"}[all[i].Expected]}
	})
}

func (m *markdown) changes(c *upgrade.ConfigChanges) {
	if c == nil {
		return
	}
	m.paragraph("## Configuration since the export")
	m.paragraph("%s statements differ; last commit %s.", c.Count, c.Commit)
	m.verbatim(c.Lines)
}

// verbatim fences lines by more backticks than any of them holds.
func (m *markdown) verbatim(lines []string) {
	if len(lines) == 0 {
		return
	}
	fence := "```"
	for strings.Contains(strings.Join(lines, "\n"), fence) {
		fence += "`"
	}
	fmt.Fprintf(m, "%s\n", fence)
	for _, line := range lines {
		fmt.Fprintf(m, "%s\n", oneLine(line))
	}
	fmt.Fprintf(m, "%s\n\n", fence)
}

// oneLine takes line ends out of a text: they would end its row, its bullet or its fence.
func oneLine(text string) string { return strings.TrimSpace(lineEnds.Replace(text)) }

var (
	lineEnds = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ")
	// markup is what CommonMark gives a meaning anywhere, marker what it takes for a list or a rule at a text's beginning.
	markup = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`,
		"|", `\|`, "~", `\~`, "&", `\&`, "#", `\#`)
	marker = regexp.MustCompile(`^([-+=]|\d+[.)]( |$))`)
)

// plain takes the meaning from whatever CommonMark gives one.
func plain(text string) string {
	return marker.ReplaceAllStringFunc(markup.Replace(oneLine(text)), func(found string) string {
		digits := strings.TrimRight(found, "-+=.) ")
		return digits + `\` + found[len(digits):]
	})
}
