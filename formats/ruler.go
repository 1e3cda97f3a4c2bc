package formats

import (
	"fmt"
	"strings"
)

// ruler is ----+---10----+---20 for the columns after from, up to to.
func ruler(from, to int) string {
	var b strings.Builder
	first := from / 10 * 10
	for at := first; at < to; at += 10 {
		n := fmt.Sprint(at + 10)
		b.WriteString("----+" + strings.Repeat("-", max(0, 5-len(n))) + n)
	}
	return b.String()[from-first : to-first]
}
