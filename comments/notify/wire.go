package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

// wire is the connection of one conversation with a mail server. It ends with
// its context, is closed whatever the library does, and remembers what the
// library does not tell: why it failed, and whether all that was written left.
type wire struct {
	net.Conn
	ctx    context.Context
	secure bool // TLS from the first byte
	config *tls.Config

	unhook func() bool
	err    error // the first of the connection
	cut    bool  // something written did not leave: then the server has no end of the text
}

// dial connects for the library.
func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.Conn, w.unhook = conn, context.AfterFunc(w.ctx, func() { conn.Close() })
	if !w.secure {
		return w, nil
	}
	secure := tls.Client(w, w.config)
	return secure, secure.HandshakeContext(ctx)
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.err = w.first(err)
	return n, err
}

// Write implements net.Conn.
func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.err, w.cut = w.first(err), w.cut || err != nil
	return n, err
}

func (w *wire) first(err error) error {
	if w.err != nil {
		return w.err
	}
	return err
}

// reason says why the conversation could not go on; err is what the library
// makes of it.
func (w *wire) reason(err error) string {
	certificate, unknown := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case unknown:
		err = certificate
	case w.ctx.Err() != nil:
		err = w.ctx.Err()
	case w.err != nil:
		err = w.err
	}
	return "the mail server: " + reason(err)
}

// end closes the connection, if there is one.
func (w *wire) end() {
	if w.Conn != nil {
		w.unhook()
		w.Conn.Close()
	}
}
