package main

import (
	"errors"
	"fmt"
	"slices"

	"postil/static"
	"postil/static/csp"
)

type cspCmd struct {
	Service string `help:"Address by which readers reach this service." default:"http://localhost:8080" placeholder:"URL"`
}

// Run prints what a blog pastes: the hashed script with its integrity value,
// which any later release goes on serving, and the two directives it needs.
func (c *cspCmd) Run(std *stdio) error {
	base, err := checkURL(c.Service)
	if err != nil || base == "" {
		return usageError{fmt.Errorf("--service: %w", errors.Join(err, errNoService))}
	}
	assets := static.Assets()
	i := slices.IndexFunc(assets, func(a static.Asset) bool { return a.Name == "postil.js" && a.File.Forever })
	if i < 0 {
		return errors.New("the script is not built in; run: go generate ./static")
	}
	fmt.Fprintf(std.out, `In the page, where the comments belong (write the link by your template):

<script src="%s%s" async crossorigin="anonymous" integrity="%s"></script>
<postil-thread>
  <a href="%s/feeds/HOST/PAGE/thread.html">Comments</a>
</postil-thread>

The script under its stable name follows upgrades by itself, without integrity:

<script src="%s/postil.js" async crossorigin="anonymous"></script>

In the page's head, for feed readers:

<link rel="alternate" type="application/atom+xml" href="%s/feeds/HOST/PAGE/feed.xml">

The least Content-Security-Policy under which it works; merge it with your own:

%s
`, base, assets[i].Path, assets[i].Integrity, base, base, base, csp.Embed(base))
	return nil
}

var errNoService = errors.New("write the address of this service, such as https://comments.example")
