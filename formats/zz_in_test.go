package formats

import "testing"

func TestZZQuick(t *testing.T) {
	p := filePlan(t, "nacha")
	var fs []Field
	for _, n := range []string{"transaction_code", "rdfi", "check_digit", "account", "amount", "individual_id", "individual_name", "addenda_indicator", "trace_sequence"} {
		fs = append(fs, p.Field("entry", n))
	}
	row := p.Row("entry", fs...)
	t.Log(row.quick, row.rest, row.still, row.runs, row.fills, row.digits)
	for _, s := range row.steps {
		t.Log(s.kind, s.sure, s.field.def.Name)
	}
}
