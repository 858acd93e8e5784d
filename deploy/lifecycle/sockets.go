package lifecycle

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/coreos/go-systemd/v22/activation"
)

// Beginnings of the names under which descriptors are stored with systemd; the
// socket's name follows. Idle connections are under one, and under the other
// sockets that no .socket unit holds.
const (
	idlePrefix   = "idle-"
	socketPrefix = "socket-"
)

// systemd is where an inheritance comes from that is not a predecessor's.
const systemd = "systemd"

// inheritance is what a process begins with: sockets, and idle connections,
// by the name of their socket.
type inheritance struct {
	from    string // for messages
	sockets map[string]*net.TCPListener
	idle    map[string][]*net.TCPConn
	units   []string // sockets that .socket units hold: they outlive our copy
	stored  []string // names to remove from the store of descriptors
}

func newInheritance(from string) *inheritance {
	return &inheritance{from: from, sockets: map[string]*net.TCPListener{}, idle: map[string][]*net.TCPConn{}}
}

// fromSystemd takes the descriptors that systemd passes (sd_listen_fds(3)) and
// unsets the variables that say so.
func fromSystemd(names []string) (*inheritance, error) {
	in := newInheritance(systemd)
	var errs []error
	for _, f := range activation.Files(true) {
		errs = append(errs, in.take(f, f.Name(), names))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

// take takes one descriptor by its name. Stored connections whose client has
// gone meanwhile are dropped.
func (in *inheritance) take(f *os.File, name string, names []string) error {
	if server, ok := strings.CutPrefix(name, idlePrefix); ok && slices.Contains(names, server) {
		in.remember(name)
		if c, err := connFrom(f); err == nil {
			in.idle[server] = append(in.idle[server], c)
		}
		return nil
	}
	if server, ok := strings.CutPrefix(name, socketPrefix); ok && slices.Contains(names, server) {
		in.remember(name)
		return in.takeSocket(f, server)
	}
	in.units = append(in.units, name)
	if !slices.Contains(names, name) {
		return errors.Join(fmt.Errorf("%s passes a socket named %q; name it %s, with FileDescriptorName= in a .socket unit for each", in.from, name, strings.Join(names, " or ")), f.Close())
	}
	return in.takeSocket(f, name)
}

func (in *inheritance) takeSocket(f *os.File, name string) error {
	l, err := listenerFrom(f)
	if err != nil {
		return fmt.Errorf("socket %s of %s: %w; it must be a ListenStream= with an address and port", name, in.from, err)
	}
	if in.sockets[name] != nil {
		return errors.Join(fmt.Errorf("%s passes two sockets named %q; this program serves one of each", in.from, name), l.Close())
	}
	_ = keepNew(l) // where the kernel cannot, it did not drop any either
	in.sockets[name] = l
	return nil
}

func (in *inheritance) remember(name string) {
	if !slices.Contains(in.stored, name) {
		in.stored = append(in.stored, name)
	}
}

// close closes what was not used.
func (in *inheritance) close() error {
	var errs []error
	for _, l := range in.sockets {
		errs = append(errs, l.Close())
	}
	for _, list := range in.idle {
		for _, c := range list {
			errs = append(errs, c.Close())
		}
	}
	in.sockets, in.idle = map[string]*net.TCPListener{}, map[string][]*net.TCPConn{}
	return errors.Join(errs...)
}

// shared reports whether systemd holds a socket all the time.
func (in *inheritance) shared(name string) bool { return slices.Contains(in.units, name) }

// use takes an inherited socket out, or returns nil. One that a predecessor
// had at another address than is now asked for is not used.
func (in *inheritance) use(name, address string) *net.TCPListener {
	l := in.sockets[name]
	unit := in.from == systemd && in.shared(name)
	if l == nil || !unit && !sameAddress(l.Addr().(*net.TCPAddr), address) {
		return nil
	}
	delete(in.sockets, name)
	return l
}

// sameAddress reports whether a bound address is what an address asks for;
// port 0 asks for any.
func sameAddress(bound *net.TCPAddr, address string) bool {
	want, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return false
	}
	sameHost := want.IP.Equal(bound.IP) || (want.IP == nil || want.IP.IsUnspecified()) && bound.IP.IsUnspecified()
	return sameHost && (want.Port == 0 || want.Port == bound.Port)
}
