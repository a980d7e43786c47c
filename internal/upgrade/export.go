package upgrade

// Export is what was taken off the gateway before the first reload.
type Export struct {
	Curly     Blob             `json:"curly"`
	Set       Blob             `json:"set"`
	XML       Blob             `json:"xml,omitzero"` // missing in reports of before this form was kept
	Snapshot  Blob             `json:"snapshot"`
	Documents []StoredDocument `json:"documents,omitempty"` // what was kept beside the configuration, each name once
	Mark      Mark             `json:"mark"`
}

// Document names what a gateway can show of itself beside its configuration and its state.
type Document string

// The documents, each by the command that shows it.
const (
	DocumentRescue       Document = "rescue"       // show system configuration rescue
	DocumentLicences     Document = "licences"     // show system license
	DocumentLicenceKeys  Document = "licence-keys" // show system license keys
	DocumentCertificates Document = "certificates" // show security pki local-certificate
)

// Documents lists every document that an export asks for.
func Documents() []Document {
	return []Document{DocumentRescue, DocumentLicences, DocumentLicenceKeys, DocumentCertificates}
}

// DocumentOutcome is what became of asking for a document.
type DocumentOutcome string

// The outcomes. A gateway without a document is no failure, and neither is a release that does not know the command.
const (
	DocumentStored DocumentOutcome = "stored"
	DocumentNone   DocumentOutcome = "none"   // the gateway has none
	DocumentUnread DocumentOutcome = "unread" // it could not be had; the reason says why
)

// StoredDocument is a document in the archive, or why there is none.
type StoredDocument struct {
	Name    Document        `json:"name"`
	Outcome DocumentOutcome `json:"outcome"`
	Blob    Blob            `json:"blob,omitzero"`    // of a stored one
	Reason  string          `json:"reason,omitempty"` // of an unread one, in the words of the device
}
