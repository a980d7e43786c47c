package activities_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"vsrx-upgrade/activities"
	"vsrx-upgrade/internal/upgrade"
)

const podID = "pod-permit/990017/fra02.pod03"

// asking is the request of gw-north for its pod.
func asking() upgrade.PodRequest {
	return upgrade.PodRequest{ID: "r-1", Holder: "upgrade/81001", Run: "north-run", GatewayID: gatewayID, Gateway: "gw-north", Poll: timing().PermitPoll}
}

// place asks for the pod, or for the request's place in its queue.
func place(known upgrade.Ticket) activities.PlaceInput {
	return activities.PlaceInput{Account: 990017, Pod: "fra02.pod03", Request: asking(), Known: known}
}

func TestAskForPodGivesThePlaceInTheQueue(t *testing.T) {
	w := newWorld(t)
	want := upgrade.Ticket{Position: 3, Waiting: 3, Holder: "gw-east (upgrade/81777)"}
	w.tickets = says(want)
	got, err := run(w, w.activities().AskForPod, place(upgrade.Ticket{}))
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if want := []string{"ask for pod fra02.pod03 as r-1"}; !slices.Equal(w.calls, want) {
		t.Errorf("did %q, want %q", w.calls, want)
	}
}

// A history holds each place that is told, so a long queue that moves up must not be told place by place.
func TestKeepPlaceTellsOnlyWhatIsWorthTelling(t *testing.T) {
	at := func(position int) upgrade.Ticket {
		return upgrade.Ticket{Position: position, Waiting: 40, Holder: "gw-east"}
	}
	held := func(position int, holder string) upgrade.Ticket {
		return upgrade.Ticket{Position: position, Waiting: 40, Holder: holder}
	}
	blocked := func(by string) upgrade.Ticket {
		return upgrade.Ticket{Position: 9, Waiting: 40, Holder: "gw-east", Blocked: by}
	}
	for name, c := range map[string]struct {
		known upgrade.Ticket
		seen  []upgrade.Ticket // the last one is told
	}{
		"that the lock does not know the request":        {at(7), []upgrade.Ticket{at(7), {Position: -1}}},
		"each of the last five places":                   {at(5), []upgrade.Ticket{at(5), at(4)}},
		"the fifth place itself":                         {at(6), []upgrade.Ticket{at(6), at(5)}},
		"from far back only the half of the way":         {at(40), []upgrade.Ticket{at(39), at(30), at(21), at(20)}},
		"from an odd place the half that is nearer":      {at(13), []upgrade.Ticket{at(12), at(7), at(6)}},
		"a step back among the last five":                {at(1), []upgrade.Ticket{at(2)}},
		"that it is served":                              {at(1), []upgrade.Ticket{at(1), {}}},
		"that it was put back":                           {upgrade.Ticket{}, []upgrade.Ticket{{}, at(1)}},
		"to the first that the pod is with another":      {held(1, "gw-east"), []upgrade.Ticket{held(1, "gw-east"), held(1, "gw-west")}},
		"to nobody else who holds it":                    {held(2, "gw-east"), []upgrade.Ticket{held(2, "gw-west"), held(2, ""), held(1, "")}},
		"that something came into the way":               {blocked(""), []upgrade.Ticket{blocked(""), blocked("gw-south is updating")}},
		"that something else is in the way":              {blocked("gw-south is updating"), []upgrade.Ticket{blocked("gw-south is updating"), blocked("gw-south is reloaded")}},
		"that nothing is in the way any more":            {blocked("gw-south is updating"), []upgrade.Ticket{blocked("gw-south is updating"), blocked("")}},
		"not how many wait behind it, nor that it stays": {upgrade.Ticket{Position: 9, Waiting: 9}, []upgrade.Ticket{{Position: 9, Waiting: 30}, {Position: 8, Waiting: 31}, {Position: 4, Waiting: 50}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.places = says(c.seen...)
			for i, seen := range c.seen {
				got, err := run(w, w.activities().KeepPlace, place(c.known))
				if i < len(c.seen)-1 {
					wantAgain(t, err, asking().Poll.D()*time.Duration(1+seen.Position/10), seen.String())
				} else if err != nil || got != seen {
					t.Errorf("got %+v, %v; want %+v", got, err, seen)
				}
				if n := w.count("look at place"); n != i+1 || n != len(w.calls) {
					t.Errorf("did %q, want one look an attempt and nothing else", w.calls)
				}
			}
		})
	}
}

func TestALookAtAPlaceThatFailsIsTriedAgainOnlyWhereThatMayHelp(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind upgrade.Kind
	}{
		"when nobody answers":          {unreachable(), upgrade.Unreachable},
		"when the question is refused": {denied(), upgrade.Denied},
		"when Temporal is no more":     {upgrade.Errorf(upgrade.NotFound, "no such namespace"), upgrade.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.places = fails[upgrade.Ticket](c.err)
			_, err := run(w, w.activities().KeepPlace, place(upgrade.Ticket{Position: 3, Waiting: 3}))
			wantKind(t, err, c.kind)
		})
	}
}

// A thousand waiters share one server: who stands far back looks more seldom. Between two looks it takes no place among
// the worker's activities.
func TestWhoStandsFarBackLooksSeldom(t *testing.T) {
	for position, pauses := range map[int]time.Duration{0: 1, 1: 1, 9: 1, 10: 2, 35: 4, 1000: 101} {
		w := newWorld(t)
		here := upgrade.Ticket{Position: position, Waiting: 1000}
		w.places = says(here)
		in := place(here)
		in.Request.Poll = upgrade.Duration(30 * time.Second)
		_, err := run(w, w.activities().KeepPlace, in)
		wantAgain(t, err, pauses*30*time.Second, here.String())
	}
}

// wantAgain checks that an attempt ended for the next one to look again: after the pause, with what people are to read,
// and without standing as a failure in the metrics.
func wantAgain(t *testing.T, err error, pause time.Duration, text string) {
	t.Helper()
	var attempt *temporal.ApplicationError
	if !errors.As(err, &attempt) || attempt.Type() != "standing" || attempt.NonRetryable() || attempt.Category() != temporal.ApplicationErrorCategoryBenign {
		t.Fatalf("got %v, want another attempt", err)
	}
	if attempt.NextRetryDelay() != pause || attempt.Message() != text {
		t.Errorf("again after %s with %q, want after %s with %q", attempt.NextRetryDelay(), attempt.Message(), pause, text)
	}
}
