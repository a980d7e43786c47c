package softlayer

import (
	"context"

	"github.com/softlayer/softlayer-go/session"
)

// Session lets a test try calls that the Reader itself never makes.
func (r *Reader) Session(ctx context.Context) *session.Session { return r.session(ctx) }

// Session lets a test try calls that the Writer itself never makes.
func (w *Writer) Session(ctx context.Context) *session.Session { return w.session(ctx) }
