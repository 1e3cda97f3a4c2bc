package schedule

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestIsBusinessDay(t *testing.T) {
	c := calendar(t)
	for in, want := range map[string][2]bool{
		"2026-08-14": {true, true},  // Friday
		"2026-08-15": {false, true}, // Saturday
		"2026-08-16": {false, true}, // Sunday
		"2026-08-17": {false, true}, // holiday
		"2026-08-18": {false, true}, // collective leave
		"2026-08-19": {true, true},
		"2027-08-17": {true, false}, // nobody knows yet
		"2027-08-14": {false, true}, // a Saturday is one in any year
		"2025-12-31": {true, false},
	} {
		is, known := c.IsBusinessDay(day(in))
		if is != want[0] || known != want[1] {
			t.Errorf("%s: %v, known %v; want %v", in, is, known, want)
		}
		if err := c.Check(day(in)); (err == nil) != want[1] {
			t.Errorf("%s: Check: %v", in, err)
		}
	}
	if name, ok := c.Holiday(day("2026-08-17")); name != "Proklamasi Kemerdekaan" || !ok {
		t.Errorf("holiday %q, %v", name, ok)
	}
}

// The day is that of the time's own zone: 17:30 UTC is tomorrow in Jakarta.
func TestIsBusinessDayInZone(t *testing.T) {
	c := calendar(t)
	utc := time.Date(2026, 8, 16, 17, 30, 0, 0, time.UTC)
	if name, ok := c.Holiday(utc.In(zone(t, "Asia/Jakarta"))); !ok || name == "" {
		t.Error("00:30 on 17 August in Jakarta is no holiday")
	}
	if _, ok := c.Holiday(utc); ok {
		t.Error("16 August in UTC is a holiday")
	}
}

func TestAddBusinessDays(t *testing.T) {
	c := calendar(t)
	for _, tt := range []struct {
		from  string
		n     int
		want  string
		known bool
	}{
		{"2026-08-13", 1, "2026-08-14", true},
		{"2026-08-14", 1, "2026-08-19", true},
		{"2026-08-14", 2, "2026-08-20", true},
		{"2026-08-15", 0, "2026-08-15", true},
		{"2026-08-15", 1, "2026-08-19", true},
		{"2026-08-19", -1, "2026-08-14", true},
		{"2026-12-31", 1, "2027-01-01", false},
		{"2026-12-31", 3, "2027-01-05", false},
	} {
		got, known := c.AddBusinessDays(day(tt.from), tt.n)
		if got.Format(time.DateOnly) != tt.want || known != tt.known {
			t.Errorf("%s %+d = %s, known %v; want %s, %v", tt.from, tt.n, got.Format(time.DateOnly), known, tt.want, tt.known)
		}
	}
}

func TestUnknownYearNamesTheFileToEdit(t *testing.T) {
	var e *UnknownYearError
	if err := calendar(t).Check(day("2027-03-01")); !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	if got, want := e.Error(), "contoh.yaml: 2027-03-01 is taken for a business day: the calendar lists 2026 only"; got != want {
		t.Errorf("error %q", got)
	}
	if got, want := e.Hint(), "add the holidays of 2027 to contoh.yaml, and 2027 to its years"; got != want {
		t.Errorf("hint %q", got)
	}
	c, err := BuiltInCalendar("calendars/id-2026.yaml", []byte(calendar2026))
	if err != nil {
		t.Fatal(err)
	}
	if !errors.As(c.Check(day("2027-03-01")), &e) || !strings.Contains(e.Hint(), "write a calendar file") || strings.Contains(e.Hint(), "add the") {
		t.Errorf("hint %q", e.Hint())
	}
}

// The calendar that ships: the days of the decree, and each on its weekday.
func TestCalendarOf2026(t *testing.T) {
	c := shippedCalendar(t)
	want := []string{
		"2026-01-01", "2026-01-16", "2026-02-16", "2026-02-17", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-21", "2026-03-22",
		"2026-03-23", "2026-03-24", "2026-04-03", "2026-04-05", "2026-05-01", "2026-05-14", "2026-05-15", "2026-05-27", "2026-05-28",
		"2026-05-31", "2026-06-01", "2026-06-16", "2026-08-17", "2026-08-25", "2026-12-24", "2026-12-25",
	}
	var got []string
	business := 0
	for d := day("2026-01-01"); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
		if _, ok := c.Holiday(d); ok {
			got = append(got, d.Format(time.DateOnly))
		}
		is, known := c.IsBusinessDay(d)
		if !known {
			t.Errorf("%s is not known", d)
		}
		if is {
			business++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("days off (-want +got):\n%s", diff)
	}
	// 261 weekdays, less 25 days off of which 4 fall on a weekend.
	if business != 261-21 {
		t.Errorf("%d business days", business)
	}
	if err := c.Check(day("2027-01-04")); err == nil {
		t.Error("2027 is known")
	}
}

func TestCalendarListings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = ParseCalendar(filepath.Base(file), data)
			var ce *CalendarError
			if !errors.As(err, &ce) || ce.Hint() == "" {
				t.Fatalf("error %T: %v", err, err)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("listing (-want +got):\n%s", diff)
			}
		})
	}
}

// shippedCalendar is the one that comes with the program.
func shippedCalendar(t *testing.T) *Calendar {
	t.Helper()
	const path = "../../configs/calendars/id-2026.yaml"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCalendar(path, data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func FuzzParseCalendar(f *testing.F) {
	f.Add([]byte(calendar2026))
	f.Add([]byte("years: [2026, x]\nholidays: {a: [}"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCalendar("f.yaml", data)
		var ce *CalendarError
		if err != nil && !errors.As(err, &ce) {
			t.Fatalf("an error without a place: %v", err)
		}
		if err == nil && len(c.years) == 0 {
			t.Fatal("a calendar without years")
		}
	})
}
