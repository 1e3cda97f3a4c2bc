package report

import (
	"strings"
	"testing"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// TestNothingIsFinalThatIsNot draws quiet mornings on which something is not as
// it looks: no face may say that the reconciliation is final, or that there is
// nothing to chase.
func TestNothingIsFinalThatIsNot(t *testing.T) {
	uncertain := sampleQuiet()
	uncertain.Batches[1].State = "uncertain"
	held := sampleQuiet()
	held.Hold = &ledger.Hold{Date: "2026-11-23"}
	failed := sampleQuiet()
	failed.FailedSteps = []string{"collect", "deliver"}
	for name, c := range map[string]struct {
		r      reconcile.Report
		id, en string
	}{
		"uncertain": {uncertain, "Batch " + batchB + " BELUM PASTI", "Batch " + batchB + " is UNCERTAIN"},
		"held":      {held, "DITAHAN sejak 23 November 2026", "ON HOLD since 23 November 2026"},
		"failed":    {failed, "mengambil jawaban bank, mengirim berkas transfer", "fetching the bank's answers, sending the transfer files"},
	} {
		for lang, says := range map[string]string{"id": c.id, "en": c.en} {
			w := Options{Lang: lang}.words()
			if v := w.verdict(c.r); v.Final {
				t.Errorf("%s: %s: the verdict is final", name, lang)
			} else if text := strings.Join(v.Sentences, " "); !strings.Contains(text, says) || !strings.Contains(text, w.ProvenWaiting) {
				t.Errorf("%s: %s: the verdict says %q", name, lang, text)
			}
			for face, text := range map[string]string{"text": string(draw(t, Text, c.r, Options{Lang: lang})), "html": string(draw(t, HTML, c.r, Options{Lang: lang}))} {
				if strings.Contains(text, w.ProvenFinal) || strings.Contains(text, w.AllTies) {
					t.Errorf("%s: %s, %s: says that all is well", name, face, lang)
				}
			}
		}
	}
	if v := english().verdict(sampleQuiet()); !v.Final || !strings.Contains(strings.Join(v.Sentences, " "), english().ProvenFinal) {
		t.Errorf("a quiet morning is not final: %q", v.Sentences)
	}
}

// TestOneMismatchIsOne reads the verdict on a single mismatch.
func TestOneMismatchIsOne(t *testing.T) {
	r := sampleQuiet()
	r.Mismatches = sampleMismatches()[:1]
	count(&r)
	if text := strings.Join(english().verdict(r).Sentences, " "); !strings.Contains(text, "1 mismatch is open, worth Rp 500.000,00.") {
		t.Errorf("the verdict says %q", text)
	}
}

// TestOneWordForOneThing: a deposit that came back was settled first, so that the
// proof counts it as settled, and the list of batches, as they stand, as failed.
// Both may not use the same word.
func TestOneWordForOneThing(t *testing.T) {
	for _, w := range []*words{indonesian(), english()} {
		if w.PaidNow == w.Closed || w.FailedNow == w.Rejected {
			t.Errorf("%s: the batches and the proof share a word: %s, %s", w.Lang, w.PaidNow, w.FailedNow)
		}
		text := string(draw(t, Text, sampleProven(), Options{Lang: w.Lang}))
		_, batches, _ := strings.Cut(text, strings.ToUpper(w.Batches)+" ─")
		batches, _, _ = strings.Cut(batches, strings.ToUpper(w.Proof)+" ─")
		if !strings.Contains(batches, w.PaidNow) || !strings.Contains(batches, w.FailedNow) || strings.Contains(batches, w.Closed) || strings.Contains(batches, w.Rejected+" ") {
			t.Errorf("%s: the batches say\n%s", w.Lang, batches)
		}
	}
}
