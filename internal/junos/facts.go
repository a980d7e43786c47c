package junos

import (
	"context"
	"io"
	"regexp"
	"strings"

	"vsrx-upgrade/internal/upgrade"
)

// Facts asks everything of upgrade.DeviceFacts, side by side over up to four lanes. What the device refuses or says in no
// known form is named in Unread; only a lost connection sets Error, beside what was read before. The configuration is
// locked and unlocked at once to learn whether somebody works on it; nothing else is written, and nothing is discarded.
func (s *Session) Facts(ctx context.Context) upgrade.DeviceFacts {
	facts := upgrade.DeviceFacts{Way: s.Way()}
	questions := append(factQuestions(&facts), sharedQuestions(&facts)...)
	s.note(&facts, questions, s.askAll(ctx, questions))
	return facts
}

// question is one thing to ask. Items are the facts that stay unknown without its answer. Questions are asked side by
// side: each writes to fields of its own.
type question struct {
	items []string
	ask   func(ctx context.Context, lane *Session) error
}

// reading is a question whose answer is one field.
func reading[T any](field *T, item, operation string, read func(output) (T, error)) question {
	return question{[]string{item}, func(ctx context.Context, lane *Session) (err error) {
		*field, err = ask(ctx, lane, operation, read)
		return err
	}}
}

// factQuestions are those that only the facts ask.
func factQuestions(facts *upgrade.DeviceFacts) []question {
	return []question{
		{[]string{"lockedBy"}, func(ctx context.Context, lane *Session) (err error) {
			facts.LockedBy, err = lane.lockedBy(ctx)
			return err
		}},
		{[]string{"alarms"}, func(ctx context.Context, lane *Session) (err error) { facts.Alarms, err = lane.alarms(ctx); return err }},
		{[]string{"control", "fabric", "monitored", "reths"}, func(ctx context.Context, lane *Session) error { return lane.links(ctx, facts) }},
		{[]string{"weights"}, func(ctx context.Context, lane *Session) error { return lane.weights(ctx, facts) }},
		reading(&facts.Users, "users", "<get-system-users-information/>", readUsers),
		reading(&facts.Storage, "storage", "<get-system-storage/>", readStorage),
		reading(&facts.CoreDumps, "coreDumps", "<get-system-core-dumps/>", readCoreDumps),
		reading(&facts.Licences, "licences", "<get-license-summary-information/>", readLicences),
		// The elements of this reply are documented nowhere; its text is (Juniper: show security pki local-certificate).
		reading(&facts.Certificates, "certificates", `<get-pki-local-certificate format="text"/>`, readCertificates),
		reading(&facts.Answers, "answers", "<get-interface-information><routing-instance>__juniper_private1__</routing-instance><terse/></get-interface-information>", readAnswering),
	}
}

// sharedQuestions are those whose answers a Survey needs for the view too, and asks itself.
func sharedQuestions(facts *upgrade.DeviceFacts) []question {
	return []question{
		reading(&facts.Interfaces, "interfaces", "<get-interface-information><terse/></get-interface-information>", readInterfaces),
		reading(&facts.Commits, "commits", "<get-commit-information/>", readHistory),
		reading(&facts.Dirty, "dirty", compareCandidate, func(o output) (string, error) {
			difference, err := readDifference(o)
			return excerpt(difference), err
		}),
	}
}

// links reads the links of a cluster; a standalone has none. A row that is cut leaves all of them unknown.
func (s *Session) links(ctx context.Context, facts *upgrade.DeviceFacts) error {
	links, err := ask(ctx, s, "<get-chassis-cluster-interfaces/>", readLinks)
	if standalone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(links.Incomplete) > 0 {
		return incomplete("the cluster interfaces", links.Incomplete[0])
	}
	facts.Control, facts.Fabric, facts.Monitored = links.Control, links.Fabric, links.Monitored
	for _, reth := range links.Reths {
		facts.Reths = append(facts.Reths, reth.Link)
	}
	return nil
}

func (s *Session) weights(ctx context.Context, facts *upgrade.DeviceFacts) error {
	nodes, err := ask(ctx, s, "<get-chassis-cluster-information/>", readInformation)
	if standalone(err) {
		return nil
	}
	facts.Weights = weights(nodes)
	return err
}

// internalAddress is that of a node inside its cluster: 129.x is node 0 and 130.x node 1, on whichever interface the
// release has it; the address of the primary, 143.x, stands beside the node's own.
var internalAddress = regexp.MustCompile(`^(129|130)\.\d+\.\d+\.\d+(?:/\d+)?$`)

// readAnswering names the node that answers, "" where the addresses are not those of a cluster.
func readAnswering(o output) (string, error) {
	if o.tree.first("interface-information") == nil {
		return "", unrecognised("interface-information")
	}
	names := map[string]string{"129": "node0", "130": "node1"}
	found := ""
	for _, e := range o.tree.all("ifa-local") {
		m := internalAddress.FindStringSubmatch(e.text)
		if m == nil {
			continue
		}
		if found != "" && found != names[m[1]] {
			return "", upgrade.Errorf(upgrade.Malformed, "the internal addresses are those of both nodes")
		}
		found = names[m[1]]
	}
	return found, nil
}

// lockedBy takes the lock and gives it back. A lock that is granted proves that nobody edits the configuration and that
// the candidate is clean (Juniper: configure exclusive), so that the unlock, which would discard uncommitted changes, has
// none to discard. After a refused lock nothing is sent: the candidate is somebody's work.
func (s *Session) lockedBy(ctx context.Context) (string, error) {
	const lock = "<lock-configuration/>"
	var answer output
	var refused error
	err := s.request(ctx, s.timeout, lock, func(id string, message io.Reader) error {
		document, err := io.ReadAll(message)
		if err != nil {
			return err
		}
		reply, err := parseReply(document, id, false)
		if err == nil {
			answer, refused = treeOutput(reply)
		}
		return err
	})
	switch {
	case err != nil:
		return "", err
	case refused == nil:
		_, err := s.call(ctx, s.timeout, "<unlock-configuration/>")
		return "", err
	}
	found := lockOf(answer.tree, refused.Error())
	if !found.Locked && len(found.Editors) == 0 {
		return "", upgrade.Errorf(upgrade.Refused, "locking the configuration on %s: %w", s.address, refused)
	}
	if len(found.Editors) == 0 {
		return found.Words, nil
	}
	var editors []string
	for _, e := range found.Editors {
		editors = append(editors, e.String())
	}
	return strings.Join(editors, "; "), nil
}
