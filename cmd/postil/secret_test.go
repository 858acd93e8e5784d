package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"postil/comments"
)

func TestFirstKeyIsTheSameForAllWhoStartAtOnce(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	var lists [16][][]byte
	var wg sync.WaitGroup
	for i := range lists {
		wg.Go(func() {
			var err error
			if lists[i], err = flags.keyList(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, list := range lists {
		if len(list) != 1 || !bytes.Equal(list[0], lists[0][0]) {
			t.Fatal("two processes have different keys")
		}
	}
	left, err := os.ReadDir(flags.Data)
	if err != nil || len(left) != 1 {
		t.Errorf("beside secret.key are left: %v %v", left, err)
	}
	if mode := modeOf(t, flags.keyName()); mode != secretMode {
		t.Errorf("secret.key has mode %04o", mode)
	}
}

func TestKeyFileIsClosedToOthers(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	line := base64.StdEncoding.EncodeToString(make([]byte, secretSize)) + "\n"
	if err := os.WriteFile(flags.keyName(), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(flags.keyName(), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := flags.keyList()
	if err != nil || len(list) != 1 {
		t.Fatalf("%d keys, %v", len(list), err)
	}
	if mode := modeOf(t, flags.keyName()); mode != secretMode {
		t.Errorf("secret.key still has mode %04o", mode)
	}
}

func modeOf(t *testing.T, name string) os.FileMode {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestKeysAreReadNewestFirst(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	newest, oldest := newKey(), newKey()
	if err := writeKeys(flags.keyName(), [][]byte{newest, oldest}); err != nil {
		t.Fatal(err)
	}
	keys, err := flags.keys()
	if err != nil {
		t.Fatal(err)
	}
	first, err := comments.NewKeyring(newest)
	if err != nil {
		t.Fatal(err)
	}
	last, err := comments.NewKeyring(oldest)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(keys.Sign("a purpose"), first.Sign("a purpose")) {
		t.Error("the first line does not sign")
	}
	if !bytes.Equal(keys.Lasting("a purpose"), last.Sign("a purpose")) {
		t.Error("the last line is not what lasts")
	}
}

// TestDamagedKeyFileStopsTheServer: going on with another key would lose
// addresses and badges.
func TestDamagedKeyFileStopsTheServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "secret.key"), []byte("half\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := runProgram(t, "", "serve", "--data", data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(out, "secret.key, line 1: is not a key") {
		t.Errorf("%v\n%s", err, out)
	}
}
