package formats_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

var jakarta = time.FixedZone("WIB", 7*3600)

// sample writes a small file of a layout, with invented data.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	p := plan(t, name)
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	when := time.Date(2026, 11, 23, 19, 5, 7, 0, jakarta)
	put := func(record string, values map[string]any) {
		t.Helper()
		w := e.Begin(record)
		for field, v := range values {
			f := p.Field(record, field)
			switch v := v.(type) {
			case string:
				w.SetText(f, v)
			case int:
				w.SetInt(f, int64(v))
			case time.Time:
				w.SetTime(f, v)
			}
		}
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	switch name {
	case "bri-transfer":
		put("H", map[string]any{
			"corporate_code": "LPPWK", "batch_reference": "PWK2611230001", "created": when, "value_date": when,
			"debit_account": "020601000123301", "count": 3, "total": 176_250_000,
		})
		for i, amount := range []int{50_000_000, 75_000_000, 51_250_000} {
			put("D", map[string]any{
				"account": fmt.Sprintf("%d", 1234500+i), "name": fmt.Sprintf("WARGA CONTOH %03d", i+1), "amount": amount,
				"payment_reference": fmt.Sprintf("PWK26110000%dX", i+1), "remark": "PREMI OKTOBER 2026", "payee_id": fmt.Sprintf("B%06d", i+1),
			})
		}
		put("T", nil)
	case "bri-settlement":
		put("H", map[string]any{
			"corporate_code": "LPPWK", "batch_reference": "PWK2611230001", "bank_batch_id": "BRI-77", "processed": when,
			"value_date": when, "debit_account": "020601000123301", "file_status": "00", "code": "2001700", "message": "SUCCESS",
		})
		for i, a := range []struct{ status, code, message string }{
			{"00", "2001700", "SUCCESS"}, {"06", "4031709", "REKENING PASIF"}, {"03", "2021700", ""}, {"04", "9999999", "RETUR"},
		} {
			values := map[string]any{
				"account": fmt.Sprintf("%d", 1234500+i), "name": fmt.Sprintf("WARGA CONTOH %03d", i+1), "amount": 50_000_000 + i,
				"payment_reference": fmt.Sprintf("PWK26110000%dX", i+1), "status": a.status, "code": a.code, "message": a.message,
			}
			if a.status == "00" {
				values["posted"], values["bank_reference"] = when, "BRI26112300001"
			}
			put("D", values)
		}
		put("T", nil)
	case "bri-ack":
		put("A", map[string]any{
			"version":        "01",
			"corporate_code": "LPPWK", "batch_reference": "PWK2611230001", "bank_batch_id": "BRI-77", "received": when,
			"file_status": "00", "code": "2001700", "message": "SUCCESS", "count": 3, "total": 176_250_000,
		})
	default:
		t.Fatalf("no sample of %s", name)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var layoutNames = []string{"bri-ack", "bri-settlement", "bri-transfer"}

// edit changes the bytes of one line (from 1) from a column on.
func edit(file []byte, length, line, column int, with string) []byte {
	out := bytes.Clone(file)
	copy(out[(line-1)*(length+2)+column-1:], with)
	return out
}

// decode reads a whole file and lists what is wrong, a line each.
func decode(t testing.TB, p *formats.Plan, file []byte) (errs []string, d *formats.Decoder) {
	t.Helper()
	d = p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{File: "F"})
	for d.Next() {
	}
	for _, e := range d.Errors() {
		errs = append(errs, e.Error())
	}
	if (d.Err() == nil) != (len(errs) == 0) || d.ErrorCount() != len(errs) {
		t.Errorf("Err() = %v, ErrorCount() = %d, but the list has %d", d.Err(), d.ErrorCount(), len(errs))
	}
	return errs, d
}

// lines joins lines with a line end.
func lines(end string, all ...string) []byte { return []byte(strings.Join(all, end) + end) }
