package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"postil/comments"
)

// secretSize is the length of a key in secret.key in bytes, before encoding.
const secretSize = 32

// Permissions of secret.key: only its owner reads it.
const (
	secretMode = 0o600
	others     = 0o007
	notOwner   = 0o077
)

// keys reads the secret keys, or makes the first. All that the server signs,
// seals and derives comes from them.
func (f *storeFlags) keys() (comments.Keyring, error) {
	list, err := f.keyList()
	if err != nil {
		return comments.Keyring{}, err
	}
	return comments.NewKeyring(list...)
}

func (f *storeFlags) keyName() string { return filepath.Join(f.Data, "secret.key") }

// keyList returns the keys of secret.key, newest first: one in base64 on each
// line.
func (f *storeFlags) keyList() ([][]byte, error) {
	name := f.keyName()
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(name); err != nil {
			return nil, err
		}
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	if err := closeToOthers(name); err != nil {
		return nil, err
	}
	return parseKeys(name, string(text))
}

func parseKeys(name, text string) (list [][]byte, err error) {
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) < secretSize {
			return nil, fmt.Errorf("%s, line %d: is not a key of %d bytes in base64; restore the file from a backup, or remove it to get a new one: "+
				"addresses for mail are then lost, and signed names look like other people's", name, i+1, secretSize)
		}
		list = append(list, key)
	}
	if list == nil {
		return nil, fmt.Errorf("%s: is empty; restore it from a backup, or remove it to get a new one", name)
	}
	return list, nil
}

// closeToOthers takes away what others may do with a file. Where that cannot
// be done, as with a mounted secret, its group may read it, but nobody else.
func closeToOthers(name string) error {
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm()&notOwner == 0 {
		return err
	}
	if err := os.Chmod(name, secretMode); err != nil && info.Mode().Perm()&others != 0 {
		return fmt.Errorf("%s: everyone on this machine can read it (mode %04o); give it mode %04o: %w", name, info.Mode().Perm(), secretMode, err)
	}
	return nil
}

func newKey() []byte {
	key := make([]byte, secretSize)
	rand.Read(key)
	return key
}

// makeKey writes the first key under another name and links it into place, so
// that of two processes starting at once both use the same key and neither
// ever reads half of one.
func makeKey(name string) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := write(temp, [][]byte{newKey()}); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(name)
}

// writeKeys replaces secret.key, so that after a crash it holds either what it
// held or all that it should. Its caller has the lock, hence the one name.
func writeKeys(name string, list [][]byte) error {
	temp, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, secretMode)
	if err != nil {
		return err
	}
	if err := write(temp, list); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	if err := os.Rename(temp.Name(), name); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return syncFolder(name)
}

// write fills a file with keys, which only its owner can read, and closes it.
func write(file *os.File, list [][]byte) error {
	var text strings.Builder
	for _, key := range list {
		text.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	}
	_, err := file.WriteString(text.String())
	return errors.Join(err, file.Chmod(secretMode), file.Sync(), file.Close())
}

func syncFolder(name string) error {
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// lockKeys keeps other commands from changing secret.key until unlock is
// called; the kernel lets go when the process ends.
func (f *storeFlags) lockKeys() (unlock func(), err error) {
	folder, err := os.Open(f.Data)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: another command is changing its keys; try again when it has ended: %w", f.keyName(), err), folder.Close())
	}
	return func() { folder.Close() }, nil
}
