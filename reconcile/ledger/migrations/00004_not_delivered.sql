-- That the bank has not got an uncertain batch sends it again: one person
-- proposes it, another confirms.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE batch_proposals (
	id         INTEGER PRIMARY KEY,
	batch_id   INTEGER NOT NULL REFERENCES batches(id),
	event_id   INTEGER NOT NULL UNIQUE REFERENCES batch_events(id), -- the uncertainty that it would end
	reason     TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	os_user    TEXT NOT NULL,
	at         TEXT NOT NULL
) STRICT;
CREATE INDEX batch_proposals_batch ON batch_proposals(batch_id);

CREATE TRIGGER batch_proposals_no_update BEFORE UPDATE ON batch_proposals BEGIN SELECT RAISE(ABORT, 'batch_proposals is append-only: a correction is a new row'); END;
CREATE TRIGGER batch_proposals_no_delete BEFORE DELETE ON batch_proposals BEGIN SELECT RAISE(ABORT, 'batch_proposals is append-only: nothing is removed'); END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
