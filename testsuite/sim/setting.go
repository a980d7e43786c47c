package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Settings choose, by name, how the world behaves where IBM documents nothing; a name that is missing means the first
// value of its SettingChoices.
type Settings map[string]string

// Names of the settings.
const (
	settingReadinessWire   = "readiness-wire"              // form of a readiness value
	settingUpgradeKey      = "upgrade-active-key"          // key name of the status Upgrade Active
	settingReloadStatus    = "status-during-reload"        // gateway status while a reload runs
	settingPeerOffCheck    = "check-with-peer-off"         // result of a check in Upgrade Active
	settingUpgradedCheck   = "upgrade-check-after-reload"  // upgrade_precheck of a member on the newest version
	settingNotReady        = "reload-not-ready"            // a reload without a valid Ready
	settingOtherMember     = "reload-other-member"         // a reload while the other member reloads
	settingWarnings        = "warnings-in"                 // where the code of a warning appears
	settingVersionForm     = "version-form"                // text of the attribute version
	settingOldPrice        = "old-version-price"           // is the running version among the allowed prices
	settingEmptyRelation   = "empty-relation"              // a relation without a value
	settingRateLimitStatus = "rate-limit-status"           // HTTP status of a limited call
	settingReloadAnswer    = "reload-answer"               // result of an accepted reload
	settingAutostart       = "autostart-at-upgrade-active" // of the VM that IBM powered off
	settingPreempt         = "preempt-after-upgrade"       // of redundancy group 1 in the restored configuration
	settingLoneNode        = "lone-node"                   // redundancy group 1 of a node without its peer
	settingPodCollision    = "pod-collision"               // reloads of two gateways of one pod at once
)

// settingRow is a setting's values and, for settings that are a fault of the whole world by another name, that fault.
type settingRow struct {
	values []string // the default first
	fault  string
}

func settingTable() map[string]settingRow {
	return map[string]settingRow{
		settingReadinessWire:   {values: []string{"text", "upper", "quoted", "number"}, fault: "precheck-wire"},
		settingUpgradeKey:      {values: []string{"UPGRADE_ACTIVE", "UPGRADING", "none"}},
		settingReloadStatus:    {values: []string{"unchanged", "UPDATING"}},
		settingPeerOffCheck:    {values: []string{"ready", "1118", "1134", "1154"}, fault: "precheck-peer-off"},
		settingUpgradedCheck:   {values: []string{"current", "ready"}},
		settingNotReady:        {values: []string{"refused", "accepted"}},
		settingOtherMember:     {values: []string{"accepted", "refused"}},
		settingWarnings:        {values: []string{"return-code", "attribute", "both"}},
		settingVersionForm:     {values: []string{"base", "spin", "junos"}},
		settingOldPrice:        {values: []string{"yes", "no"}, fault: "old-price-missing"},
		settingEmptyRelation:   {values: []string{"absent", "null"}},
		settingRateLimitStatus: {values: []string{"500", "429"}},
		settingReloadAnswer:    {values: []string{"quoted", "number", "true"}},
		settingAutostart:       {values: []string{"disabled", "enabled"}, fault: "peer-autostart-left"},
		settingPreempt:         {values: []string{"as-before", "disabled"}},
		settingLoneNode:        {values: []string{"cs", "clean"}, fault: "lone-clean"},
		settingPodCollision:    {values: []string{"collide", "tolerated"}},
	}
}

// SettingChoices lists every setting with the values it may have, the default first.
func SettingChoices() map[string][]string {
	choices := map[string][]string{}
	for name, row := range settingTable() {
		choices[name] = row.values
	}
	return choices
}

// Set chooses a setting's value from now on; an unknown name or value is refused.
func (c *Cloud) Set(name, value string) error {
	defer c.enter()()
	return c.set(name, value)
}

func (c *Cloud) set(name, value string) error {
	row, known := settingTable()[name]
	if !known {
		return fmt.Errorf("unknown setting %q", name)
	}
	if !slices.Contains(row.values, value) {
		return fmt.Errorf("setting %s: %q is none of %s", name, value, strings.Join(row.values, ", "))
	}
	c.settings[name] = value
	if row.fault == "" {
		return nil
	}
	c.clear(row.fault)
	if value != row.values[0] {
		c.faults = append(c.faults, Fault{Name: row.fault, Arg: value})
	}
	return nil
}

// choose applies the settings of the options.
func (c *Cloud) choose(settings Settings) error {
	c.settings = Settings{}
	for name, row := range settingTable() {
		c.settings[name] = row.values[0]
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		problems = append(problems, c.set(name, settings[name]))
	}
	return errors.Join(problems...)
}

// chosen tells whether a setting has a value now.
func (c *Cloud) chosen(name, value string) bool { return c.settings[name] == value }
