package configs

import (
	"embed"
	"fmt"
)

// Calendars holds the calendars that ship inside the program, under calendars/.
//
//go:embed calendars/*.yaml
var Calendars embed.FS

// BuiltInCalendar is the calendar that is used where none is configured.
const BuiltInCalendar = "calendars/id-2026.yaml"

// ReadCalendar returns the calendar of a calendar key of the configuration: its
// name for messages and its bytes. An empty path means the built-in calendar.
func (c *Config) ReadCalendar(path string) (name string, data []byte, builtIn bool, err error) {
	if path == "" {
		data, err = Calendars.ReadFile(BuiltInCalendar)
		return BuiltInCalendar, data, true, err
	}
	name = c.Resolve(path)
	data, err = readBounded(name)
	if err != nil {
		return name, nil, false, fmt.Errorf("calendar: %w", err)
	}
	return name, data, false, nil
}
