package audit_test

import (
	"testing"

	"bekal/gateway/banksim"
)

// TestFoundByTheAuditor are the faults of the books that the auditor found when
// it first looked: the books and the auditor agree on each by now.
func TestFoundByTheAuditor(t *testing.T) {
	for name, says := range map[string]func(ref string, d []order) []map[string][]byte{
		// The whole file could not be posted, that night or any other.
		"pending twice in a file": func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{ref + "-01.STL": stl(ref, d[0].pending(), d[0].pending(), d[1].paid())}}
		},
		// The line was taken for answered by the line before it.
		"unreadable behind an answer": func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{ref + "-01.STL": over(stl(ref, d[0].paid(), d[0].paid()), 3, 70, "X")}}
		},
		// One line brought back two sums, and the wage was owed again though it
		// had arrived: it would have been paid twice.
		"astray, settled, and returned": func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{ref + "-01.STL": stl(ref, d[0].paid().to("999000000000555"), d[0].paid())}, {"RET1.STL": stl("", d[0].returned().to("999000000000555"))},
				{"RET2.STL": stl("", d[0].returned().to("999000000000555"), d[0].returned())}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, banksim.Faults{})
			o.wages(6)
			o.night("ran")
			ref, orders := o.sent(1)
			for _, files := range says(ref, orders) {
				o.tomorrow()
				o.at(9, 0)
				for name, data := range files {
					o.put(name, data)
				}
				o.night("ran")
			}
		})
	}
}
