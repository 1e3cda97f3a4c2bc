package schedule

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// holdLock names the lock that a child process of the tests takes and keeps
// until it is killed.
const holdLock = "BEKAL_TEST_HOLD_LOCK"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdLock); path != "" {
		if _, err := Acquire(path, "a night that will be killed"); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		time.Sleep(time.Hour)
	}
	goleak.VerifyTestMain(m)
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, loc *time.Location, s string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// calendar2026 has two days off, in the week of Monday 17 August.
const calendar2026 = `version: 1
name: Contoh
years: [2026]
holidays:
  - { date: 2026-08-17, name: Proklamasi Kemerdekaan }
collective_leave:
  - { date: 2026-08-18, name: Cuti bersama }
`

func calendar(t testing.TB) *Calendar {
	t.Helper()
	c, err := ParseCalendar("contoh.yaml", []byte(calendar2026))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
