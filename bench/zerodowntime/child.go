package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// How long processes may take to begin and to end.
const (
	beginWithin = 30 * time.Second
	endWithin   = 90 * time.Second
)

// child is a process that the load process starts. Its end is noticed by the
// runtime's poller: a thread that sleeps in wait4 takes a processor away from
// the clients for some milliseconds, which looks like lost requests.
type child struct {
	cmd *exec.Cmd
	pid *os.File // polled
}

// launch starts a program whose output goes to a file.
func launch(log string, cmd *exec.Cmd) (*child, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd.Stderr = out
	if cmd.Stdout == nil {
		cmd.Stdout = out
	}
	pidfd := -1
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.PidFD, cmd.SysProcAttr.Pdeathsig = &pidfd, syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if pidfd < 0 {
		return nil, errors.Join(errors.New("this kernel has no pidfd; Linux 5.4 is needed"), cmd.Process.Kill(), cmd.Wait())
	}
	if err := syscall.SetNonblock(pidfd, true); err != nil {
		return nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	return &child{cmd, os.NewFile(uintptr(pidfd), "pidfd")}, nil
}

// serve starts a postil that greets, and returns where it serves and where its
// operations are.
func serve(log string, cmd *exec.Cmd) (c *child, base, ops string, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, "", "", err
	}
	cmd.Stdout = w
	c, err = launch(log, cmd)
	w.Close()
	if err != nil {
		r.Close()
		return nil, "", "", err
	}
	r.SetReadDeadline(time.Now().Add(beginWithin))
	lines := bufio.NewScanner(r)
	for ops == "" && lines.Scan() {
		if name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), " "); ok && name == "Serving" {
			base = strings.Replace(strings.TrimPrefix(strings.TrimSpace(value), "http://"), "localhost", "127.0.0.1", 1)
		} else if ok && name == "Operations" {
			ops = strings.TrimSuffix(strings.TrimSpace(value), "/metrics")
		}
	}
	if ops == "" {
		text, _ := os.ReadFile(log)
		return nil, "", "", errors.Join(fmt.Errorf("%s did not start: %v\n%s", cmd.Path, lines.Err(), text), c.kill())
	}
	r.SetReadDeadline(time.Time{})
	go func() {
		io.Copy(io.Discard, r)
		r.Close()
	}()
	return c, base, ops, nil
}

// wait returns when the process has ended, with an error if not in order.
func (c *child) wait() error {
	defer c.pid.Close()
	c.pid.SetReadDeadline(time.Now().Add(endWithin))
	raw, err := c.pid.SyscallConn()
	if err != nil {
		return err
	}
	err = raw.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
	if err != nil {
		return errors.Join(fmt.Errorf("%s has not ended within %v: %w", c.cmd.Path, endWithin, err), c.cmd.Process.Kill())
	}
	return c.cmd.Wait() // it has ended: this takes no time
}

// stop ends the process as a service manager does.
func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return c.wait()
}

// kill ends a process that is of no use any more.
func (c *child) kill() error {
	err := c.cmd.Process.Kill()
	c.wait()
	return err
}
