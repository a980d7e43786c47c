package scenarios

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"vsrx-upgrade/testsuite/sim"
)

// scenario is the form of a scenario file.
type scenario struct {
	Description string       `yaml:"description"`
	Like        string       `yaml:"like"` // shipped scenario from which everything comes that is not said here
	Start       time.Time    `yaml:"start"`
	Speed       float64      `yaml:"speed"`
	Seed        uint64       `yaml:"seed"`
	Gateways    []gateway    `yaml:"gateways"`
	Fleet       *fleet       `yaml:"fleet"`
	Physics     sim.Physics  `yaml:"physics"`
	Settings    sim.Settings `yaml:"settings"`
	Faults      []sim.Strike `yaml:"faults"`
}

// gateway is a gateway of a scenario file; its configuration stands in a file beside it.
type gateway struct {
	sim.Gateway   `yaml:",inline"`
	Configuration string `yaml:"configuration"`
}

func (g *gateway) readConfiguration(from fs.FS) error {
	if g.Configuration == "" {
		return nil
	}
	text, err := fs.ReadFile(from, g.Configuration)
	if err != nil {
		return fmt.Errorf("configuration of gateway %d: %w", g.ID, err)
	}
	g.Config = string(text)
	return nil
}

// decode reads one YAML document strictly: a key that the form does not have is refused with its line.
func decode(text []byte) (*scenario, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	s := &scenario{}
	if err := decoder.Decode(s); errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	} else if err != nil {
		return nil, plain(err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file holds more than one document")
	}
	if s.Description == "" {
		return nil, errors.New("the description is missing")
	}
	if !(s.Speed >= 0 && s.Speed <= sim.MaxSpeed) {
		return nil, fmt.Errorf("speed %v is not a positive number up to %v", s.Speed, sim.MaxSpeed)
	}
	return s, nil
}

// plain says the mistakes in a file on one line, without the names of Go types.
func plain(err error) error {
	var mistakes *yaml.TypeError
	if !errors.As(err, &mistakes) {
		return err
	}
	said := make([]string, 0, len(mistakes.Errors))
	for _, mistake := range mistakes.Errors {
		mistake, _, _ = strings.Cut(mistake, " in type ")
		said = append(said, mistake)
	}
	return errors.New(strings.Join(said, "; "))
}

// inherit takes from another scenario what this one does not say; the faults of both strike.
func (s *scenario) inherit(base *scenario) {
	if s.Gateways == nil && s.Fleet == nil {
		s.Gateways, s.Fleet = base.Gateways, base.Fleet
	}
	if s.Start.IsZero() {
		s.Start = base.Start
	}
	s.Speed, s.Seed = cmp.Or(s.Speed, base.Speed), cmp.Or(s.Seed, base.Seed)
	s.Physics = cmp.Or(s.Physics, base.Physics)
	settings := sim.Settings{}
	maps.Copy(settings, base.Settings)
	maps.Copy(settings, s.Settings)
	s.Settings = settings
	s.Faults = append(base.Faults, s.Faults...)
}

// options are what the simulated cloud starts with.
func (s *scenario) options() (sim.Options, error) {
	opts := sim.Options{Speed: s.Speed, Seed: s.Seed, Start: s.Start, Physics: s.Physics, Settings: s.Settings, Faults: s.Faults}
	for _, g := range s.Gateways {
		opts.Gateways = append(opts.Gateways, g.Gateway)
	}
	if s.Fleet != nil {
		list, err := s.Fleet.gateways()
		if err != nil {
			return opts, fmt.Errorf("fleet: %w", err)
		}
		opts.Gateways = append(opts.Gateways, list...)
	}
	if len(opts.Gateways) == 0 {
		return opts, errors.New("there are no gateways")
	}
	return opts, nil
}
