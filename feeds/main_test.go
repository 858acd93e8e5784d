package feeds

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
)

// checks is how many random cases each property is tried on, unless
// -rapid.checks says otherwise.
const checks = "20"

// TestMain plays the second process of TestASecondProcessIsRefusedAndTold when
// it is asked to.
func TestMain(m *testing.M) {
	if dir := os.Getenv("POSTIL_TEST_LOCK"); dir != "" {
		openSecond(dir)
		return
	}
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err) // the flag has another name now
		}
	}
	os.Exit(m.Run())
}

func openSecond(path string) {
	d, err := OpenDir(path)
	if err != nil {
		fmt.Println(errors.Is(err, ErrLocked), err)
		return
	}
	fmt.Println("opened")
	_ = d.Close()
}
