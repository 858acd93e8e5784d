//go:build !linux

package lifecycle

import (
	"net"
	"os"
)

// acceptQueued takes nothing here: who waits in the queue is refused.
func acceptQueued(*net.TCPListener) []*net.TCPConn { return nil }

// dropNew does nothing here.
func dropNew(*net.TCPListener) error { return nil }

// keepNew has nothing to undo here.
func keepNew(*net.TCPListener) error { return nil }

// peerUser trusts the socket's mode, 0600, where the kernel does not tell.
func peerUser(*net.UnixConn) (int, error) { return os.Geteuid(), nil }

// reachable returns the path as it is.
func reachable(path string) (string, func(), error) { return path, func() {}, nil }
