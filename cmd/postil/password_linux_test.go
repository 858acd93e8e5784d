package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal returns both ends of a pseudo-terminal (pty(7)).
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, slave *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// TestPasswordIsNotShownWhileItIsTyped types like a person: after the prompt.
func TestPasswordIsNotShownWhileItIsTyped(t *testing.T) {
	t.Parallel()
	master, slave := terminal(t)
	out := &syncBuffer{}
	cmd := command(t, "admin", "password", "ann", "--data", t.TempDir())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, prompt := range []string{"Password: ", "The same again: "} {
		eventually(t, "it asks: "+prompt, func() bool { return strings.HasSuffix(out.String(), prompt) && !echoes(t, slave) })
		fmt.Fprint(master, password+"\n")
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !echoes(t, slave) {
		t.Error("the terminal stays silent afterwards")
	}
	shown := make([]byte, 1024)
	fmt.Fprint(slave, "end")
	n, err := master.Read(shown)
	if err != nil || strings.Contains(string(shown[:n]), "horse") || !strings.Contains(string(shown[:n]), "end") {
		t.Errorf("the terminal shows %q, %v", shown[:n], err)
	}
}

// TestInterruptedPromptGivesTheTerminalBack ends the command as ^C does.
func TestInterruptedPromptGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	_, slave := terminal(t)
	out := &syncBuffer{}
	cmd := command(t, "admin", "password", "ann", "--data", t.TempDir())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it asks", func() bool { return strings.HasSuffix(out.String(), "Password: ") && !echoes(t, slave) })
	cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err == nil {
		t.Error("an interrupted command says that it has succeeded")
	}
	if !echoes(t, slave) {
		t.Error("the terminal does not show what is typed any more")
	}
}
