package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Request is what a client asks over the control socket.
type Request struct {
	Command string            `json:"command"`
	Args    map[string]string `json:"args,omitempty"`
}

// ArgDuration reads a time from a command's Args, such as 30s; one that is not
// there is otherwise. What is not above zero is an error that names the flag.
func ArgDuration(args map[string]string, name string, otherwise time.Duration) (time.Duration, error) {
	text := args[name]
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("--%s: %q is no time; give one such as 30s or 5m", name, text)
	}
	return d, nil
}

// Reply is what it gets. Several may come; the last has no Event.
type Reply struct {
	OK       bool            `json:"ok"`
	Event    string          `json:"event,omitempty"` // something on the way
	Text     string          `json:"text,omitempty"`  // a sentence, for a person
	Error    string          `json:"error,omitempty"`
	Snapshot *Snapshot       `json:"process,omitempty"`
	Details  json.RawMessage `json:"details,omitempty"` // what the command's program adds
	Names    []string        `json:"names,omitempty"`   // of the descriptors that come along
	Shared   []string        `json:"shared,omitempty"`  // of those, sockets that somebody else has, too
}

// Command answers a request with a sentence and details that become JSON (nil
// for none). Its context ends when the client leaves.
type Command func(ctx context.Context, args map[string]string) (text string, details any, err error)

// network is what the control socket speaks: each message arrives whole, with
// its descriptors.
const network = "unixpacket"

// ErrNobody says that no process listens on a control socket.
var ErrNobody = errors.New("nobody listens")

// errOccupied says that a living process has the control socket.
var errOccupied = errors.New("another process is running")

// control is a bound control socket.
type control struct {
	path     string
	listener *net.UnixListener
	file     fs.FileInfo // the socket itself: a successor's has the same name
}

// bindControl makes the control socket in the place of one whose process is
// gone. The name appears together with a process that answers.
func bindControl(path string, replace bool) (*control, error) {
	if !replace {
		if err := vacant(path); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	temporary := fmt.Sprintf("%s.%d", path, os.Getpid())
	l, err := listenUnix(temporary)
	if err != nil {
		return nil, fmt.Errorf("control socket %s: %w", path, err)
	}
	c := &control{path: path, listener: l}
	if err := errors.Join(os.Chmod(temporary, 0o600), os.Rename(temporary, path)); err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), l.Close(), os.Remove(temporary))
	}
	c.file, err = os.Lstat(path)
	return c, err
}

func listenUnix(path string) (*net.UnixListener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	name, used, err := reachable(path)
	if err != nil {
		return nil, err
	}
	defer used()
	l, err := net.ListenUnix(network, &net.UnixAddr{Name: name, Net: network})
	if err == nil {
		l.SetUnlinkOnClose(false)
	}
	return l, err
}

// vacant returns nil if no living process has the control socket.
func vacant(path string) error {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("control socket: %s is something else; move it away", path)
	}
	c, err := dialControl(path)
	if errors.Is(err, ErrNobody) {
		return nil
	}
	if err != nil {
		return err
	}
	defer c.Close()
	return fmt.Errorf("%w with the control socket %s; stop it, replace it with --takeover, or give this one a directory of its own with --data", errOccupied, path)
}

// dialControl connects to a control socket.
func dialControl(path string) (*net.UnixConn, error) {
	name, used, err := reachable(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: there is no such directory; is --data right?", ErrNobody, path)
	}
	if err != nil {
		return nil, err
	}
	defer used()
	c, err := net.DialUnix(network, nil, &net.UnixAddr{Name: name, Net: network})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w at %s: no process is running with this directory, or --data is another", ErrNobody, path)
	case errors.Is(err, syscall.ECONNREFUSED) && !isSocket(path):
		return nil, fmt.Errorf("%w at %s: it is no socket; is --control right?", ErrNobody, path)
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("%w at %s: its process has ended without removing the socket; the next one that starts replaces it", ErrNobody, path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("control socket %s belongs to another user; run this as the user who runs the server: %w", path, err)
	}
	return c, err
}

func isSocket(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Type() == fs.ModeSocket
}

// close removes the socket, unless a successor's has taken its name.
func (c *control) close() error {
	err := c.listener.Close()
	if now, e := os.Lstat(c.path); e == nil && os.SameFile(now, c.file) {
		err = errors.Join(err, os.Remove(c.path))
	}
	return err
}

// permitted refuses other users' processes; root may do what it wants anyway.
func permitted(c *net.UnixConn) error {
	uid, err := peerUser(c)
	if err != nil {
		return err
	}
	if own := os.Geteuid(); uid != own && uid != 0 {
		return fmt.Errorf("user %d may not control a process of user %d; run this as that user", uid, own)
	}
	return nil
}

// write sends one message.
func write(c *net.UnixConn, m any, files ...syscall.Conn) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return send(c, text, files...)
}

// read reads one message.
func read(c *net.UnixConn, m any) ([]*os.File, error) {
	text, files, err := receive(c)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, m); err != nil {
		return files, fmt.Errorf("control socket: %w in %q", err, text)
	}
	return files, nil
}

// unanswered says why there is no answer.
func unanswered(ctx context.Context, path string, err error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the process at %s has not answered so far: %w", path, err)
	}
	return fmt.Errorf("the process at %s ended before it answered: %w", path, err)
}

// Ask sends a request to the process at a control socket and returns its last
// reply; progress, if not nil, gets those before it. An error of the process
// is returned as an error, beside the reply.
func Ask(ctx context.Context, path string, request Request, progress func(Reply)) (Reply, error) {
	c, err := dialControl(path)
	if err != nil {
		return Reply{}, err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := write(c, request); err != nil {
		return Reply{}, fmt.Errorf("control socket %s: %w", path, err)
	}
	for {
		var reply Reply
		if _, err := read(c, &reply); err != nil {
			return Reply{}, unanswered(ctx, path, err)
		}
		if reply.Error != "" {
			return reply, errors.New(reply.Error)
		}
		if reply.Event == "" {
			return reply, nil
		}
		if progress != nil {
			progress(reply)
		}
	}
}
