package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"postil/comments"
	"postil/comments/admin"
)

type adminCmd struct {
	Password adminPasswordCmd `cmd:"" help:"Add a moderator, or give one another password."`
	Set      adminSetCmd      `cmd:"" help:"Change what a moderator may do, or how mail comes."`
	List     adminListCmd     `cmd:"" help:"List the moderators."`
	Feed     adminFeedCmd     `cmd:"" help:"Print the address of a moderator's private feed of comments that wait."`
	Revoke   adminRevokeCmd   `cmd:"" help:"Make all links and feed addresses that a moderator was sent worthless."`
	Remove   adminRemoveCmd   `cmd:"" help:"Remove a moderator; what was decided stays."`
}

// moderatorFlags say what a moderator may do; a nil one stays as it is.
type moderatorFlags struct {
	Role  *string  `help:"admin (everything, on every site) or moderator (decides about comments of some sites). Empty for a new one: moderator with --site, else admin." placeholder:"ROLE" noenv:""`
	Site  []string `help:"Sites that a moderator decides about. Repeat it for more; replaces the list." placeholder:"HOST" noenv:""`
	Email *string  `help:"Address for mail about comments that wait; kept sealed. --email= removes it." placeholder:"ADDRESS" noenv:""`
	Mail  *string  `help:"Which mail: off, each (one for each comment that waits) or digest (one an hour at most). Empty with a new --email: each." placeholder:"MODE" noenv:""`
}

// apply changes m; its sites must be known.
func (f *moderatorFlags) apply(ctx context.Context, store comments.Store, keys comments.Keyring, m *comments.Moderator) error {
	if err := f.setSites(ctx, store, m); err != nil {
		return err
	}
	if err := f.setAddress(keys, m); err != nil {
		return err
	}
	assign(&m.Role, f.Role, func(r string) comments.Role { return comments.Role(r) })
	assign(&m.Mail, f.Mail, func(r string) comments.MailMode { return comments.MailMode(r) })
	if m.Role == "" {
		m.Role = comments.RoleAdmin
	}
	if err := m.Validate(); err != nil {
		return usageError{err}
	}
	switch {
	case m.Role == comments.RoleAdmin && f.Site != nil:
		return usageError{errors.New("--site: an admin decides about every site; add --role moderator, or leave it out")}
	case m.Role == comments.RoleModerator && len(m.Sites) == 0:
		return usageError{errors.New("--site: is missing; a moderator decides about some sites: name them")}
	case m.Role == comments.RoleAdmin:
		m.Sites = nil
	}
	return nil
}

func (f *moderatorFlags) setSites(ctx context.Context, store comments.Store, m *comments.Moderator) error {
	if f.Site == nil {
		return nil
	}
	m.Sites = nil
	for _, host := range f.Site {
		site, err := findSite(ctx, store, host)
		if err != nil {
			return fmt.Errorf("--site: %w", err)
		}
		if !slices.Contains(m.Sites, site.Host) {
			m.Sites = append(m.Sites, site.Host)
		}
	}
	if m.Role == "" && f.Role == nil {
		m.Role = comments.RoleModerator
	}
	return nil
}

func (f *moderatorFlags) setAddress(keys comments.Keyring, m *comments.Moderator) error {
	if f.Email == nil {
		return nil
	}
	if *f.Email == "" {
		m.Address, m.Mail = nil, comments.MailOff
		return nil
	}
	parsed, err := mail.ParseAddress(*f.Email)
	if err != nil || parsed.Address != *f.Email || len(*f.Email) > comments.MaxEmail {
		return usageError{errors.New("--email: is not an address; write it as name@mail.example")}
	}
	if m.Address == nil {
		m.Mail = comments.MailEach
	}
	m.Address, err = keys.Seal(comments.SealModerator, *f.Email)
	return err
}

type adminPasswordCmd struct {
	Name string `arg:"" help:"Name to log in with: lower-case letters, digits, dots, hyphens."`
	moderatorFlags
}

// Help says where the password is read.
func (adminPasswordCmd) Help() string {
	return `The password is asked for twice on a terminal, and is otherwise the first line of the standard input; it needs 12 characters. Only its argon2id hash is stored. The pages are at /admin/ of the service, by TLS. "postil admin set" changes the rest without the password.`
}

func (c *adminPasswordCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return editModerator(ctx, std, flags, c.Name, true, func(store comments.Store, keys comments.Keyring, m *comments.Moderator) (string, error) {
		known := m.Password != ""
		if err := c.apply(ctx, store, keys, m); err != nil {
			return "", err
		}
		password, err := readPassword(ctx, std)
		if err != nil {
			return "", err
		}
		if m.Password, err = admin.HashPassword(password); err != nil || known {
			return m.Name + " has another password.", err
		}
		return fmt.Sprintf("%s can log in at /admin/ of the service, as %s.", m.Name, m.Role), nil
	})
}

type adminSetCmd struct {
	Name string `arg:"" help:"Name of the moderator."`
	moderatorFlags
}

func (c *adminSetCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return editModerator(ctx, std, flags, c.Name, false, func(store comments.Store, keys comments.Keyring, m *comments.Moderator) (string, error) {
		return "Changed " + m.Name + ".", c.apply(ctx, store, keys, m)
	})
}

type adminRevokeCmd struct {
	Name string `arg:"" help:"Name of the moderator."`
}

func (c *adminRevokeCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	return editModerator(ctx, std, flags, c.Name, false, func(_ comments.Store, _ comments.Keyring, m *comments.Moderator) (string, error) {
		m.Serial++
		return fmt.Sprintf("Links in mails to %s and the address of the feed are worthless now; the password stays. The new address: postil admin feed %s --url https://comments.example", m.Name, m.Name), nil
	})
}

// editModerator changes a moderator or, if new ones are wanted, makes one. It
// prints what edit says once it is stored.
func editModerator(ctx context.Context, std *stdio, flags *storeFlags, name string, orNew bool,
	edit func(comments.Store, comments.Keyring, *comments.Moderator) (string, error)) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	keys, err := flags.keys()
	if err != nil {
		return err
	}
	m, err := findModerator(ctx, store, name)
	if errors.Is(err, errNoModerator) && orNew {
		m, err = newModerator(ctx, store, name, time.Now())
	}
	if err != nil {
		return err
	}
	text, err := edit(store, keys, &m)
	if err != nil {
		return err
	}
	if err := store.PutModerator(ctx, m); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, text)
	return err
}

func newModerator(ctx context.Context, store comments.Store, name string, now time.Time) (comments.Moderator, error) {
	all, err := store.Moderators(ctx)
	if err == nil && len(all) >= comments.MaxModerators {
		err = fmt.Errorf("there are %d moderators; no more are accepted: remove one first", len(all))
	}
	return comments.NewModerator(name, now), err
}

var errNoModerator = errors.New("no such moderator; list them with: postil admin list")

func findModerator(ctx context.Context, store comments.Store, name string) (comments.Moderator, error) {
	all, err := store.Moderators(ctx)
	if err != nil {
		return comments.Moderator{}, err
	}
	for _, m := range all {
		if m.Name == name {
			return m, nil
		}
	}
	return comments.Moderator{}, fmt.Errorf("%s: %w", name, errNoModerator)
}

type adminListCmd struct {
	JSON bool `help:"Print one JSON object a line." name:"json"`
}

func (c *adminListCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	store, err := flags.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	all, err := store.Moderators(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printModeratorsJSON(std, all)
	}
	if len(all) == 0 {
		fmt.Fprintln(std.out, "No moderator yet; add one with: postil admin password NAME")
		return nil
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tPASSWORD\tADDRESS\tMAIL\tSITES")
	for _, m := range all {
		sites := strings.Join(m.Sites, " ")
		if m.Role == comments.RoleAdmin {
			sites = "all"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, m.Role, yesOrNo(m.Password != ""), yesOrNo(m.Address != nil), m.Mail, sites)
	}
	return w.Flush()
}
