package upgrade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ReadFleet reads an order in YAML, or in JSON, which is YAML too. An unknown key is refused by its name; whether the order
// makes sense is for Validate. Errors are of kind Invalid.
func ReadFleet(text []byte) (FleetOrder, error) {
	order, err := readFleet(text)
	if err != nil {
		return FleetOrder{}, Errorf(Invalid, "reading the fleet: %w", err).Advise("correct the file; docs/fleets.md shows its form")
	}
	return order, nil
}

// readFleet goes from YAML to JSON first: so there is one set of names, and one way to read a duration.
func readFleet(text []byte) (order FleetOrder, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var plain map[string]any
	if err := decoder.Decode(&plain); errors.Is(err, io.EOF) {
		return order, errors.New("the file is empty")
	} else if err != nil {
		return order, errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if !errors.Is(decoder.Decode(&yaml.Node{}), io.EOF) {
		return order, errors.New("the file holds more than one document")
	}
	if _, ok := plain["progress"]; ok {
		return order, errors.New(`unknown key "progress"`) // of the program itself: a fleet begins at its beginning
	}
	translated, err := json.Marshal(plain)
	if err != nil {
		return order, fmt.Errorf("a key is no text: %w", err)
	}
	strict := json.NewDecoder(bytes.NewReader(translated))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&order); err != nil {
		said := strings.TrimPrefix(err.Error(), "json: ")
		return order, errors.New(strings.Replace(said, "unknown field", "unknown key", 1))
	}
	return order, nil
}
