package main

import (
	"context"
	"errors"
	"fmt"

	"postil/comments"
	"postil/feeds"
)

type keyCmd struct {
	Rotate keyRotateCmd `cmd:"" help:"Make a new secret key; what was made with the former ones stays valid."`
	Reseal keyResealCmd `cmd:"" help:"Seal all e-mail addresses with the newest key, once every server knows it."`
	Forget keyForgetCmd `cmd:"" help:"Drop former secret keys. Shows what that ends unless --yes is given."`
}

type keyRotateCmd struct{}

// Help teaches what the command's one line cannot.
func (keyRotateCmd) Help() string {
	return `Rotate when somebody may have seen secret.key, or once a year. The new key becomes the first line of the file and signs and seals from then on; the former ones still open what they made. The order is such that nothing is lost whenever the command is cut short: first the file, with old and new keys, then the addresses.

A running server does not notice: send it SIGHUP (systemctl reload postil), or restart it. Where several serve one database, give each the new file and do so with all, then seal the addresses again: postil key reseal. Without a server beside it on one SQLite file this command does that at once. Secrets of webhooks are others after it: give each receiver the new one that "postil site webhook-secret" prints; until the oldest key is dropped, calls are signed with that as well. When links in mails sent before have lost their worth to you, drop the former keys: postil key forget.`
}

// Run holds the lock throughout: of two new keys each would overwrite the
// other, with addresses already sealed by it.
func (c *keyRotateCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return withKeys(ctx, flags, func(store comments.Store) error {
		former, err := flags.keyList()
		if err != nil {
			return err
		}
		if err := writeKeys(flags.keyName(), append([][]byte{newKey()}, former...)); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s begins with a new key; %s stay valid.\n", flags.keyName(), count(len(former), "former key"))
		if alone, err := flags.alone(); err != nil || !alone {
			fmt.Fprintln(std.out, "A server that runs goes on with the keys it has read: restart every one, or send it SIGHUP, with this file, then run: postil key reseal")
			return err
		}
		return reseal(ctx, std, flags, store)
	})
}

// withKeys opens the store and does something while nobody else changes keys.
func withKeys(ctx context.Context, flags *storeFlags, do func(comments.Store) error) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	unlock, err := flags.lockKeys()
	if err != nil {
		return err
	}
	defer unlock()
	return do(store)
}

// alone reports that no server can be running beside this command. One that
// starts later takes the lock of the output directory before it reads keys.
func (f *storeFlags) alone() (bool, error) {
	if f.Database != "" {
		return false, nil // there may be others, on other machines
	}
	dir, err := feeds.OpenDir(f.publicDir())
	if errors.Is(err, feeds.ErrLocked) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, dir.Close()
}

func reseal(ctx context.Context, std *stdio, flags *storeFlags, store comments.Store) error {
	desk, err := newDesk(flags, store)
	if err != nil {
		return err
	}
	sealed, err := desk.service.Rotate(ctx)
	if errors.Is(err, comments.ErrSealed) {
		return fmt.Errorf("an address is sealed with a key that %s does not hold; put that key back as the file's last line: %w", flags.keyName(), err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s sealed with the newest key.\n", are(sealed, "address"))
	return nil
}

type keyResealCmd struct{}

// Help says when.
func (keyResealCmd) Help() string {
	return `Run it after "postil key rotate", once every server has been restarted with the new file, or has got SIGHUP: one that does not know the new key could not write to anybody. Running it again does no harm.`
}

// Run can be repeated.
func (c *keyResealCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return withKeys(ctx, flags, func(store comments.Store) error {
		return reseal(ctx, std, flags, store)
	})
}

type keyForgetCmd struct {
	Badges bool `help:"Also drop the oldest key, on which badges and owner keys rest." noenv:""`
	Yes    bool `help:"Really drop them." noenv:""`
}

// Help says what each choice costs.
func (keyForgetCmd) Help() string {
	return `Dropping a key ends all that was signed with it: links in mails to moderators and subscribers, unsubscribing among them, private feeds, and forms that are open in browsers. Links to moderators live for 14 days, so wait that long after "postil key rotate".

The oldest key stays unless --badges is given: badges of signed names and owner keys are made with it, so that they last. As long as it is there, what it signed before it was replaced stays valid too. With --badges every signed name gets another badge: trusted, known and blocked authors become unknown ones, and "postil site owner-key" prints another key. Do that when the oldest key itself was seen by somebody.

Addresses are sealed with the newest key first. Restart every server afterwards, or send it SIGHUP.`
}

// Run drops nothing before all addresses can be opened without it.
func (c *keyForgetCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return withKeys(ctx, flags, func(store comments.Store) error {
		list, err := flags.keyList()
		if err != nil {
			return err
		}
		kept := keptKeys(list, c.Badges)
		gone := count(len(list)-len(kept), "former key")
		if len(kept) == len(list) {
			fmt.Fprintf(std.out, "There is nothing to drop: %s\n", whyKept(len(list)))
			return nil
		}
		if !c.Yes {
			fmt.Fprintf(std.out, "Would drop %s of %d. %s\nNothing is dropped yet; add --yes to do it.\n", gone, len(list), costOf(c.Badges))
			return nil
		}
		if err := reseal(ctx, std, flags, store); err != nil {
			return err
		}
		if err := writeKeys(flags.keyName(), kept); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "Dropped %s. Restart every server, with this file.\n", gone)
		return nil
	})
}

// keptKeys are the newest and, for the badges' sake, the oldest.
func keptKeys(list [][]byte, badges bool) [][]byte {
	if badges || len(list) == 1 {
		return list[:1]
	}
	return [][]byte{list[0], list[len(list)-1]}
}

func whyKept(keys int) string {
	if keys == 1 {
		return "there is one key only."
	}
	return "of two keys the older one signs badges and owner keys; --badges drops it all the same."
}

func costOf(badges bool) string {
	if badges {
		return "Links and forms made with them end, every signed name gets another badge, and owner keys are others."
	}
	return "Links and forms made with them end; badges and owner keys stay, for the oldest key is kept."
}
