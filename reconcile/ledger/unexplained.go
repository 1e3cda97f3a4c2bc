package ledger

import "fmt"

// postAgain has every posted file of the bank that named one of these references
// in vain posted again: when it came, the books had forgotten what it answers.
func (t *tx) postAgain(references []string) error {
	files := make(map[int64]bool)
	for _, ref := range references {
		var list []int64
		if err := t.SelectContext(t.ctx, &list, `SELECT DISTINCT m.file_id FROM mismatches m WHERE m.kind = 'unknown' AND m.reference = ? AND m.file_id IS NOT NULL AND `+mismatchState+` <> 'cleared' ORDER BY m.file_id`, ref); err != nil {
			return fmt.Errorf("ledger: mismatches: %w", err)
		}
		for _, id := range list {
			if files[id] {
				continue
			}
			files[id] = true
			var f File
			if err := found(t.GetContext(t.ctx, &f, `SELECT `+fileColumns+` FROM files f WHERE f.id = ?`, id), fmt.Sprintf("file %d", id)); err != nil {
				return err
			}
			if f.State != "posted" {
				continue
			}
			if _, err := t.add("file_events", id, "received", "to be posted again: "+ref+" was recalled", t.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// readUnexplained reads which lines of the file were entered as unknown, when it was
// posted before.
func (p *Posting) readUnexplained() error {
	var before int64
	if err := p.t.GetContext(p.t.ctx, &before, `SELECT count(*) FROM file_events WHERE file_id = ? AND event = 'posted'`, p.file.ID); err != nil {
		return fmt.Errorf("ledger: file %s: %w", p.file.Name, err)
	}
	if before == 0 {
		return nil
	}
	var list []struct {
		ID   int64 `db:"id"`
		Line int64 `db:"line"`
	}
	if err := p.t.SelectContext(p.t.ctx, &list, `SELECT m.id, m.line FROM mismatches m WHERE m.kind = 'unknown' AND m.file_id = ? AND `+mismatchState+` <> 'cleared' ORDER BY m.id`, p.file.ID); err != nil {
		return fmt.Errorf("ledger: mismatches: %w", err)
	}
	p.unexplained = make(map[int64]int64, len(list))
	for _, m := range list {
		p.unexplained[m.Line] = m.ID
	}
	return nil
}

// Again says whether the file was posted before. Then only what it answers on
// lines that are still Unexplained counts: all else was entered that time.
func (p *Posting) Again() bool { return p.unexplained != nil }

// Unexplained says whether a line of a file that is posted again was unknown the
// first time, and still is.
func (p *Posting) Unexplained(line int64) bool { return p.unexplained[line] > 0 }

// Explain ends that a line is unknown: it answers a deposit that was recalled
// since. What had been entered as money that nobody ordered is taken back.
func (p *Posting) Explain(line int64, unordered Money) error {
	id := p.unexplained[line]
	if id == 0 {
		return fmt.Errorf("ledger: file %s, line %d: it is not unknown", p.file.Name, line)
	}
	delete(p.unexplained, line)
	if unordered != 0 {
		p.Unordered(-unordered)
	}
	_, err := p.t.add("mismatch_events", id, "cleared", "what it answers was recalled", orNull(p.file.ID), line, p.t.actor.User, p.t.actor.OSUser, p.t.at)
	return err
}
