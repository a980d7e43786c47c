package junos

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"vsrx-upgrade/internal/upgrade"
)

// endMark ends every message of NETCONF base:1.0 (RFC 6242, section 4.3), the only framing that Junos offers here.
var endMark = []byte("]]>]]>")

// replyLimit bounds one message, so that a peer that never ends it cannot take all memory. The largest real one, a
// configuration, stays far below.
const replyLimit = 64 << 20 // bytes

var errTooLarge = errors.New("the message exceeds the size limit")

// frame reads one message up to its end mark, however the stream was cut into pieces.
type frame struct {
	stream *bufio.Reader
	left   int // bytes that the message may still hold
	ended  bool
	failed error // of the stream, or of the limit
}

func newFrame(stream *bufio.Reader, limit int) *frame { return &frame{stream: stream, left: limit} }

// readBy hands the message to read. An error that read did not name and the stream did not give is one of the message:
// encoding/xml has more of them than its SyntaxError.
func (f *frame) readBy(read func(io.Reader) error) error {
	err := read(f)
	if err != nil && f.failed == nil && !classified(err) {
		return upgrade.Errorf(upgrade.Malformed, "reading the reply: %w", err)
	}
	return err
}

// Read gives the message's bytes, io.EOF at its end mark, and io.ErrUnexpectedEOF where the stream ends before.
func (f *frame) Read(p []byte) (n int, err error) {
	if f.ended {
		return 0, io.EOF
	}
	if n, err = f.read(p); err != nil && !f.ended {
		f.failed = err
	}
	return n, err
}

func (f *frame) read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := f.stream.Peek(len(endMark)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, err
	}
	window, err := f.stream.Peek(f.stream.Buffered())
	if err != nil {
		return 0, err
	}
	sure := len(window) - len(endMark) + 1 // bytes of which no end mark can begin in what is not read yet
	switch at := bytes.Index(window, endMark); {
	case at == 0:
		f.ended = true
		if _, err := f.stream.Discard(len(endMark)); err != nil {
			return 0, err
		}
		return 0, io.EOF
	case at > 0:
		sure = at
	}
	n := copy(p, window[:sure])
	if f.left -= n; f.left < 0 {
		return 0, errTooLarge
	}
	return f.stream.Discard(n)
}
