package main

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"vsrx-upgrade/internal/lint"
	"vsrx-upgrade/internal/upgrade"
)

// The part of SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format") that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		Results    []sarifResult `json:"results"`
		ColumnKind string        `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string         `json:"id"`
		ShortDescription     sarifText      `json:"shortDescription"`
		DefaultConfiguration sarifDefault   `json:"defaultConfiguration"`
		Properties           map[string]any `json:"properties,omitempty"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID     string          `json:"ruleId"`
		RuleIndex  int             `json:"ruleIndex"`
		Level      string          `json:"level"`
		Message    sarifText       `json:"message"`
		Locations  []sarifLocation `json:"locations"`
		Properties map[string]any  `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Logical  []sarifPlace  `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
	sarifPlace struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

// writeSARIF prints findings for code scanning tools. The levels of SARIF are named as our severities are.
func writeSARIF(w io.Writer, found []upgrade.Statement) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "vsrx-upgrade lint"}}, Results: []sarifResult{}, ColumnKind: "unicodeCodePoints"}
	index := map[string]int{}
	for i, r := range lint.Rules() {
		index[r.Name] = i
		rule := sarifRule{ID: r.Name, ShortDescription: sarifText{r.Summary}, DefaultConfiguration: sarifDefault{string(r.Severity)}}
		if r.Code != 0 {
			rule.Properties = map[string]any{"readinessCode": r.Code}
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	for _, s := range found {
		run.Results = append(run.Results, sarifOf(s, index[s.Rule]))
	}
	return writeJSON(w, sarifLog{Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifOf(s upgrade.Statement, index int) sarifResult {
	text := s.Why
	if len(s.Fix) > 0 {
		text = fmt.Sprintf("%s Fix: %s", text, strings.Join(s.Fix, "; "))
	}
	at := sarifPhysical{Artifact: sarifArtifact{artifactURI(s.File)}}
	if s.Line > 0 {
		at.Region = &sarifRegion{s.Line, max(s.Column, 1)}
	}
	r := sarifResult{RuleID: s.Rule, RuleIndex: index, Level: string(s.Severity), Message: sarifText{text},
		Locations: []sarifLocation{{Physical: at, Logical: []sarifPlace{{s.Path}}}}}
	if len(s.Fix)+len(s.Restore) > 0 {
		r.Properties = map[string]any{"fix": s.Fix, "restore": s.Restore}
	}
	return r
}

// artifactURI is a path as the relative or absolute reference that SARIF wants.
func artifactURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
