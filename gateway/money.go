package gateway

import (
	"fmt"

	"bekal/formats"
	"bekal/reconcile/ledger"
)

// senDecimals is how many decimals a rupiah has in the books.
const senDecimals = 2

// moneyField is an amount of a layout: the books count sen, a bank's file may
// count whole rupiah. Its zero value is no field.
type moneyField struct {
	field formats.Field
	unit  int64 // sen in one of what the field counts
}

func moneyOf(f formats.Field) moneyField {
	m := moneyField{field: f, unit: 1}
	if f.IsZero() {
		return m
	}
	for range senDecimals - f.Decimals() {
		m.unit *= 10
	}
	return m
}

// read is the amount that a record states. One beyond what the books can hold
// is the most that they can hold: it ties with nothing that was ordered.
func (m moneyField) read(rec *formats.Record) ledger.Money {
	v := rec.Int(m.field)
	if v > int64(ledger.MaxAmount)/m.unit {
		return ledger.MaxAmount
	}
	return ledger.Money(v * m.unit)
}

// counts is the amount as the field counts it.
func (m moneyField) counts(amount ledger.Money) (int64, error) {
	if int64(amount)%m.unit != 0 {
		return 0, fmt.Errorf("%s has sen, for which field %s has no room", amount, m.field.Name())
	}
	return int64(amount) / m.unit, nil
}
