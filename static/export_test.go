package static

// Tests outside the package render the pages that those inside do.
var (
	Pages      = pages
	AdminPages = adminPages
)
