package mind

import "context"

// Read reads what there is. Where it waits for more, it is not woken by ctx.
func (a awaited) Read(b []byte) (int, error) {
	if a.ctx.Err() != nil {
		return 0, context.Cause(a.ctx)
	}
	return a.File.Read(b)
}
