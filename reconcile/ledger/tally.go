package ledger

// Tally is a number of deposits and their sum.
type Tally struct {
	Count int64 `json:"count" db:"count"`
	Total Money `json:"total" db:"total"` // sen
}

// Plus adds two tallies.
func (t Tally) Plus(u Tally) Tally { return Tally{t.Count + u.Count, t.Total + u.Total} }

// Minus subtracts u from t.
func (t Tally) Minus(u Tally) Tally { return Tally{t.Count - u.Count, t.Total - u.Total} }
