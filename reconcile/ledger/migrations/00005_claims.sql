-- What people find out about a forgotten batch after they have decided about it.

-- +goose Up
-- +goose StatementBegin
-- A payment of a forgotten batch goes on to hold back wages after people have
-- said of one that it is another: such a decision is final for the deposit, and
-- not for the payment.
DROP INDEX claim_decisions_approved;
CREATE UNIQUE INDEX claim_decisions_approved ON claim_decisions(deposit_id) WHERE event = 'approved';
CREATE INDEX claim_decisions_reference ON claim_decisions(reference);

-- Deposits that were found to be of an adopted batch, too, after it was adopted.
-- Its count and total are those of its row and of these together.
CREATE TABLE batch_additions (
	id       INTEGER PRIMARY KEY,
	batch_id INTEGER NOT NULL REFERENCES batches(id),
	count    INTEGER NOT NULL CHECK (count > 0),
	total    INTEGER NOT NULL CHECK (total > 0),
	at       TEXT NOT NULL
) STRICT;
CREATE INDEX batch_additions_batch ON batch_additions(batch_id);
CREATE TRIGGER batch_additions_no_update BEFORE UPDATE ON batch_additions BEGIN SELECT RAISE(ABORT, 'batch_additions is append-only: a correction is a new row'); END;
CREATE TRIGGER batch_additions_no_delete BEFORE DELETE ON batch_additions BEGIN SELECT RAISE(ABORT, 'batch_additions is append-only: nothing is removed'); END;
CREATE INDEX mismatches_unknown ON mismatches(reference) WHERE kind = 'unknown';
-- +goose StatementEnd

-- +goose Down
SELECT 1;
