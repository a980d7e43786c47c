package app_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"vsrx-upgrade/internal/app"
)

func TestALogLineNamesItsCallerAndItsKeys(t *testing.T) {
	var out bytes.Buffer
	log, err := app.NewLogger(&out, "info", true)
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("not shown")
	log.Error("A thing happened", "gateway", 4711)
	var line struct {
		Level, Caller, Msg, Stacktrace string
		Gateway                        int
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if line.Level != "error" || line.Msg != "A thing happened" || line.Gateway != 4711 || line.Stacktrace != "" {
		t.Errorf("the line is %s", &out)
	}
	if !strings.Contains(line.Caller, "logger_test.go") {
		t.Errorf("the caller is %q, want this file", line.Caller)
	}
}

func TestAnUnknownLogLevelIsRefused(t *testing.T) {
	if _, err := app.NewLogger(&bytes.Buffer{}, "loud", true); err == nil {
		t.Error("the level loud was accepted")
	}
}
