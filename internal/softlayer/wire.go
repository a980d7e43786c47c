package softlayer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// number reads a JSON number, also one in quotes: the API sends some so.
type number float64

// UnmarshalJSON reads 150 and "150"; null stays 0.
func (n *number) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSpace(strings.Trim(string(raw), `"`))
	if text == "null" {
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("not a number")
	}
	*n = number(v)
	return nil
}

// moment reads a date of the API. One in an unknown form is zero, because dates are shown and never decide.
type moment struct{ time.Time }

// UnmarshalJSON reads RFC 3339, also with an offset without its colon.
func (m *moment) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			m.Time = t
			return nil
		}
	}
	return nil
}

// word reads a text or a number as text; null stays "".
type word string

// UnmarshalJSON reads "Ready", "0" and 0.
func (w *word) UnmarshalJSON(raw []byte) error {
	switch kindOf(raw) {
	case "a text", "a number", "null":
		if !bytes.Equal(raw, []byte("null")) {
			*w = word(plain(raw))
		}
		return nil
	}
	return fmt.Errorf("not a text")
}
