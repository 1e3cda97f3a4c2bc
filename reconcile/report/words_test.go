package report

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"bekal/reconcile"
)

func TestEveryWordIsThereInBothLanguages(t *testing.T) {
	id, en := indonesian(), english()
	for lang, w := range map[string]*words{"id": id, "en": en} {
		v := reflect.ValueOf(*w)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			switch f := v.Field(i); f.Kind() {
			case reflect.String:
				if f.String() == "" {
					t.Errorf("%s: no word for %s", lang, name)
				}
			case reflect.Array:
				for j := range f.Len() {
					if f.Index(j).String() == "" {
						t.Errorf("%s: no word for %s %d", lang, name, j)
					}
				}
			}
		}
		for _, k := range reconcile.Kinds() {
			if w.Kinds[k].Name == "" || w.Kinds[k].Meaning == "" {
				t.Errorf("%s: no word for kind %s", lang, k)
			}
		}
		for _, s := range []reconcile.State{reconcile.Open, reconcile.Proposed, reconcile.Resolved, reconcile.Reopened, reconcile.Cleared} {
			if w.States[s] == "" {
				t.Errorf("%s: no word for state %s", lang, s)
			}
		}
		for _, s := range []reconcile.Scope{reconcile.ScopeOverall, reconcile.ScopePeriod, reconcile.ScopeDay, reconcile.ScopeBatch, reconcile.ScopePayable, reconcile.ScopeJournal} {
			if w.Scopes[s] == "" {
				t.Errorf("%s: no word for scope %s", lang, s)
			}
		}
		for _, s := range []string{"recover", "collect", "reconcile", "compose", "deliver", "report", "notify"} {
			if w.Steps[s] == "" {
				t.Errorf("%s: no word for step %s", lang, s)
			}
		}
		for _, s := range []string{"sealed", "staged", "delivered", "acknowledged", "refused", "uncertain", "closed"} {
			if w.BatchStates[s] == "" {
				t.Errorf("%s: no word for batch state %s", lang, s)
			}
		}
	}
	// A format takes the same arguments in both languages.
	a, b := reflect.ValueOf(*id), reflect.ValueOf(*en)
	for i := range a.NumField() {
		if a.Field(i).Kind() == reflect.String && strings.Count(a.Field(i).String(), "%s") != strings.Count(b.Field(i).String(), "%s") {
			t.Errorf("%s takes different arguments: %q, %q", a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	}
}

func TestAWordThatIsNotKnownIsShownAsItIs(t *testing.T) {
	w := indonesian()
	for got, want := range map[string]string{
		w.KindName("odd\x1b"):            `odd\x1b`,
		w.StateName("strange"):           "strange",
		w.ScopeName("year"):              "year",
		w.BatchState("on its way"):       "on its way",
		w.DayOf("2026-11-23"):            "23 November 2026",
		w.DayOf("2026-05-01"):            "1 Mei 2026",
		w.DayOf("soon\n"):                `soon\n`,
		w.DayOf(""):                      "-",
		w.shortDayOf("2026-08-17"):       "17 Agu 2026",
		w.Moment(time.Time{}):            "-",
		Options{Lang: "fr"}.words().Lang: "id",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	night := time.Date(2026, time.December, 1, 2, 5, 0, 0, time.FixedZone("WIT", 9*3600))
	if got := w.Moment(night); got != "1 Desember 2026, 02.05 WIT" {
		t.Error(got)
	}
	if got := english().Moment(night); got != "1 December 2026, 02:05 WIT" {
		t.Error(got)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1.000", 1234567: "1.234.567", -1000: "-1.000", -12: "-12"} {
		if got := number(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "",
		"WARGA CONTOH 017": "WARGA CONTOH 017",
		"Jalan é 中":        "Jalan é 中",
		"a\tb\r\n":         `a\tb\r\n`,
		"\x1b[2J":          `\x1b[2J`,
		"\x7f":             `\x7f`,
		"\u009b31m":        `\u009b31m`,
		"\xff\x80":         `\xff\x80`,
		"\u202egnp.exe":    `\u202egnp.exe`,
		"zero\u200bwidth":  `zero\u200bwidth`,
		"\U000e0041":       `\U000e0041`,
		"a\u2028b":         `a\u2028b`,
	} {
		if got := visible(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"ééé", 3, "ééé"}, {"éééé", 3, "éé…"}, {"abc", 0, "…"}} {
		if got := cut(c.s, c.n); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
}
