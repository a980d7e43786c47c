package upgrade_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"vsrx-upgrade/internal/upgrade"
)

func TestTheDocumentedFleetIsOneAndEveryKeyIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/fleets.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	_, rest, found := strings.Cut(doc, "```yaml\n")
	example, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("docs/fleets.md shows no order")
	}
	order, err := upgrade.ReadFleet([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if err := order.Validate(); err != nil {
		t.Error(err)
	}
	for _, kind := range []reflect.Type{reflect.TypeFor[upgrade.FleetOrder](), reflect.TypeFor[upgrade.FleetWave](), reflect.TypeFor[upgrade.FleetLimits](), reflect.TypeFor[upgrade.GatewayQuery]()} {
		for field := range kind.Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if key == "progress" || key == "dryRun" || kind == reflect.TypeFor[upgrade.FleetWave]() && key == "name" { // not for people; set by the command; as above
				continue
			}
			if !strings.Contains(doc, "`"+key+"`") && !strings.Contains(doc, "`waves[]."+key+"`") {
				t.Errorf("docs/fleets.md does not explain %s", key)
			}
		}
	}
}
