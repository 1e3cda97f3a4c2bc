package formats

import "time"

// The formats of dates and times that name none. They have operations of their
// own.
const (
	formatDate = "yyyyMMdd"
	formatTime = "yyyyMMddHHmmss"
)

// The years that a date may have: anything else is a slip of the pen.
const (
	firstYear = 1900
	lastYear  = 2199
)

// validDate says whether a number is a date written yyyyMMdd.
func validDate(v uint64) bool {
	y, m, d := v/10000, v/100%100, v%100
	if y < firstYear || y > lastYear || m < 1 || m > 12 || d < 1 {
		return false
	}
	return d <= daysIn(y, m)
}

func daysIn(y, m uint64) uint64 {
	switch {
	case m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

func daysInYear(y uint64) uint64 { return 337 + daysIn(y, 2) }

// dayOfYear counts the days of a year from 1.
func dayOfYear(y, m, d uint64) uint64 {
	for month := uint64(1); month < m; month++ {
		d += daysIn(y, month)
	}
	return d
}

// ofYear is the month and day of a day of the year.
func ofYear(y, n uint64) (m, d uint64) {
	for m = 1; m < 12 && n > daysIn(y, m); m++ {
		n -= daysIn(y, m)
	}
	return m, n
}

// validClock says whether a number is a time of day written HHmmss.
func validClock(v uint64) bool {
	return v/10000 < 24 && v/100%100 < 60 && v%100 < 60
}

// clockNumber is the number yyyyMMddHHmmss of a time; ok is false outside the
// years that a date may have.
func clockNumber(t time.Time) (v uint64, ok bool) {
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	if y < firstYear || y > lastYear {
		return 0, false
	}
	date := uint64(y)*10000 + uint64(mo)*100 + uint64(d)
	return date*1e6 + uint64(h)*10000 + uint64(mi)*100 + uint64(s), true
}

// numberTime is the time of a valid date or time number.
func numberTime(v int64, kind Kind, loc *time.Location) time.Time {
	clock := int64(0)
	if kind == KindTime {
		v, clock = v/1e6, v%1e6
	}
	if loc == nil {
		loc = time.UTC
	}
	return time.Date(int(v/10000), time.Month(v/100%100), int(v%100), int(clock/10000), int(clock/100%100), int(clock%100), 0, loc)
}
