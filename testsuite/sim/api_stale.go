package sim

import "time"

// pastAnswer is what one read was answered before.
type pastAnswer struct {
	turns   int
	replies []pastReply // oldest first
}

type pastReply struct {
	at    time.Time
	value any
	total int
}

// makeStale answers every second read of a thing with the newest of its former answers that is old enough, as a
// replica does that lags behind.
func (c *Cloud) makeStale(aim []*member, r *request, answer *reply) {
	f, hit := c.strikes("stale-read", aim)
	if !hit {
		return
	}
	key := string(mustJSON([]any{r.service, r.id, r.method, r.parameters, r.mask, r.filter, r.limit}))
	past := c.api.past[key]
	if past == nil {
		past = &pastAnswer{}
		c.api.past[key] = past
	}
	past.turns++
	past.replies = append(past.replies, pastReply{c.clock.now, answer.value, answer.total})
	limit := c.clock.now.Add(-c.duration(f.Arg))
	for len(past.replies) > 1 && !past.replies[1].at.After(limit) {
		past.replies = past.replies[1:]
	}
	if oldest := past.replies[0]; past.turns%2 == 0 && !oldest.at.After(limit) {
		answer.value, answer.total = oldest.value, oldest.total
	}
}
