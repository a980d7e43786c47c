package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"vsrx-upgrade/internal/upgrade"
)

// Both have to be variables: go:embed knows no other way.
var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
)

// View is what a report is written from.
type View struct {
	Report upgrade.Report
	// Now is the moment as of which it is shown; only an upgrade that has not ended depends on it.
	Now time.Time
	// Broken says how the workflow ended where it left no outcome, e.g. "terminated": nobody can tell it anything any more.
	Broken string
}

// page is what the template of the HTML report reads.
type page struct {
	document
	Policy string
	Style  template.CSS
}

// HTML writes the report as one page that needs nothing else: no script, no other file, readable on paper, on a phone and
// in the dark. An error is one of w.
func HTML(w io.Writer, v View) error {
	t, err := template.New("page").Funcs(template.FuncMap{"moment": moment}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("reading the report's template: %w", err)
	}
	style := strings.TrimSpace(pageStyle)
	var b bytes.Buffer
	if err := t.Execute(&b, page{document: documentOf(v), Policy: policy(style), Style: template.CSS(style)}); err != nil {
		return fmt.Errorf("writing the report of %s as HTML: %w", name(v.Report), err)
	}
	if _, err := io.WriteString(w, printable(b.String())); err != nil {
		return fmt.Errorf("writing the report of %s: %w", name(v.Report), err)
	}
	return nil
}

// policy lets the page use its own style and nothing else (W3C Content Security Policy, level 3).
func policy(style string) string {
	digest := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
}
