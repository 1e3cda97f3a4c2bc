package formats_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"testing"
	"time"

	"bekal/formats"
	"bekal/formats/layouts"
)

// benchSize is the size of the files that are measured: no cache holds them.
const benchSize = 50 << 20

// bench runs a measurement over a file of each layout. Beside MB/s and
// allocations it reports how many times a bare loop that only finds the line
// ends of the same bytes is faster, measured in the same run.
func bench(b *testing.B, one benched) { benchBeside(b, one, nil) }

// benched makes what is measured, for a layout and a file of it.
type benched func(p *formats.Plan, file []byte) func() error

// benchBeside measures something beside something else, too: it reports how many
// times as long the quickest of its runs over a small file took as the quickest of
// the other's, the two in turn. On a machine that does other things this says
// more than MB/s: a short run is seldom interrupted.
func benchBeside(b *testing.B, one, other benched) {
	for _, name := range []string{"bri-settlement", "nacha"} {
		p := plan(b, name)
		file := benchFile(b, p, benchSize/(p.Length()+1))
		b.Run(name, func(b *testing.B) {
			once := one(p, file)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			var bare, took time.Duration
			for b.Loop() {
				began := time.Now()
				if err := once(); err != nil {
					b.Fatal(err)
				}
				took += time.Since(began)
				b.StopTimer()
				began = time.Now()
				if bareLoop(file) == 0 {
					b.Fatal("no lines")
				}
				bare += time.Since(began)
				b.StartTimer()
			}
			b.ReportMetric(float64(took)/float64(bare), "x-bare-loop")
			if other != nil {
				small := benchFile(b, p, 20_000)
				b.ReportMetric(quickest(b, one(p, small), other(p, small)), "x-decode")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bytes.Count(file, []byte("\n"))), "ns/record")
		})
	}
}

// quickest runs two things in turn, often, and divides the times of the
// quickest runs.
func quickest(b *testing.B, one, other func() error) float64 {
	b.Helper()
	best := [2]time.Duration{math.MaxInt64, math.MaxInt64}
	for range 300 {
		for i, f := range []func() error{one, other} {
			began := time.Now()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			best[i] = min(best[i], time.Since(began))
		}
	}
	return float64(best[0]) / float64(best[1])
}

// bareLoop only finds the line ends: the floor that everything stands on.
func bareLoop(file []byte) int {
	lines := 0
	for rest := file; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return lines
		}
		lines++
		rest = rest[i+1:]
	}
}

// BenchmarkDecode reads and validates everything.
func BenchmarkDecode(b *testing.B) { bench(b, decoding) }

func decoding(p *formats.Plan, file []byte) func() error {
	in := bytes.NewReader(file)
	return func() error {
		in.Reset(file)
		d := p.NewDecoder(in, formats.DecodeOptions{})
		for d.Next() {
		}
		return d.Err()
	}
}

// BenchmarkDecodeAndRead also takes every value out of every record, as a
// program that uses them does.
func BenchmarkDecodeAndRead(b *testing.B) {
	bench(b, func(p *formats.Plan, file []byte) func() error {
		fields := make([][]formats.Field, len(p.Records()))
		for i, r := range p.Records() {
			fields[i] = r.Fields()
		}
		in := bytes.NewReader(file)
		var bytesRead, sum int64
		return func() error {
			in.Reset(file)
			d := p.NewDecoder(in, formats.DecodeOptions{})
			for d.Next() {
				r := d.Record()
				for _, f := range fields[r.Index()] {
					bytesRead += int64(len(r.Text(f)))
					sum += r.Int(f)
				}
			}
			if bytesRead == 0 || sum == 0 {
				b.Fatal("nothing was read")
			}
			return d.Err()
		}
	})
}

// BenchmarkEncode writes a file from values, its details as rows. Beside it a
// file is decoded.
func BenchmarkEncode(b *testing.B) { benchEncode(b, true) }

// BenchmarkEncodeSetters sets the same values field by field.
func BenchmarkEncodeSetters(b *testing.B) { benchEncode(b, false) }

func benchEncode(b *testing.B, rows bool) {
	benchBeside(b, func(p *formats.Plan, file []byte) func() error {
		w := newBenchWriter(p)
		w.rows = rows
		n := len(file) / (p.Length() + 1)
		return func() error { return w.file(io.Discard, n) }
	}, decoding)
}

// BenchmarkCopy encodes what was decoded, byte for byte.
func BenchmarkCopy(b *testing.B) {
	bench(b, func(p *formats.Plan, file []byte) func() error {
		in := bytes.NewReader(file)
		return func() error {
			in.Reset(file)
			return recode(p, in, io.Discard)
		}
	})
}

// BenchmarkRecode decodes and encodes by way of the text of every value, as
// `file roundtrip` does.
func BenchmarkRecode(b *testing.B) {
	bench(b, func(p *formats.Plan, file []byte) func() error {
		in := bytes.NewReader(file)
		return func() error {
			in.Reset(file)
			_, err := p.Recode(io.Discard, in, formats.RecodeOptions{})
			return err
		}
	})
}

func plan(tb testing.TB, name string) *formats.Plan {
	tb.Helper()
	set, err := layouts.Load("")
	if err != nil {
		tb.Fatal(err)
	}
	p, ok := set.Plan(name)
	if !ok {
		tb.Fatalf("no layout %s", name)
	}
	return p
}

func benchFile(tb testing.TB, p *formats.Plan, records int) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := newBenchWriter(p).file(&out, records); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// benchWriter writes files whose names, messages and codes vary in length.
type benchWriter struct {
	plan    *formats.Plan
	names   []string
	refs    []string
	answers []answer
	rows    bool // details are written as rows, and not field by field
	row     *formats.Row

	account, name, amount, reference, remark, payee formats.Field
	bankReference, status, code, message, posted    formats.Field
	entry                                           entryFields
}

// entryFields are the fields of an entry of nacha.
type entryFields struct{ code, rdfi, digit, account, amount, id, name, indicator, sequence formats.Field }

type answer struct{ status, code, message string }

func newBenchWriter(p *formats.Plan) *benchWriter {
	w := &benchWriter{plan: p}
	for i := range 997 {
		name := fmt.Sprintf("WARGA CONTOH %03d", i)
		if i%3 == 0 {
			name += " BIN CONTOH, (ALIAS) O'CONTOH"
		}
		w.names = append(w.names, name[:min(len(name), 40)])
		w.refs = append(w.refs, fmt.Sprintf("PWK26100%06dX", i))
	}
	w.answers = []answer{
		{"00", "2001700", "SUCCESS"}, {"00", "2001700", ""}, {"06", "4031709", "REKENING PASIF"},
		{"03", "2021700", "SEDANG DIPROSES, MOHON TUNGGU"}, {"00", "2001700", "SUCCESS"}, {"04", "4031718", "RETUR: REKENING DITUTUP"},
	}
	if p.Name() == "nacha" {
		f := func(name string) formats.Field { return p.Field("entry", name) }
		w.entry = entryFields{f("transaction_code"), f("rdfi"), f("check_digit"), f("account"), f("amount"), f("individual_id"), f("individual_name"), f("addenda_indicator"), f("trace_sequence")}
		n := &w.entry
		w.row = p.Row("entry", n.code, n.rdfi, n.digit, n.account, n.amount, n.id, n.name, n.indicator, n.sequence)
		return w
	}
	f := func(name string) formats.Field { return p.Field("D", name) }
	w.account, w.name, w.amount, w.reference = f("account"), f("name"), f("amount"), f("payment_reference")
	if p.Name() == "bri-settlement" {
		w.bankReference, w.status, w.code, w.message, w.posted = f("bank_reference"), f("status"), f("code"), f("message"), f("posted")
		w.row = p.Row("D", w.account, w.name, w.amount, w.reference, w.bankReference, w.status, w.code, w.message, w.posted)
	} else {
		w.remark, w.payee = f("remark"), f("payee_id")
		w.row = p.Row("D", w.account, w.name, w.amount, w.reference, w.remark, w.payee)
	}
	return w
}

func (b *benchWriter) amountOf(i int) int64 { return int64(i%700)*100_00 + 5_000_000 }

func (b *benchWriter) file(out io.Writer, records int) error {
	e := b.plan.NewEncoder(out, formats.EncodeOptions{})
	if b.plan.Name() == "nacha" {
		return b.nacha(e, records)
	}
	if err := b.head(e, records); err != nil {
		return err
	}
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for i := range records {
		if b.rows {
			if err := b.detailRow(e, i, day); err != nil {
				return err
			}
			continue
		}
		d := e.Begin("D")
		d.SetInt(b.account, int64(1_0000_0000_000+i*7919))
		d.SetText(b.name, b.names[i%len(b.names)])
		d.SetInt(b.amount, b.amountOf(i))
		d.SetText(b.reference, b.refs[i%len(b.refs)])
		if b.bankReference.IsZero() {
			d.SetText(b.remark, "PREMI OKTOBER 2026")
			d.SetText(b.payee, "B000123")
		} else {
			a := &b.answers[i%len(b.answers)]
			d.SetText(b.bankReference, "BRI2611230000012345")
			d.SetText(b.status, a.status)
			d.SetText(b.code, a.code)
			d.SetText(b.message, a.message)
			if a.status == "00" {
				d.SetTime(b.posted, day.Add(time.Duration(i/50)*time.Second))
			}
		}
		if err := d.End(); err != nil {
			return err
		}
	}
	if err := e.Begin("T").End(); err != nil {
		return err
	}
	return e.Close()
}

// detailRow writes the same detail as a row.
func (b *benchWriter) detailRow(e *formats.Encoder, i int, day time.Time) error {
	account, name := formats.IntValue(int64(1_0000_0000_000+i*7919)), formats.TextValue(b.names[i%len(b.names)])
	amount, reference := formats.IntValue(b.amountOf(i)), formats.TextValue(b.refs[i%len(b.refs)])
	if b.bankReference.IsZero() {
		return e.WriteRow(b.row, account, name, amount, reference, formats.TextValue("PREMI OKTOBER 2026"), formats.TextValue("B000123"))
	}
	a := &b.answers[i%len(b.answers)]
	var posted formats.Value
	if a.status == "00" {
		posted = formats.TimeValue(day.Add(time.Duration(i/50) * time.Second))
	}
	return e.WriteRow(b.row, account, name, amount, reference, formats.TextValue("BRI2611230000012345"),
		formats.TextValue(a.status), formats.TextValue(a.code), formats.TextValue(a.message), posted)
}

// nacha writes batches of a thousand entries, credits and debits, each with
// all its rules: check digit, trace, addenda.
func (b *benchWriter) nacha(e *formats.Encoder, records int) error {
	put := func(record string, values ...string) error {
		w := e.Begin(record)
		for i := 0; i < len(values); i += 2 {
			w.SetString(b.plan.Field(record, values[i]), values[i+1])
		}
		return w.End()
	}
	err := put("file_header", "immediate_destination", "999999015", "immediate_origin", "999999990", "creation_date", "2026-11-23", "creation_time", "19:05", "file_id_modifier", "A",
		"immediate_destination_name", "BANK CONTOH", "immediate_origin_name", "PERUSAHAAN CONTOH")
	rdfi := [...]struct{ id, digit int64 }{{99999902, 8}, {99999903, 1}, {99999904, 4}}
	codes := [...]string{"22", "32", "27", "22", "37"}
	for i := range records {
		if i%1000 == 0 && err == nil {
			if i > 0 {
				err = put("batch_control")
			}
			if err == nil {
				err = put("batch_header", "service_class", "200", "company_name", "CONTOH", "company_id", "1234567890", "sec", "PPD", "entry_description", "PREMI",
					"effective_date", "2026-11-25", "originator_status", "1", "odfi", "99999901", "batch_number", strconv.Itoa(i/1000+1))
			}
		}
		if err != nil {
			return err
		}
		bank := &rdfi[i%len(rdfi)]
		if b.rows {
			err = e.WriteRow(b.row, formats.TextValue(codes[i%len(codes)]), formats.IntValue(bank.id), formats.IntValue(bank.digit),
				formats.TextValue(b.refs[i%len(b.refs)]), formats.IntValue(b.amountOf(i)/100), formats.TextValue(b.refs[i%len(b.refs)]),
				formats.TextValue(b.names[i%len(b.names)][:16]), formats.IntValue(0), formats.IntValue(int64(i%1000+1)))
			continue
		}
		w := e.Begin("entry")
		w.SetText(b.entry.code, codes[i%len(codes)])
		w.SetInt(b.entry.rdfi, bank.id)
		w.SetInt(b.entry.digit, bank.digit)
		w.SetText(b.entry.account, b.refs[i%len(b.refs)])
		w.SetInt(b.entry.amount, b.amountOf(i)/100)
		w.SetText(b.entry.id, b.refs[i%len(b.refs)])
		w.SetText(b.entry.name, b.names[i%len(b.names)][:16])
		w.SetInt(b.entry.indicator, 0)
		w.SetInt(b.entry.sequence, int64(i%1000+1))
		err = w.End()
	}
	if err == nil {
		err = put("batch_control")
	}
	if err == nil {
		err = put("file_control")
	}
	if err != nil {
		return err
	}
	return e.Close()
}

func (b *benchWriter) head(e *formats.Encoder, records int) error {
	when := time.Date(2026, 11, 23, 19, 5, 0, 0, time.UTC)
	h := e.Begin("H")
	f := func(name string) formats.Field { return b.plan.Field("H", name) }
	h.SetText(f("corporate_code"), "LPPWK")
	h.SetText(f("batch_reference"), "PWK2611230001")
	h.SetTime(f("value_date"), when)
	h.SetText(f("debit_account"), "020601000123301")
	if !b.bankReference.IsZero() {
		h.SetText(f("bank_batch_id"), "BRI0001")
		h.SetTime(f("processed"), when)
		h.SetText(f("file_status"), "00")
		h.SetText(f("code"), "2001700")
		return h.End()
	}
	total := int64(0)
	for i := range records {
		total += b.amountOf(i)
	}
	h.SetTime(f("created"), when)
	h.SetInt(f("count"), int64(records))
	h.SetInt(f("total"), total)
	return h.End()
}

// recode encodes what it decodes.
func recode(p *formats.Plan, in io.Reader, out io.Writer) error {
	d := p.NewDecoder(in, formats.DecodeOptions{})
	e := p.NewEncoder(out, formats.EncodeOptions{})
	for d.Next() {
		r := d.Record()
		if err := r.Err(); err != nil {
			return err
		}
		w := e.Begin(r.Type())
		w.Copy(r)
		if err := w.End(); err != nil {
			return err
		}
	}
	if err := d.Err(); err != nil {
		return err
	}
	return e.Close()
}
