package gateway

// TransferFields are the fields that a transfer layout must have, by record.
func TransferFields() map[string][]string {
	return map[string][]string{
		"H": {"corporate_code", "batch_reference", "created", "value_date", "debit_account", "count", "total"},
		"D": {"account", "name", "amount", "payment_reference", "remark", "payee_id"},
		"T": nil,
	}
}

// AcknowledgementFields are the fields that an acknowledgement layout must have.
func AcknowledgementFields() map[string][]string {
	return map[string][]string{"A": {"corporate_code", "batch_reference", "file_status", "code", "message", "count", "total"}}
}

// SettlementFields are the fields that a settlement layout must have.
func SettlementFields() map[string][]string {
	return map[string][]string{
		"H": {"corporate_code", "batch_reference"},
		"D": {"account", "name", "amount", "payment_reference", "status", "code", "posted"},
	}
}
