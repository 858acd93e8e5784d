package admin

import (
	"postil/comments"
	"postil/static"
)

// drawing is markup that package static has made.
type drawing string

func (d drawing) XHTML() string { return string(d) }

// identicon draws a badge, by which eyes know it sooner than by its letters.
func identicon(b comments.Badge) static.Markup { return drawing(static.Identicon(b.String())) }
