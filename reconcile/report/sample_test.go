package report

import (
	"fmt"
	"strings"
	"time"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// The sample is invented by hand: a report with every kind of mismatch, in
// several states and ages, and with bytes in it that nobody wants to obey.

const (
	batchA = "PWK20261120001"
	batchB = "PWK20261123001"
	chain  = "9f2c7a10b4e85d3366a1f0c2e7d94b5813aa0c6fe2d1b7984f5e6a7b8c9d0e1f"
)

var wib = time.FixedZone("WIB", 7*3600)

func rupiah(n int64) ledger.Money { return ledger.Money(n * 100) }

func tally(count, total int64) reconcile.Tally {
	return reconcile.Tally{Count: count, Total: rupiah(total)}
}

func side(n int, amount int64) *reconcile.Side {
	return &reconcile.Side{
		Account: fmt.Sprintf("00320100%07d", 4100+n*37),
		Name:    fmt.Sprintf("WARGA CONTOH %03d", n),
		Amount:  rupiah(amount),
	}
}

// settled is the settlement line of a deposit, as BANK-like bytes.
func settled(n int, s *reconcile.Side, ref, status, code string) string {
	return fmt.Sprintf("D%08d%s%-40s%017d%-20s%-20s%s%-7s%-40s%s%16s",
		n, s.Account, s.Name, int64(s.Amount), ref, fmt.Sprintf("BNK%012d", 880000+n), status, code, "", "20261123183000", "")
}

func sampleMismatches() []reconcile.Mismatch {
	day := func(d int) time.Time { return time.Date(2026, time.November, 23-d, 2, 14, 0, 0, wib) }
	ref := func(n int) string { return fmt.Sprintf("PWK26B%07d", n) }
	stl := batchB + "-01.STL"
	ms := []reconcile.Mismatch{
		{
			Kind: reconcile.Unknown, Reference: "PWK26B0009999", Batch: batchB, Actual: side(199, 500_000),
			Status: "00", Code: "2001700", File: stl, Line: 212, Field: "payment_reference", From: 82, To: 101,
			Reason:   reconcile.Text{ID: "Bank membayar setoran yang tidak pernah kita kirim.", EN: "The bank paid a deposit that we never sent."},
			NextStep: reconcile.Text{ID: "Minta bank menjelaskan dan menarik kembali uangnya; jangan dicatat sebagai premi.", EN: "Ask the bank to explain and to reverse it; do not book it as a wage."},
		},
		{
			Kind: reconcile.Account, Reference: ref(17), Batch: batchB, Expected: side(17, 500_000),
			Actual: &reconcile.Side{Account: "003201000004792", Name: "WARGA CONTOH 017", Amount: rupiah(500_000)},
			Status: "00", Code: "2001700", File: stl, Line: 18, Field: "account", From: 10, To: 24, State: reconcile.Proposed,
			Reason:   reconcile.Text{ID: "Bank membayar ke rekening lain: dua angka tertukar.", EN: "The bank paid into another account: two digits are swapped."},
			NextStep: reconcile.Text{ID: "Minta bank menarik kembali dari rekening yang salah, lalu bayar ulang dengan setoran baru.", EN: "Ask the bank to recover it from the wrong account, then pay again with a new deposit."},
		},
		{
			Kind: reconcile.Amount, Reference: ref(42), Batch: batchB, Expected: side(42, 500_000), Actual: side(42, 450_000),
			Status: "00", Code: "2001700", File: stl, Line: 43, Field: "amount", From: 65, To: 81,
			Reason:   reconcile.Text{ID: "Bank membukukan Rp 450.000,00, bukan Rp 500.000,00.", EN: "The bank posted Rp 450.000,00 instead of Rp 500.000,00."},
			NextStep: reconcile.Text{ID: "Minta bank membukukan kekurangannya.", EN: "Ask the bank to post the rest."},
		},
		{
			Kind: reconcile.Amount, Reference: ref(43), Batch: batchB, Expected: side(43, 500_000), Actual: side(43, 5_000_000),
			Status: "00", Code: "2001700", File: stl, Line: 44, Field: "amount", From: 65, To: 81, State: reconcile.Reopened,
			Reason:   reconcile.Text{ID: "Bank membukukan Rp 5.000.000,00, bukan Rp 500.000,00.", EN: "The bank posted Rp 5.000.000,00 instead of Rp 500.000,00."},
			NextStep: reconcile.Text{ID: "Minta bank menarik kembali kelebihannya.", EN: "Ask the bank to take back what is too much."},
		},
		{
			Kind: reconcile.Duplicate, Reference: ref(51), Batch: batchB, Expected: side(51, 350_000), Actual: side(51, 350_000),
			Status: "00", Code: "2001700", File: batchB + "-02.STL", Line: 3,
			Reason:   reconcile.Text{ID: "Referensi ini sudah dijawab di PWK20261123001-01.STL baris 52.", EN: "This reference was answered already in PWK20261123001-01.STL line 52."},
			NextStep: reconcile.Text{ID: "Tanyakan kepada bank apakah uang dibukukan dua kali.", EN: "Ask the bank whether the money was posted twice."},
		},
		{
			Kind: reconcile.Control, Reference: batchB + "-02.STL", File: batchB + "-02.STL", Line: 4, Field: "total", From: 10, To: 26,
			Reason:   reconcile.Text{ID: "Jumlah menurut penutup berkas Rp 700.000,00, menurut isinya Rp 350.000,00.", EN: "The trailer says Rp 700.000,00; the records add up to Rp 350.000,00."},
			NextStep: reconcile.Text{ID: "Minta berkas pengganti kepada bank.", EN: "Ask the bank for a corrected file."},
		},
		{
			Kind: reconcile.Missing, Reference: ref(60), Batch: batchA, Expected: side(60, 275_000), Opened: day(4), AgeDays: 4,
			Reason:   reconcile.Text{ID: "Terkirim dalam batch PWK20261120001, belum dijawab dalam 2 hari kerja.", EN: "Sent in batch PWK20261120001, not answered within 2 business days."},
			NextStep: reconcile.Text{ID: "Tanyakan status setoran ini kepada bank; jangan dibayar ulang.", EN: "Ask the bank for its status; do not pay it again."},
		},
		{
			Kind: reconcile.Unreadable, Reference: stl, File: stl, Line: 77, Field: "amount", From: 65, To: 81,
			Raw:      `D00000076003201000006912WARGA CONTOH 076                        0000000003x500000PWK26B0000076`,
			Reason:   reconcile.Text{ID: `Isian amount bukan angka: "0000000003x500000".`, EN: `Field amount is not a number: "0000000003x500000".`},
			NextStep: reconcile.Text{ID: "Minta bank mengirim ulang baris ini.", EN: "Ask the bank to send this line again."},
		},
		{
			Kind: reconcile.Returned, Reference: ref(70), Batch: batchA, Expected: side(70, 400_000), Actual: side(70, 400_000),
			Status: "04", Code: "4031718", File: "RET20261123-01.STL", Line: 2, Opened: day(35), AgeDays: 35,
			Reason:   reconcile.Text{ID: "Rekening tidak aktif atau sudah ditutup.", EN: "The account is inactive or closed."},
			NextStep: reconcile.Text{ID: "Buka rekening baru, perbarui daftar warga binaan, lalu bayar ulang.", EN: "Open a new account, update the roster, then pay again."},
		},
		{
			Kind: reconcile.Name, Reference: ref(90), Batch: batchB, Expected: side(90, 500_000),
			Actual: &reconcile.Side{Account: side(90, 0).Account, Name: "WARGA CONTOH O90 ALIAS CONTOH PANJANG", Amount: rupiah(500_000)},
			Status: "00", Code: "LCL0001", File: stl, Line: 91, Field: "name", From: 25, To: 64,
			Reason:   reconcile.Text{ID: "Nama di bank berbeda dari nama di daftar.", EN: "The bank's name differs from the roster's."},
			NextStep: reconcile.Text{ID: "Cocokkan dengan KTP dan buku tabungan, lalu betulkan yang salah.", EN: "Check identity card and passbook, then correct the wrong one."},
		},
	}
	for n := 80; n < 84; n++ {
		s := side(n, 500_000)
		ms = append(ms, reconcile.Mismatch{
			Kind: reconcile.Rejected, Reference: ref(n), Batch: batchB, Expected: s, Actual: s,
			Status: "06", Code: "4031709", File: stl, Line: n + 1, Opened: day(n - 79), AgeDays: n - 79,
			Reason:   reconcile.Text{ID: "Rekening pasif (dormant).", EN: "The account is dormant."},
			NextStep: reconcile.Text{ID: "Ajak warga binaan mengaktifkan kembali rekeningnya di bank, lalu bayar ulang.", EN: "Have the beneficiary reactivate the account, then pay again."},
		})
	}
	for n := 100; n < 102; n++ {
		s := side(n, 325_000)
		ms = append(ms, reconcile.Mismatch{
			Kind: reconcile.Pending, Reference: ref(n), Batch: batchB, Expected: s, Actual: s,
			Status: "03", Code: "2021700", File: stl, Line: n + 1,
			Reason:   reconcile.Text{ID: "Bank belum memutuskan.", EN: "The bank has not decided."},
			NextStep: reconcile.Text{ID: "Tunggu berkas hasil berikutnya; jangan dibayar ulang.", EN: "Wait for the next settlement file; never pay it again."},
		})
	}
	late := side(110, 500_000)
	ms = append(ms, reconcile.Mismatch{
		Kind: reconcile.Late, Reference: ref(110), Batch: batchA, Expected: late, Actual: late,
		Status: "00", Code: "2001700", File: batchA + "-02.STL", Line: 2, Opened: day(70), AgeDays: 70,
		Reason:   reconcile.Text{ID: "Dibukukan 3 hari kerja setelah tenggat.", EN: "Posted 3 business days after the window."},
		NextStep: reconcile.Text{ID: "Tidak ada yang perlu dibayar; catat sebabnya.", EN: "Nothing to pay; note the cause."},
	})
	for i := range ms {
		m := &ms[i]
		m.ID = int64(i + 1)
		if m.Opened.IsZero() {
			m.Opened = day(0)
		}
		if m.State == "" {
			m.State = reconcile.Open
		}
		if m.Raw == "" && m.Actual != nil {
			m.Raw = settled(m.Line-1, m.Actual, m.Reference, m.Status, m.Code)
		}
	}
	return inOrder(ms)
}

// inOrder sorts as reconcile does: by kind, then as given.
func inOrder(ms []reconcile.Mismatch) []reconcile.Mismatch {
	var out []reconcile.Mismatch
	for _, k := range reconcile.Kinds() {
		for _, m := range ms {
			if m.Kind == k {
				out = append(out, m)
			}
		}
	}
	return out
}

// count fills in the parts of a report that count its mismatches.
func count(r *reconcile.Report) {
	r.Ageing = []reconcile.AgeBand{{FromDays: 0, ToDays: 2}, {FromDays: 3, ToDays: 5}, {FromDays: 6, ToDays: 30}, {FromDays: 31, ToDays: 60}, {FromDays: 61}}
	for _, k := range reconcile.Kinds() {
		line := reconcile.KindLine{Kind: k}
		for _, m := range r.Mismatches {
			if m.Kind == k && isOpen(m) {
				line.Tally = line.Tally.Plus(reconcile.Tally{Count: 1, Total: m.AtStake()})
			}
		}
		if line.Tally.Count > 0 {
			r.Kinds = append(r.Kinds, line)
		}
	}
	for _, m := range r.Mismatches {
		for i := range r.Ageing {
			if a := &r.Ageing[i]; isOpen(m) && m.AgeDays >= a.FromDays && (a.ToDays == 0 || m.AgeDays <= a.ToDays) {
				a.Tally = a.Tally.Plus(reconcile.Tally{Count: 1, Total: m.AtStake()})
			}
		}
	}
}

// sampleProven is a report whose books balance, with every kind open.
func sampleProven() reconcile.Report {
	r := reconcile.Report{
		FacilityCode: "PWK",
		FacilityName: "Lapas Contoh Kelas IIA",
		Bank:         "Bank Contoh (layout BRI)",
		Date:         "2026-11-23",
		Night:        "20261123-1",
		GeneratedAt:  time.Date(2026, time.November, 24, 2, 14, 9, 0, wib),
		ChainHead:    chain,
		Summary: reconcile.Summary{
			Owed: tally(0, 0), Batched: tally(0, 0), InTransit: tally(4, 1_425_000), Pending: tally(2, 650_000),
			Settled: tally(229, 98_125_000), Failed: tally(5, 2_400_000), Repaid: tally(2, 900_000),
		},
		Batches: []reconcile.BatchLine{
			{Reference: batchA, State: "closed", ValueDate: "2026-11-20", Sent: tally(120, 50_475_000), Settled: tally(118, 49_800_000), Failed: tally(1, 400_000), Open: tally(1, 275_000)},
			{Reference: batchB, State: "acknowledged", ValueDate: "2026-11-23", Sent: tally(118, 51_475_000), Settled: tally(111, 48_325_000), Failed: tally(4, 2_000_000), Open: tally(3, 1_150_000)},
		},
		Mismatches: sampleMismatches(),
		Proof: reconcile.Proof{Proven: true, Lines: []reconcile.ProofLine{
			rolled(reconcile.ScopeOverall, "", tally(0, 0), tally(238, 101_950_000), tally(229, 98_125_000), tally(5, 2_400_000)),
			rolled(reconcile.ScopePeriod, "2026-10", tally(0, 0), tally(238, 101_950_000), tally(229, 98_125_000), tally(5, 2_400_000)),
			rolled(reconcile.ScopeDay, "2026-11-20", tally(0, 0), tally(120, 50_475_000), tally(0, 0), tally(0, 0)),
			rolled(reconcile.ScopeDay, "2026-11-23", tally(120, 50_475_000), tally(118, 51_475_000), tally(229, 98_125_000), tally(5, 2_400_000)),
			rolled(reconcile.ScopeBatch, batchA, tally(0, 0), tally(120, 50_475_000), tally(118, 49_800_000), tally(1, 400_000)),
			rolled(reconcile.ScopeBatch, batchB, tally(0, 0), tally(118, 51_475_000), tally(111, 48_325_000), tally(4, 2_000_000)),
			{Scope: reconcile.ScopePayable, Closing: tally(0, 2_400_000), OpenDeposits: tally(5, 2_400_000), Proven: true},
			{Scope: reconcile.ScopeJournal, Delivered: tally(0, 304_875_000), Settled: tally(0, 304_875_000), Proven: true},
		}},
	}
	count(&r)
	return r
}

// rolled is a proof line that balances.
func rolled(s reconcile.Scope, key string, opening, delivered, settled, rejected reconcile.Tally) reconcile.ProofLine {
	closing := opening.Plus(delivered).Minus(settled).Minus(rejected)
	return reconcile.ProofLine{
		Scope: s, Key: key, Opening: opening, Delivered: delivered, Settled: settled, Rejected: rejected,
		Closing: closing, OpenDeposits: closing, Control: closing.Total, Proven: true,
	}
}

// sampleBroken is the same with one batch, and so the whole, out of balance.
func sampleBroken() reconcile.Report {
	r := sampleProven()
	r.Proof.Proven = false
	for i := range r.Proof.Lines {
		l := &r.Proof.Lines[i]
		if l.Key == batchB || l.Scope == reconcile.ScopeOverall {
			l.OpenDeposits = l.OpenDeposits.Minus(tally(1, 500_000))
			l.Proven = false
		}
	}
	return r
}

// sampleQuiet is a morning on which everything ties.
func sampleQuiet() reconcile.Report {
	r := sampleProven()
	r.Mismatches, r.Kinds = nil, nil
	r.Summary = reconcile.Summary{Settled: tally(238, 101_950_000)}
	for i := range r.Batches {
		b := &r.Batches[i]
		b.State, b.Settled, b.Failed, b.Open = "closed", b.Sent, reconcile.Tally{}, reconcile.Tally{}
	}
	r.Proof.Lines = []reconcile.ProofLine{
		rolled(reconcile.ScopeOverall, "", tally(0, 0), tally(238, 101_950_000), tally(238, 101_950_000), tally(0, 0)),
		rolled(reconcile.ScopeBatch, batchA, tally(0, 0), tally(120, 50_475_000), tally(120, 50_475_000), tally(0, 0)),
		rolled(reconcile.ScopeBatch, batchB, tally(0, 0), tally(118, 51_475_000), tally(118, 51_475_000), tally(0, 0)),
		{Scope: reconcile.ScopePayable, Proven: true},
		{Scope: reconcile.ScopeJournal, Delivered: tally(0, 305_850_000), Settled: tally(0, 305_850_000), Proven: true},
	}
	count(&r)
	return r
}

// sampleHostile says on every line what a bank should not be able to say.
func sampleHostile() reconcile.Report {
	r := sampleProven()
	for i := range r.Mismatches {
		m := &r.Mismatches[i]
		m.Reference = "=cmd|'/C calc'!A0"
		m.Batch = "\u202egnihton"
		m.Code = "@SUM(A1)"
		m.File = "+evil\r\n.STL"
		m.Raw = "\x1b]0;owned\x07\x9b31m<script>alert(1)</script>"
		m.Reason = reconcile.Text{ID: "\t=1+1", EN: "\t=1+1"}
		m.NextStep = reconcile.Text{ID: "-2+3", EN: "-2+3"}
		s := reconcile.Side{Account: "\x1b[2J", Name: `<img src="http://contoh.invalid/x">`, Amount: rupiah(1)}
		m.Expected, m.Actual = &s, &s
	}
	r.FacilityName = "</title><script>alert(1)</script>\x1b[31m"
	r.Bank = `");} body{display:none} a{content:"`
	r.Night = "*/</style><b>"
	return r
}

// sampleHuge has n mismatches of one kind.
func sampleHuge(n int) reconcile.Report {
	r := sampleProven()
	template := r.Mismatches[len(r.Mismatches)-2]
	r.Kinds, r.Mismatches = nil, make([]reconcile.Mismatch, n)
	for i := range r.Mismatches {
		m := template
		m.ID = int64(i + 1)
		m.Reference = fmt.Sprintf("PWK26C%08d", i)
		r.Mismatches[i] = m
	}
	count(&r)
	return r
}

func lines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }
