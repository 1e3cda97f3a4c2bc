package gateway

import "bekal/formats"

// TransferFields are the fields that a transfer layout must have, by record.
// The records are H, which stands first, D for each deposit, and T, which
// stands last; a layout may do without T.
func TransferFields() map[string][]string {
	return map[string][]string{
		"H": {"corporate_code", "batch_reference", "value_date", "debit_account"},
		"D": {"account", "name", "amount", "payment_reference"},
	}
}

// FurtherTransferFields are filled in where a transfer layout has them. Any
// other field must be one that needs nobody to fill it in: a constant, a
// filler, a running number, a total of the trailer, or one that may be empty.
func FurtherTransferFields() map[string][]string {
	return map[string][]string{"H": {"created", "count", "total"}, "D": {"remark", "payee_id"}}
}

// AcknowledgementFields are the fields that an acknowledgement layout must have.
func AcknowledgementFields() map[string][]string {
	return map[string][]string{"A": {"corporate_code", "batch_reference", "file_status", "code", "message", "count", "total"}}
}

// SettlementFields are the fields that a settlement layout must have. A return
// file has the same layout, with a blank batch reference.
func SettlementFields() map[string][]string {
	return map[string][]string{
		"H": {"corporate_code", "batch_reference"},
		"D": {"account", "name", "amount", "payment_reference", "status", "code", "posted"},
	}
}

// optional is a field that a layout may lack: the zero Field then.
func optional(p *formats.Plan, record, field string) formats.Field {
	if !p.HasField(record, field) {
		return formats.Field{}
	}
	return p.Field(record, field)
}
