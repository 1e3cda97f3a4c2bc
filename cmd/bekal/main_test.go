package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// TestMain makes the test binary be the program too, for the scripts.
func TestMain(m *testing.M) {
	testscript.Main(withoutLeaks{m}, map[string]func(){programInScripts: func() { os.Exit(mainCode()) }})
}

// withoutLeaks fails a run that leaves goroutines behind.
type withoutLeaks struct{ m *testing.M }

func (w withoutLeaks) Run() int {
	code := w.m.Run()
	if err := removeProgram(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}
