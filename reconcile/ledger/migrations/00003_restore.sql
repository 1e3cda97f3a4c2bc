-- What a ledger needs that was restored from a backup: a hold, under which
-- nothing is sent; what the bank's folder, its answers and old archives show of
-- the time that the ledger has forgotten; and what people decided about it.

-- +goose Up
-- +goose StatementBegin
-- The books are on hold from "begun" to "released". One person proposes the
-- release, another releases.
CREATE TABLE holds (
	id         INTEGER PRIMARY KEY,
	event      TEXT NOT NULL CHECK (event IN ('begun','proposed','released')),
	reason     TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	os_user    TEXT NOT NULL,
	date       TEXT NOT NULL,         -- business date
	seen       INTEGER NOT NULL,      -- the last row of forgotten then: what came later, nobody had seen
	at         TEXT NOT NULL
) STRICT;

-- A file that speaks of a batch which these books do not know. A batch is
-- forgotten until it has a row in batches.
CREATE TABLE forgotten (
	id         INTEGER PRIMARY KEY,
	bank_id    INTEGER NOT NULL REFERENCES banks(id),
	batch      TEXT NOT NULL,         -- its reference, as the file has it
	file_id    INTEGER NOT NULL REFERENCES files(id),
	evidence   TEXT NOT NULL CHECK (evidence IN ('transfer','answer','acknowledgement','unreadable')),
	place      TEXT NOT NULL,         -- where it was found
	at_bank    INTEGER NOT NULL CHECK (at_bank IN (0, 1)), -- whether it proves that the bank has the batch
	count      INTEGER NOT NULL CHECK (count >= 0),
	total      INTEGER NOT NULL CHECK (total >= 0),
	value_date TEXT NOT NULL,         -- empty where the file does not say
	created    TEXT NOT NULL,
	at         TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX forgotten_once ON forgotten(batch, file_id, at_bank);

-- The payments that such a file names.
CREATE TABLE forgotten_lines (
	id           INTEGER PRIMARY KEY,
	forgotten_id INTEGER NOT NULL REFERENCES forgotten(id) DEFERRABLE INITIALLY DEFERRED,
	line         INTEGER NOT NULL,
	reference    TEXT NOT NULL,
	account      TEXT NOT NULL,
	name         TEXT NOT NULL,
	amount       INTEGER NOT NULL CHECK (amount >= 0),
	paid         INTEGER NOT NULL CHECK (paid IN (0, 1)) -- 0: the bank says that it was not paid
) STRICT;
CREATE INDEX forgotten_lines_file ON forgotten_lines(forgotten_id);
CREATE INDEX forgotten_lines_reference ON forgotten_lines(reference);

-- A forgotten batch that people leave as it is, and why. What it paid still
-- keeps deposits that look like it from being sent.
CREATE TABLE forgotten_decisions (
	id         INTEGER PRIMARY KEY,
	batch      TEXT NOT NULL UNIQUE,
	decision   TEXT NOT NULL CHECK (decision IN ('left')),
	reason     TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	os_user    TEXT NOT NULL,
	at         TEXT NOT NULL
) STRICT;

-- Which deposit a payment of a forgotten batch was: the bank knows it by that
-- reference. The batch itself is in batches again, under its old reference.
CREATE TABLE recalled (
	id         INTEGER PRIMARY KEY,
	reference  TEXT NOT NULL UNIQUE,
	deposit_id INTEGER NOT NULL UNIQUE REFERENCES deposits(id),
	batch_id   INTEGER NOT NULL REFERENCES batches(id)
) STRICT;

-- That a deposit is another wage than the forgotten payment which it looks
-- like, and may be paid: one person proposes it, another approves.
CREATE TABLE claim_decisions (
	id         INTEGER PRIMARY KEY,
	reference  TEXT NOT NULL,         -- of the forgotten payment
	deposit_id INTEGER NOT NULL REFERENCES deposits(id),
	event      TEXT NOT NULL CHECK (event IN ('proposed','approved')),
	reason     TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	os_user    TEXT NOT NULL,
	at         TEXT NOT NULL
) STRICT;
CREATE INDEX claim_decisions_deposit ON claim_decisions(deposit_id);
CREATE UNIQUE INDEX claim_decisions_approved ON claim_decisions(reference) WHERE event = 'approved';

CREATE TRIGGER holds_no_update BEFORE UPDATE ON holds BEGIN SELECT RAISE(ABORT, 'holds is append-only: a correction is a new row'); END;
CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds BEGIN SELECT RAISE(ABORT, 'holds is append-only: nothing is removed'); END;
CREATE TRIGGER forgotten_no_update BEFORE UPDATE ON forgotten BEGIN SELECT RAISE(ABORT, 'forgotten is append-only: a correction is a new row'); END;
CREATE TRIGGER forgotten_no_delete BEFORE DELETE ON forgotten BEGIN SELECT RAISE(ABORT, 'forgotten is append-only: nothing is removed'); END;
CREATE TRIGGER forgotten_lines_no_update BEFORE UPDATE ON forgotten_lines BEGIN SELECT RAISE(ABORT, 'forgotten_lines is append-only: a correction is a new row'); END;
CREATE TRIGGER forgotten_lines_no_delete BEFORE DELETE ON forgotten_lines BEGIN SELECT RAISE(ABORT, 'forgotten_lines is append-only: nothing is removed'); END;
CREATE TRIGGER forgotten_decisions_no_update BEFORE UPDATE ON forgotten_decisions BEGIN SELECT RAISE(ABORT, 'forgotten_decisions is append-only: a correction is a new row'); END;
CREATE TRIGGER forgotten_decisions_no_delete BEFORE DELETE ON forgotten_decisions BEGIN SELECT RAISE(ABORT, 'forgotten_decisions is append-only: nothing is removed'); END;
CREATE TRIGGER recalled_no_update BEFORE UPDATE ON recalled BEGIN SELECT RAISE(ABORT, 'recalled is append-only: a correction is a new row'); END;
CREATE TRIGGER recalled_no_delete BEFORE DELETE ON recalled BEGIN SELECT RAISE(ABORT, 'recalled is append-only: nothing is removed'); END;
CREATE TRIGGER claim_decisions_no_update BEFORE UPDATE ON claim_decisions BEGIN SELECT RAISE(ABORT, 'claim_decisions is append-only: a correction is a new row'); END;
CREATE TRIGGER claim_decisions_no_delete BEFORE DELETE ON claim_decisions BEGIN SELECT RAISE(ABORT, 'claim_decisions is append-only: nothing is removed'); END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
