package lifecycle

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// acceptQueued takes every connection out of a socket's queue without waiting.
// The socket's deadline may be over: net's own Accept would not even look.
func acceptQueued(l *net.TCPListener) (list []*net.TCPConn) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil
	}
	_ = raw.Control(func(fd uintptr) { // fails on a closed socket, which has no queue
		for {
			n, _, err := syscall.Accept4(int(fd), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
			if errors.Is(err, syscall.EINTR) || errors.Is(err, syscall.ECONNABORTED) {
				continue
			}
			if err != nil {
				return
			}
			if c, err := connFrom(os.NewFile(uintptr(n), "queued")); err == nil {
				list = append(list, c)
			}
		}
	})
	return list
}

// dropNew lets the kernel drop the first packet of each new connection, and go
// on with connections that have begun. The client sends it again after a second
// and is refused by then; a connection that waits in a queue when its socket is
// closed is reset instead, with the request that is on it.
func dropNew(l *net.TCPListener) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	const flags, syn, synAndACK = 13, 0x02, 0x12 // of a TCP header (RFC 9293 §3.1)
	program := []syscall.SockFilter{
		{Code: syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS, K: flags},
		{Code: syscall.BPF_ALU | syscall.BPF_AND | syscall.BPF_K, K: synAndACK},
		{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, K: syn, Jt: 0, Jf: 1},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: 1 << 31},
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		//lint:ignore SA1019 the package that replaces it is not the standard library's
		failed = syscall.AttachLsf(int(fd), program)
	})
	return errors.Join(err, failed)
}

// keepNew undoes dropNew: who closed its copy of a socket that others had, too,
// may have left it deaf.
func keepNew(l *net.TCPListener) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		//lint:ignore SA1019 the package that replaces it is not the standard library's
		failed = syscall.DetachLsf(int(fd))
	})
	return errors.Join(err, failed)
}

// peerUser returns the user id of the process at the other end.
func peerUser(c *net.UnixConn) (uid int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var cred *syscall.Ucred
	var failed error
	if err := raw.Control(func(fd uintptr) {
		cred, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil {
		return 0, err
	}
	if failed != nil {
		return 0, failed
	}
	return int(cred.Uid), nil
}

// maxSocketPath is what fits into an address of a unix socket (sun_path), in
// bytes.
const maxSocketPath = 107

// reachable returns a path that fits into a socket's address, and a function
// to call when it has been used. Directories may be of any length, the name in
// the last one not.
func reachable(path string) (string, func(), error) {
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	short := fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path))
	if over := len(short) - maxSocketPath; over > 0 {
		return "", nil, errors.Join(fmt.Errorf("the name %s is too long for a socket, by %d bytes; name another with --control", filepath.Base(path), over), dir.Close())
	}
	return short, func() { dir.Close() }, nil
}
