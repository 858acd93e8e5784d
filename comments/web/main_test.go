package web

import (
	"os"
	"testing"

	"postil/static/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
