package intake

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// taken is what a ledger may answer: this account belongs to someone else.
type taken struct{ column string }

func (t taken) Error() string  { return "the account is another beneficiary's since March" }
func (t taken) Column() string { return t.column }
func (t taken) Hint() string   { return "ask the section that keeps the roster" }

func rosterOfText(t *testing.T, text string, sink func(RosterLine) error) (Read, error) {
	t.Helper()
	o := Options{}.withDefaults("roster.csv")
	src, read := openText(t, strings.NewReader(text), o)
	return readRoster(src, read, o, sink)
}

const threePeople = "id wbp,no reg,nama,rekening\nW1,,CONTOH SATU,000101000000011\nW2,,CONTOH DUA,000101000000022\nW3,,CONTOH TIGA,000101000000033\n"

func TestSinkRowError(t *testing.T) {
	for column, want := range map[string]string{
		"account": `roster.csv row 3, column rekening: "000101000000022": the account is another beneficiary's since March`,
		"":        `roster.csv row 3: the account is another beneficiary's since March`,
		"bank":    `roster.csv row 3, column bank: the account is another beneficiary's since March`,
	} {
		calls := 0
		read, err := rosterOfText(t, threePeople, func(l RosterLine) error {
			if calls++; l.Line == 3 {
				return fmt.Errorf("%w", taken{column})
			}
			return nil
		})
		var all *Errors
		if !errors.As(err, &all) || err.Error() != want || calls != 3 || all.Hint() != "ask the section that keeps the roster" || !errors.Is(err, taken{column}) {
			t.Errorf("%d calls, %v", calls, err)
		}
		if read.Content != [32]byte{} || read.Count != 3 {
			t.Errorf("read %+v", read)
		}
	}
}

func TestSinkFatalError(t *testing.T) {
	full := errors.New("disk full")
	calls := 0
	_, err := rosterOfText(t, threePeople, func(l RosterLine) error {
		if calls++; l.Line == 3 {
			return full
		}
		return nil
	})
	var all *Errors
	if !errors.Is(err, full) || errors.As(err, &all) || calls != 2 || err.Error() != "roster.csv row 3: disk full" {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// An error that reaches a log by mistake tells its place and nobody's account.
func TestErrorsAreSafeToLog(t *testing.T) {
	_, err := rosterOfText(t, "id wbp,no reg,nama,rekening\nW1,,CONTOH SATU,99999\n", func(RosterLine) error { return nil })
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Error("import", "all", all, "one", all.List[0])
	if strings.Contains(out.String(), "99999") || !strings.Contains(out.String(), "roster.csv row 2, column rekening") {
		t.Error(out.String())
	}
}

func TestNamesOfColumns(t *testing.T) {
	for name, want := range map[string]column{
		"beneficiary_id": colID, "Beneficiary ID": colID, "ID WBP": colID, "Id Warga-Binaan": colID, "NOMOR INDUK": colID,
		"register_number": colRegister, "No. Register": colRegister, "Nomor Registrasi": colRegister, "no reg": colRegister,
		"name": colName, "NAMA": colName, "nama_wbp": colName, "Nama Lengkap": colName,
		"account": colAccount, "Rekening": colAccount, "No. Rekening": colAccount, "NOMOR REKENING": colAccount, "norek": colAccount,
		"amount": colAmount, "Jumlah": colAmount, "nominal": colAmount, "Premi": colAmount, "Upah": colAmount, "jumlah premi": colAmount, "Besaran (Rp)": colAmount, "BESARAN (Rp.)": colAmount,
		"remark": colRemark, "Keterangan": colRemark, "catatan": colRemark, "Berita": colRemark,
	} {
		if got, ok := columnOf(name); !ok || got != want {
			t.Errorf("columnOf(%q) = %v, %v; want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "no", "blok", "tanggal", "nama bank", "---"} {
		if got, ok := columnOf(name); ok {
			t.Errorf("columnOf(%q) = %v", name, got)
		}
	}
}
