package static

import (
	"embed"
	"io"
	"path"
	"sync"
)

// adminDist holds what package build makes for the moderators' pages.
//
//go:embed dist/admin.* admin/icon.svg
var adminDist embed.FS

// AdminAssets returns the script, the style sheet and the icon of the
// moderators' pages, each under an address that changes with its bytes. The
// moderators' pages serve them: no other page and no published file uses them.
func AdminAssets() []Asset { return adminAssets() }

var adminAssets = sync.OnceValue(func() []Asset {
	return []Asset{
		adminAsset("dist/admin.js", "text/javascript; charset=utf-8"),
		adminAsset("dist/admin.css", "text/css; charset=utf-8"),
		adminAsset("admin/icon.svg", "image/svg+xml"),
	}
})

func adminAsset(name, mediaType string) Asset {
	read := func(suffix string) []byte {
		body, err := adminDist.ReadFile(name + suffix)
		if err != nil {
			panic(err) // embedded above
		}
		return body
	}
	file := newFile(read(""), mediaType, builtAt())
	file.Forever = true
	if path.Dir(name) == "dist" {
		file.Gzip, file.Brotli = read(".gz"), read(".br")
	}
	address := "/admin" + hashedPath(path.Base(name), file.Body)
	return Asset{Name: path.Base(name), Path: address, Integrity: integrity(file.Body), File: file}
}

// AdminAsset returns the asset of that name.
func AdminAsset(name string) Asset {
	for _, a := range AdminAssets() {
		if a.Name == name {
			return a
		}
	}
	return Asset{}
}

// RenderAdminList writes the queue, or all comments that a search finds.
func RenderAdminList(w io.Writer, p AdminListPage) error { return render(w, "admin-list.html", p) }

// RenderAdminComment writes all that there is to know about one comment.
func RenderAdminComment(w io.Writer, p AdminCommentPage) error {
	return render(w, "admin-comment.html", p)
}

// RenderAdminThread writes the comments of one page.
func RenderAdminThread(w io.Writer, p AdminThreadPage) error {
	return render(w, "admin-thread.html", p)
}

// RenderAdminConfirm asks before something is done that cannot be undone.
func RenderAdminConfirm(w io.Writer, p AdminConfirmPage) error {
	return render(w, "admin-confirm.html", p)
}

// RenderAdminPerson writes the form that finds what one person has written.
func RenderAdminPerson(w io.Writer, p AdminPersonPage) error {
	return render(w, "admin-person.html", p)
}

// RenderAdminNumbers writes what came in, as charts and tables.
func RenderAdminNumbers(w io.Writer, p AdminNumbersPage) error {
	return render(w, "admin-numbers.html", p)
}

// RenderAdminLog writes who decided what.
func RenderAdminLog(w io.Writer, p AdminLogPage) error { return render(w, "admin-log.html", p) }

// RenderAdminSites writes the list of sites.
func RenderAdminSites(w io.Writer, p AdminSitesPage) error { return render(w, "admin-sites.html", p) }

// RenderAdminForm writes a form of settings: of a site, a moderator, or the
// moderator's own.
func RenderAdminForm(w io.Writer, p AdminFormPage) error { return render(w, "admin-form.html", p) }

// RenderAdminOutbox writes what waits to be sent, and what could not be.
func RenderAdminOutbox(w io.Writer, p AdminOutboxPage) error {
	return render(w, "admin-outbox.html", p)
}

// RenderAdminModerators writes the list of moderators.
func RenderAdminModerators(w io.Writer, p AdminModeratorsPage) error {
	return render(w, "admin-moderators.html", p)
}

// RenderAdminLink writes the page of a link at which a moderator can act on
// one comment.
func RenderAdminLink(w io.Writer, p AdminLinkPage) error { return render(w, "admin-link.html", p) }

// RenderAdminProblem writes what went wrong, to a moderator.
func RenderAdminProblem(w io.Writer, p AdminProblemPage) error {
	return render(w, "admin-problem.html", p)
}
