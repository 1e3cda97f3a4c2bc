package schedule

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A calendar is downloaded from somewhere: none takes long to be refused.
func TestHostileCalendars(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"lists in lists": strings.Repeat("- ", 120_000), "shorter lists in lists": strings.Repeat("- ", 900), "one long mapping": strings.Repeat("a: 1\n", 50_000), "a shorter mapping": strings.Repeat("a: 1\n", 2500),
		"brackets": strings.Repeat("[", 8000), "an alias of itself": "version: 1\nholidays: &h\n  - *h\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan error, 1)
			go func() {
				_, err := ParseCalendar("calendar.yaml", []byte(text))
				done <- err
			}()
			select {
			case err := <-done:
				var e *CalendarError
				if !errors.As(err, &e) {
					t.Error(err)
				}
			case <-time.After(20 * time.Second):
				t.Error("it is read for more than 20 seconds")
			}
		})
	}
}
