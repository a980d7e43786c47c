package sim

import (
	"maps"
	"net/http"
)

// settingsView is the answer of /settings.
type settingsView struct {
	Chosen  Settings            `json:"chosen"`
	Choices map[string][]string `json:"choices"` // the default first
}

func (c *Cloud) viewSettings() settingsView {
	defer c.enter()()
	return settingsView{Chosen: maps.Clone(c.settings), Choices: SettingChoices()}
}

func (c *Cloud) controlSettings(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	return c.viewSettings(), nil
}

func (c *Cloud) controlSet(r *http.Request) (any, error) {
	if _, err := query(r); err != nil {
		return nil, err
	}
	var wish struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	if err := readControl(r, &wish); err != nil {
		return nil, err
	}
	if err := c.Set(wish.Name, wish.Value); err != nil {
		return nil, err
	}
	return c.viewSettings(), nil
}
