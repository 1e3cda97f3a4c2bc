package formats_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"bekal/formats"
	"bekal/formats/layouts"
)

// benchRecords makes a file of a few megabytes, which no cache holds whole.
const benchRecords = 50_000

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"bri-settlement", "bri-transfer"} {
		p := plan(b, name)
		file := benchFile(b, p, benchRecords)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			in := bytes.NewReader(file)
			for b.Loop() {
				in.Reset(file)
				d := p.NewDecoder(in, formats.DecodeOptions{})
				for d.Next() {
				}
				if err := d.Err(); err != nil {
					b.Fatal(err)
				}
			}
			perRecord(b)
		})
	}
}

// BenchmarkDecodeAndRead also takes every value out of every record, as a
// program that uses them does.
func BenchmarkDecodeAndRead(b *testing.B) {
	p := plan(b, "bri-settlement")
	file := benchFile(b, p, benchRecords)
	rec, _ := p.Record("D")
	fields := rec.Fields()
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	in := bytes.NewReader(file)
	var bytesRead, sum int64
	for b.Loop() {
		in.Reset(file)
		d := p.NewDecoder(in, formats.DecodeOptions{})
		for d.Next() {
			r := d.Record()
			if r.Type() != "D" {
				continue
			}
			for _, f := range fields {
				bytesRead += int64(len(r.Text(f)))
				sum += r.Int(f)
			}
		}
		if err := d.Err(); err != nil {
			b.Fatal(err)
		}
	}
	if bytesRead == 0 || sum == 0 {
		b.Fatal("nothing was read")
	}
	perRecord(b)
}

func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"bri-settlement", "bri-transfer"} {
		p := plan(b, name)
		n := int64(len(benchFile(b, p, benchRecords)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(n)
			b.ReportAllocs()
			write := newBenchWriter(p)
			for b.Loop() {
				if err := write.file(io.Discard, benchRecords); err != nil {
					b.Fatal(err)
				}
			}
			perRecord(b)
		})
	}
}

// BenchmarkRecode encodes what was decoded, byte for byte.
func BenchmarkRecode(b *testing.B) {
	p := plan(b, "bri-settlement")
	file := benchFile(b, p, benchRecords)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	in := bytes.NewReader(file)
	for b.Loop() {
		in.Reset(file)
		if err := recode(p, in, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	perRecord(b)
}

// BenchmarkBareLoop only finds the line ends in the same bytes: the floor that
// the others stand on.
func BenchmarkBareLoop(b *testing.B) {
	file := benchFile(b, plan(b, "bri-settlement"), benchRecords)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	lines := 0
	for b.Loop() {
		for rest := file; ; {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			lines++
			rest = rest[i+1:]
		}
	}
	if lines == 0 {
		b.Fatal("no lines")
	}
	perRecord(b)
}

func perRecord(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(benchRecords+2), "ns/record")
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
	plan       *formats.Plan
	settlement bool
	names      []string
	refs       []string
	answers    []answer

	account, name, amount, reference, remark, payee formats.Field
	bankReference, status, code, message, posted    formats.Field
}

type answer struct{ status, code, message string }

func newBenchWriter(p *formats.Plan) *benchWriter {
	w := &benchWriter{plan: p, settlement: p.Name() == "bri-settlement"}
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
	f := func(name string) formats.Field { return p.Field("D", name) }
	w.account, w.name, w.amount, w.reference = f("account"), f("name"), f("amount"), f("payment_reference")
	if w.settlement {
		w.bankReference, w.status, w.code, w.message, w.posted = f("bank_reference"), f("status"), f("code"), f("message"), f("posted")
	} else {
		w.remark, w.payee = f("remark"), f("payee_id")
	}
	return w
}

func (b *benchWriter) amountOf(i int) int64 { return int64(i%700)*100_00 + 5_000_000 }

func (b *benchWriter) file(out io.Writer, records int) error {
	e := b.plan.NewEncoder(out, formats.EncodeOptions{})
	if err := b.head(e, records); err != nil {
		return err
	}
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for i := range records {
		d := e.Begin("D")
		d.SetInt(b.account, int64(1_0000_0000_000+i*7919))
		d.SetText(b.name, b.names[i%len(b.names)])
		d.SetInt(b.amount, b.amountOf(i))
		d.SetText(b.reference, b.refs[i%len(b.refs)])
		if b.settlement {
			a := &b.answers[i%len(b.answers)]
			d.SetText(b.bankReference, "BRI2611230000012345")
			d.SetText(b.status, a.status)
			d.SetText(b.code, a.code)
			d.SetText(b.message, a.message)
			if a.status == "00" {
				d.SetTime(b.posted, day.Add(time.Duration(i/50)*time.Second))
			}
		} else {
			d.SetText(b.remark, "PREMI OKTOBER 2026")
			d.SetText(b.payee, "B000123")
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

func (b *benchWriter) head(e *formats.Encoder, records int) error {
	when := time.Date(2026, 11, 23, 19, 5, 0, 0, time.UTC)
	h := e.Begin("H")
	f := func(name string) formats.Field { return b.plan.Field("H", name) }
	h.SetText(f("corporate_code"), "LPPWK")
	h.SetText(f("batch_reference"), "PWK2611230001")
	h.SetTime(f("value_date"), when)
	h.SetText(f("debit_account"), "020601000123301")
	if b.settlement {
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
