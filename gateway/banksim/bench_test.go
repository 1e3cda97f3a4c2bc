package banksim_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/pkg/sftp"

	"bekal/gateway/banksim"
)

// BenchmarkWork is one pass over one transfer file of b.N deposits; run it
// with -benchtime=1000000x.
func BenchmarkWork(b *testing.B) {
	o, p := options(b), load(b)
	o.Faults = banksim.Faults{Missing: 10, Unknown: 5, Amount: 5, Account: 5, Name: 20, Duplicate: 5, Rejected: 100, Returned: 20, Pending: 20, Late: 20, Unreadable: 5}
	bank := start(b, o)
	f, err := os.Create(filepath.Join(o.Root, "outbox", "BENCH.TRF"))
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(f)
	if _, err := out.Write(transfer(b, p.transfer, "BENCH", corporate, wages("B", b.N))); err != nil {
		b.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(362)
	b.ReportAllocs()
	runtime.GC()
	b.ResetTimer()
	day, err := bank.Work(b.Context(), noon)
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	if day.Deposits != int64(b.N) {
		b.Fatalf("%+v", day)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MiB-kept")
}

// BenchmarkCarry uploads and downloads 32 MiB over the wire.
func BenchmarkCarry(b *testing.B) {
	const size = 32 << 20
	content := noise(size)
	for _, packet := range []int{32 << 10, 128 << 10, 255<<10 - 1} {
		bank := start(b, options(b))
		c := dial(b, bank, sftp.MaxPacketUnchecked(packet), sftp.UseConcurrentWrites(true))
		b.Run(fmt.Sprintf("up/%dKiB", packet>>10), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := put(c, "/outbox/big", content); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("down/%dKiB", packet>>10), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := get(c, "/outbox/big"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
