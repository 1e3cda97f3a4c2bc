package ledger

import "fmt"

// Tally is a number of deposits and their sum.
type Tally struct {
	Count int64 `json:"count" db:"count"`
	Total Money `json:"total" db:"total"` // sen
}

// Words says it as people do: "1 deposit, Rp 5.000,00".
func (t Tally) Words() string {
	if t.Count == 1 {
		return "1 deposit, " + t.Total.String()
	}
	return fmt.Sprintf("%d deposits, %s", t.Count, t.Total)
}

// Plus adds two tallies.
func (t Tally) Plus(u Tally) Tally { return Tally{t.Count + u.Count, t.Total + u.Total} }

// Minus subtracts u from t.
func (t Tally) Minus(u Tally) Tally { return Tally{t.Count - u.Count, t.Total - u.Total} }
