package banksim

import (
	"fmt"

	"bekal/reconcile/ledger"
)

// Invented is a beneficiary who does not exist, with a wage. It is what the
// demo, the tests and the benchmark pay.
type Invented struct {
	BeneficiaryID  string
	RegisterNumber string
	Name           string       // in the bank's letters
	Account        string       // 15 digits; begins with 9990, which no example of the bank uses
	Amount         ledger.Money // sen; Rp 50.000 to Rp 700.000 in steps of Rp 500
}

// Invent makes up the i-th beneficiary of a seed, i from 0. Within a seed no
// two share an id, a register number, a name or an account.
func Invent(seed uint64, i int) Invented {
	numbers := [...]string{"SATU", "DUA", "TIGA", "EMPAT", "LIMA", "ENAM", "TUJUH", "DELAPAN", "SEMBILAN", "SEPULUH"}
	kinds := [...]string{"CONTOH", "MISAL", "UMPAMA", "REKAAN"}
	roles := [...]string{"WARGA", "PUTRA", "UTAMA", "JAYA", "KARYA", "MAJU"}
	registers := [...]string{"B.I", "B.IIa", "B.IIb"}
	d := draw(seed, 'w', fmt.Appendf(nil, "%d", i))
	amount := ledger.Money(100+d.n(1301)) * 500_00
	name := fmt.Sprintf("%s %s %s %04d", kinds[d.n(4)], numbers[d.n(10)], roles[d.n(6)], i)
	register := registers[d.n(3)]
	// The factor has no common divisor with 10, so every i has a number of its
	// own, and neighbours do not look alike.
	const numbersOfAccounts = 100_000_000_000
	account := (uint64(i)*37_139_213 + seed%numbersOfAccounts) % numbersOfAccounts
	return Invented{
		BeneficiaryID:  fmt.Sprintf("WBP-%07d", i),
		RegisterNumber: fmt.Sprintf("%s %d/CONTOH", register, i+1),
		Name:           name,
		Account:        fmt.Sprintf("9990%011d", account),
		Amount:         amount,
	}
}
