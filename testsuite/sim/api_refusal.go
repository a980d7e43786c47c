package sim

import "fmt"

// refusal is an answer other than success.
type refusal struct {
	status int
	code   string
	text   string
}

func (r *refusal) Error() string { return r.text }

// Exception codes of the SoftLayer API.
const (
	exceptionPublic   = "SoftLayer_Exception_Public"
	exceptionNotFound = "SoftLayer_Exception_ObjectNotFound"
	exceptionBadCall  = "SoftLayer_Exception_WebService_BadRequest"
	exceptionRate     = "SoftLayer_Exception_WebService_RateLimitExceeded"
	exceptionToken    = "SoftLayer_Exception_Account_Authentication_AccessTokenValidation"
)

// notFound is the answer for an object that does not exist, and for one that the user has no right to see (SoftLayer:
// "Permission Enforcement in the SoftLayer API").
func notFound(id string) *refusal {
	return &refusal{404, exceptionNotFound, fmt.Sprintf("Unable to find object with id of '%s'.", id)}
}

func noSuchMethod(name string) *refusal {
	return &refusal{500, exceptionPublic, fmt.Sprintf("Function (%q) is not a valid method for this service.", name)}
}

func denied() *refusal { return &refusal{401, exceptionPublic, "Access Denied. "} }
