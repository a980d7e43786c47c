package main

import (
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/upgrade"
)

const formCSV = "csv"

// fleetReportCommand writes how a fleet went, or how far it is.
func fleetReportCommand(s *shared) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "report NAME",
		Short: "Write how a fleet went, or how far it is, as a table, HTML, JSON or CSV",
		Args:  one("fleet"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.json {
				format = formJSON
			}
			write, ok := map[string]func(io.Writer, *upgrade.FleetReport) error{
				formText: func(w io.Writer, r *upgrade.FleetReport) error {
					return (&shared{}).print(w, r, fleetTable(r, time.Local))
				},
				formJSON: func(w io.Writer, r *upgrade.FleetReport) error { return (&shared{json: true}).print(w, r, "") },
				formCSV:  fleetCSV,
				formHTML: func(w io.Writer, r *upgrade.FleetReport) error { return fleetHTML(w, r, time.Local) },
			}[format]
			if !ok {
				return upgrade.Errorf(kindUsage, "%q is no form of a fleet's report", format).Advise("choose text, html, json or csv")
			}
			r, err := fetchFleet(cmd, args[0], func(*upgrade.FleetReport) bool { return true }, io.Discard)
			if err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), &r)
		},
	}
	c.Flags().StringVar(&format, "format", formText, "text, html, json or csv")
	return c
}

// fleetCSV writes one line a gateway (RFC 4180), times in UTC (RFC 3339): it is read by programs.
func fleetCSV(w io.Writer, r *upgrade.FleetReport) error {
	out := csv.NewWriter(w)
	lines := [][]string{{"wave", "gateway", "name", "pod", "state", "started", "took", "report", "note"}}
	for _, g := range rows(r) {
		started, took := "", ""
		if !g.Started.IsZero() {
			started = g.Started.UTC().Format(time.RFC3339)
		}
		if g.Took != "–" {
			took = g.Took
		}
		lines = append(lines, []string{harmless(g.Wave), strconv.Itoa(g.ID), harmless(g.Name), harmless(g.Pod), g.State, started, took, g.Report, harmless(g.Reason)})
	}
	if err := out.WriteAll(lines); err != nil {
		return fmt.Errorf("writing the report of %s: %w", r.Name, err)
	}
	return nil
}

// harmless keeps a spreadsheet from taking a text for a formula (OWASP: CSV injection).
func harmless(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// fleetPage is one page that needs nothing else.
const fleetPage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Fleet {{.R.Name}}</title>
<style>body{font:15px system-ui,sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.3em .8em;border-bottom:1px solid #ccc;text-align:left}
.held,.failed,.aborted,.rolled-back{background:#fdd}.completed,.done{background:#dfd}</style></head><body>
<h1>Fleet {{.R.Name}} → {{.R.Target}}</h1>
<p><strong>{{.R.State}}</strong> {{.R.Reason}}</p><p>{{.Summary}}</p>
<p>begun {{.Both .R.Begun}}{{if not .R.Ended.IsZero}}, ended {{.Both .R.Ended}}{{end}}{{if .R.Change}}, change {{.R.Change}}{{end}}{{if .R.RequestedBy}}, requested by {{.R.RequestedBy}}{{end}}</p>
<table><tr><th>wave<th>gateway<th>pod<th>state<th>started<th>took<th>note</tr>
{{range .Rows}}<tr class="{{.State}}"><td>{{.Wave}}<td>{{if .Report}}<a href="#{{.ID}}">{{.ID}} {{.Name}}</a>{{else}}{{.ID}} {{.Name}}{{end}}<td>{{.Pod}}<td>{{.State}}<td>{{if .Started.IsZero}}–{{else}}{{$.Second .Started}}{{end}}<td>{{.Took}}<td>{{.Reason}}</tr>
{{end}}</table>
{{if .R.Decisions}}<h2>Decisions of people</h2><ul>{{range .R.Decisions}}<li>{{$.Second .At}} {{.Name}} by {{.By}}: {{.Reason}}</li>{{end}}</ul>{{end}}
{{if .R.Notes}}<h2>Log (UTC)</h2><ul>{{range .R.Notes}}<li>{{.}}</li>{{end}}</ul>{{end}}
<h2>Reports of the gateways</h2><p>They stand encrypted in the archive; each command writes one of them.</p>
<dl>{{range .Rows}}{{if .Report}}<dt id="{{.ID}}">{{.ID}} {{.Name}}<dd><code>starter archive get {{.Report}}</code>{{end}}{{end}}</dl>
</body></html>
`

// sheet is what the page is filled with.
type sheet struct{ almanac }

// R is the report.
func (s sheet) R() *upgrade.FleetReport { return s.FleetReport }

// Rows are the gateways.
func (s sheet) Rows() []row { return rows(s.FleetReport) }

// Both gives a moment by the reader's clock and in UTC.
func (s sheet) Both(t time.Time) string { return s.both(t) }

// Second gives a moment by the reader's clock.
func (s sheet) Second(t time.Time) string { return s.second(t) }

func fleetHTML(w io.Writer, r *upgrade.FleetReport, zone *time.Location) error {
	page, err := template.New("fleet").Parse(fleetPage)
	if err != nil {
		return fmt.Errorf("reading the report's template: %w", err)
	}
	if err := page.Execute(w, sheet{almanac{r, zone}}); err != nil {
		return fmt.Errorf("writing the report of %s: %w", r.Name, err)
	}
	return nil
}
