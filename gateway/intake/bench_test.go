package intake

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"bekal/reconcile/ledger"
)

// everyone is a roster that needs no memory: row i is beneficiary i.
type everyone struct{ name string }

func (e everyone) Lookup(id string) (name, account string, ok bool) {
	// The account is made of the id, as writeWages does it.
	return e.name, benchAccounts[id[len(id)-1]-'0'], true
}

var benchAccounts = [10]string{"000101000000010", "000101000000011", "000101000000012", "000101000000013", "000101000000014",
	"000101000000015", "000101000000016", "000101000000017", "000101000000018", "000101000000019"}

func wageText(n int, quote string) []byte {
	var b bytes.Buffer
	b.WriteString("beneficiary_id,name,account,amount,remark\n")
	for i := range n {
		fmt.Fprintf(&b, "PWK-%07d,WARGA CONTOH,%s,%s%d%s,PREMI OKTOBER\n", i, benchAccounts[i%10], quote, 50_000+i%650_000, quote)
	}
	return b.Bytes()
}

func BenchmarkReadWages(b *testing.B) {
	for _, bb := range []struct{ name, quote string }{{"plain", ""}, {"quoted", `"`}} {
		b.Run(bb.name, func(b *testing.B) {
			const n = 1_000_000
			path := filepath.Join(b.TempDir(), "premi.csv")
			if err := os.WriteFile(path, wageText(n, bb.quote), 0o600); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			runtime.GC() // the text is not to count
			d := Declared{Count: n}
			for i := range n {
				d.Total += ledger.Money(50_000+i%650_000) * 100
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			var most uint64
			for b.Loop() {
				rows := 0
				read, err := ReadWages(path, Options{}, d, everyone{"WARGA CONTOH"}, func(WageLine) error {
					if rows++; rows%250_000 == 0 {
						most = max(most, heap())
					}
					return nil
				})
				if err != nil || read.Count != n {
					b.Fatal(read.Count, err)
				}
			}
			b.ReportMetric(float64(most)/(1<<20), "heap-MiB")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}

// heap is the memory of the heap in use, what is not collected yet included.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
