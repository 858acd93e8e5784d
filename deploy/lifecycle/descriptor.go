package lifecycle

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// connFrom makes a connection of a file, which it closes.
func connFrom(f *os.File) (*net.TCPConn, error) {
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%s is a %s connection, not TCP", f.Name(), c.LocalAddr().Network()), c.Close())
	}
	return tcp, nil
}

// listenerFrom makes a listening socket of a file, which it closes.
func listenerFrom(f *os.File) (*net.TCPListener, error) {
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%s listens on %s, not on TCP", f.Name(), l.Addr().Network()), l.Close())
	}
	return tcp, nil
}

// pending reports whether bytes wait to be read, without reading them.
func pending(c syscall.Conn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	_ = raw.Control(func(fd uintptr) { // fails on a closed connection, which has none
		n, _, _ = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return n > 0
}

// send writes one message with descriptors to a connected unix socket. The
// kernel gives the receiver copies; ours stay ours. (net's WriteMsgUnix
// refuses connected datagram sockets.)
func send(to *net.UnixConn, message []byte, files ...syscall.Conn) error {
	raw, err := to.SyscallConn()
	if err != nil {
		return err
	}
	return withDescriptors(files, nil, func(fds []int) error {
		var rights []byte
		if len(fds) > 0 {
			rights = syscall.UnixRights(fds...)
		}
		var failed error
		err := raw.Write(func(fd uintptr) bool {
			_, failed = syscall.SendmsgN(int(fd), message, rights, nil, 0)
			return !errors.Is(failed, syscall.EAGAIN)
		})
		return errors.Join(err, failed)
	})
}

// withDescriptors calls do while none of the files can be closed.
func withDescriptors(files []syscall.Conn, fds []int, do func(fds []int) error) error {
	if len(files) == 0 {
		return do(fds)
	}
	raw, err := files[0].SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = withDescriptors(files[1:], append(fds, int(fd)), do) })
	return errors.Join(err, failed)
}

// maxDescriptors is how many the kernel passes in one message (SCM_MAX_FD).
const maxDescriptors = 253

// maxMessage is the longest message between two processes, in bytes.
const maxMessage = 64 << 10

// receive reads one message and its descriptors.
func receive(from *net.UnixConn) (message []byte, files []*os.File, err error) {
	buf, oob := make([]byte, maxMessage), make([]byte, syscall.CmsgSpace(4*maxDescriptors))
	n, oobn, _, _, err := from.ReadMsgUnix(buf, oob)
	if err != nil {
		return nil, nil, err
	}
	controls, err := syscall.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		return nil, nil, err
	}
	for _, control := range controls {
		fds, err := syscall.ParseUnixRights(&control)
		if err != nil {
			return nil, nil, err
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return buf[:n], files, nil
}
