package upgrade

// RestoreOrder asks for a saved configuration to be brought back to a gateway. It is the input of the
// RestoreConfiguration workflow.
type RestoreOrder struct {
	GatewayID int  `json:"gatewayId"`
	Saved     Blob `json:"saved"` // set form, in the archive
	// Sections are the paths of the parts to replace, each as its words; none means everything but the interfaces.
	Sections [][]string `json:"sections,omitempty"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
	Timing   Timing     `json:"timing,omitzero"`
}

// Validate refuses an order that makes no sense.
func (o RestoreOrder) Validate() error {
	switch {
	case o.GatewayID <= 0:
		return Errorf(Invalid, "gatewayId %d is not the id of a gateway", o.GatewayID).Advise("take the id from the portal")
	case o.Saved.Key == "" || o.Saved.Digest == "":
		return Errorf(Invalid, "no saved configuration is named").Advise("name it by its digest; see: starter archive list")
	}
	if err := (Instruction{By: o.By, Reason: o.Reason}).Validate(); err != nil {
		return err
	}
	return o.Timing.Validate()
}

// RestoreReport is how it went.
type RestoreReport struct {
	Gateway string   `json:"gateway"`
	Changed bool     `json:"changed"`
	Plan    []string `json:"plan"`
	Fresh   Blob     `json:"fresh"` // the configuration that was there before
	Mark    Mark     `json:"mark"`
}
