package stage

import (
	"bytes"
	"sync"
)

// Log keeps what workers of a test say, in its own process and in others, for a test that fails.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to the log. It never fails.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all that was said so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
