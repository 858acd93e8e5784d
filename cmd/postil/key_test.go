package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

// TestOnlyOneCommandChangesKeys: of two that each put a new key before the
// same former one, the second would overwrite the first's, under which
// addresses are sealed by then.
func TestOnlyOneCommandChangesKeys(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	unlock, err := flags.lockKeys()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := runProgram(t, "", "key", "rotate", "--data", flags.Data); err == nil || !strings.Contains(out, "another command is changing its keys") {
		t.Errorf("%v\n%s", err, out)
	}
	unlock()
	if out, err := runProgram(t, "", "key", "rotate", "--data", flags.Data); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestKilledRotationLosesNoAddress kills the command at any moment.
func TestKilledRotationLosesNoAddress(t *testing.T) {
	t.Parallel()
	const rounds, addresses = 30, 20
	flags := &storeFlags{Data: t.TempDir()}
	if out, err := runProgram(t, "", "site", "add", "https://blog.example", "--data", flags.Data); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seal(t, flags, addresses)
	whole := timed(t, flags)
	for range rounds {
		cmd := command(t, "key", "rotate", "--data", flags.Data)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(rand.N(whole), func() { cmd.Process.Kill() })
		cmd.Wait()
		kill.Stop()
		if got := opened(t, flags); got != addresses {
			t.Fatalf("%d of %d addresses open", got, addresses)
		}
	}
	if left, err := filepath.Glob(filepath.Join(flags.Data, ".secret-*")); err != nil || left != nil {
		t.Errorf("keys are left lying about: %v %v", left, err)
	}
	list, err := flags.keyList()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d rotations got as far as the file", len(list)-2, rounds)
}

// timed returns how long a rotation takes that is not killed.
func timed(t *testing.T, flags *storeFlags) time.Duration {
	t.Helper()
	start := time.Now()
	if out, err := runProgram(t, "", "key", "rotate", "--data", flags.Data); err != nil || !strings.Contains(out, "addresses are sealed") {
		t.Fatalf("%v\n%s", err, out)
	}
	return time.Since(start)
}

// seal stores moderators with sealed addresses.
func seal(t *testing.T, flags *storeFlags, n int) {
	t.Helper()
	store, keys := openStore(t, flags)
	defer store.Close()
	for i := range n {
		m := comments.Moderator{Name: fmt.Sprintf("mod-%d", i), Role: comments.RoleAdmin, Mail: comments.MailOff, Created: time.Now()}
		var err error
		if m.Address, err = keys.Seal(comments.SealModerator, m.Name+"@mail.example"); err != nil {
			t.Fatal(err)
		}
		if err := store.PutModerator(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

// opened counts the addresses that the keys in the file open.
func opened(t *testing.T, flags *storeFlags) (n int) {
	t.Helper()
	store, keys := openStore(t, flags)
	defer store.Close()
	all, err := store.Moderators(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if address, err := keys.Open(comments.SealModerator, m.Address); err == nil && address == m.Name+"@mail.example" {
			n++
		}
	}
	return n
}

// TestRunningServerIsNotCutOffFromAddresses: one that does not know the new
// key yet must be able to open what is stored.
func TestRunningServerIsNotCutOffFromAddresses(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	p := serveProgram(t, "--data", flags.Data, "--site", "https://blog.example")
	former, err := flags.keys()
	if err != nil {
		t.Fatal(err)
	}
	seal(t, flags, 1)
	out, err := runProgram(t, "", "key", "rotate", "--data", flags.Data)
	if err != nil || !strings.Contains(out, "restart every one, or send it SIGHUP, with this file, then run: postil key reseal") {
		t.Fatalf("%v\n%s", err, out)
	}
	if address := onlyAddress(t, flags); !former.Current(comments.SealModerator, address) {
		t.Error("the address was sealed with a key that the running server does not know")
	}
	if code := p.stop(t); code != 0 {
		t.Fatalf("serve ended with %d", code)
	}
	serveProgram(t, "--data", flags.Data)
	if out, err := runProgram(t, "", "key", "reseal", "--data", flags.Data); err != nil || !strings.Contains(out, "1 address is sealed") {
		t.Fatalf("%v\n%s", err, out)
	}
	if address := onlyAddress(t, flags); former.Current(comments.SealModerator, address) {
		t.Error("the address is still sealed with the former key")
	}
	if opened(t, flags) != 1 {
		t.Error("the address does not open any more")
	}
}

func onlyAddress(t *testing.T, flags *storeFlags) []byte {
	t.Helper()
	store, _ := openStore(t, flags)
	defer store.Close()
	all, err := store.Moderators(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d moderators, %v", len(all), err)
	}
	return all[0].Address
}
