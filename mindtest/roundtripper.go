package mindtest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"
)

// RoundTripper sends every request to h, in memory. Real sockets hang inside a
// bubble of testing/synctest; this does not.
//
// It keeps to what a transport owes: it honours the request's context, a body
// streams, a handler that panics with [http.ErrAbortHandler] cuts the
// connection, and closing the body ends the handler's context. Closing waits
// for the handler, so that nothing is left running; h must return soon after
// the context of its request is done.
func RoundTripper(h http.Handler) http.RoundTripper { return memoryTransport{h} }

type memoryTransport struct{ handler http.Handler }

// RoundTrip runs the handler and returns when it has sent its header.
func (t memoryTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		_ = r.Body.Close() // A transport closes it always.
		return nil, context.Cause(ctx)
	}
	in := r.Clone(ctx)
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:1234"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	handling, cancel := context.WithCancel(ctx)
	in = in.WithContext(handling)
	pr, pw := io.Pipe()
	w := &memoryResponse{body: pw, header: http.Header{}, sent: make(chan struct{})}
	b := &memoryBody{pipe: pr, cancel: cancel, left: -1}
	b.handler.Go(func() error {
		defer r.Body.Close()
		err := serve(t.handler, w, in)
		if handling.Err() != nil {
			err = cmp.Or(context.Cause(ctx), err, io.ErrClosedPipe) // An end that the client did not wait for.
		}
		w.finish(err)
		return nil
	})
	// A reader or a writer that waits for the other must learn of the end.
	b.stop = context.AfterFunc(handling, func() {
		err := context.Cause(ctx)
		if err == nil {
			err = http.ErrBodyReadAfterClose
		}
		_ = pw.CloseWithError(err) // It never fails.
	})
	<-w.sent // At the latest when the handler ends, which it must when ctx does.
	if w.status == 0 {
		_ = b.Close()
		return nil, w.err
	}
	resp := &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.snapshot, Body: b, ContentLength: -1, Request: r,
	}
	if n, err := strconv.ParseInt(w.snapshot.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength, b.left = n, n
	}
	return resp, nil
}

// serve runs the handler; an aborted one is a connection that broke.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = io.ErrUnexpectedEOF
		default:
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// memoryResponse is the handler's side. As with net/http, small writes are held
// back until there are many, a flush, or the end.
type memoryResponse struct {
	body   *io.PipeWriter
	header http.Header
	held   bytes.Buffer

	once     sync.Once
	sent     chan struct{} // Closed when what follows is set.
	status   int           // 0: the handler broke off before.
	snapshot http.Header
	err      error
}

// Header returns the header that is sent with the first byte.
func (w *memoryResponse) Header() http.Header { return w.header }

// WriteHeader sets the status, once.
func (w *memoryResponse) WriteHeader(status int) {
	if w.snapshot == nil {
		w.snapshot = w.header.Clone()
		w.status = status
	}
}

// Write sends bytes, at the latest when 4 KiB are held.
func (w *memoryResponse) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.held.Write(p)
	if w.held.Len() < 4096 {
		return len(p), nil
	}
	return len(p), w.FlushError()
}

// FlushError sends what is held.
func (w *memoryResponse) FlushError() error {
	w.WriteHeader(http.StatusOK)
	w.once.Do(func() { close(w.sent) })
	_, err := w.held.WriteTo(w.body)
	return err
}

// finish ends the response: well, or with the error that broke it.
func (w *memoryResponse) finish(err error) {
	if err == nil {
		err = w.FlushError()
	}
	w.once.Do(func() {
		w.status, w.err = 0, err
		close(w.sent)
	})
	_ = w.body.CloseWithError(err) // It never fails; nil is an EOF.
}

// memoryBody is the client's side.
type memoryBody struct {
	pipe    *io.PipeReader
	left    int64 // Of the Content-Length; -1: none.
	cancel  context.CancelFunc
	stop    func() bool
	handler errgroup.Group
}

// Read reads what the handler wrote, up to the Content-Length.
func (b *memoryBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	if b.left > 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.pipe.Read(p)
	if b.left > 0 {
		b.left -= int64(n)
		if errors.Is(err, io.EOF) && b.left > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// Close ends the handler and waits for it.
func (b *memoryBody) Close() error {
	b.stop()
	_ = b.pipe.Close()
	b.cancel()
	return b.handler.Wait()
}
