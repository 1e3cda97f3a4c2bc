-- The books. Every table is append-only: what was written stays, and a change
-- is a new row. Amounts are integer sen, times are UTC in RFC 3339, dates are
-- yyyy-mm-dd in the facility's time zone. Every table has an id that counts
-- without gaps, so that the chain can name the rows of a transaction as a range.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE chain (
	id      INTEGER PRIMARY KEY,
	at      TEXT NOT NULL,
	actor   TEXT NOT NULL,            -- who decided
	os_user TEXT NOT NULL,            -- the operating-system user beside it, always
	night   TEXT NOT NULL,            -- id of the night, empty outside one
	action  TEXT NOT NULL,
	content TEXT NOT NULL,            -- a line per table: name first last sha256
	prev    TEXT NOT NULL,
	hash    TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE facilities (
	id       INTEGER PRIMARY KEY,
	code     TEXT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	timezone TEXT NOT NULL
) STRICT;

CREATE TABLE banks (
	id   INTEGER PRIMARY KEY,
	code TEXT NOT NULL UNIQUE
) STRICT;

-- A generation marks the references that one life of this ledger gives out. A
-- ledger restored from a backup begins a new one, so that a reference which the
-- lost part had already given out can never come again.
CREATE TABLE generations (
	id     INTEGER PRIMARY KEY,
	mark   TEXT NOT NULL UNIQUE,
	reason TEXT NOT NULL,
	at     TEXT NOT NULL
) STRICT;

CREATE TABLE files (
	id     INTEGER PRIMARY KEY,
	kind   TEXT NOT NULL CHECK (kind IN ('roster','wage_sheet','transfer','acknowledgement','settlement','return','unrecognised')),
	name   TEXT NOT NULL,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	size   INTEGER NOT NULL CHECK (size >= 0),
	bank_id INTEGER REFERENCES banks(id),
	at     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX files_bytes ON files(sha256, kind);
CREATE UNIQUE INDEX files_transfer_name ON files(name) WHERE kind = 'transfer';
CREATE INDEX files_name ON files(name);

CREATE TABLE file_events (
	id      INTEGER PRIMARY KEY,
	file_id INTEGER NOT NULL REFERENCES files(id),
	event   TEXT NOT NULL CHECK (event IN ('received','posted','quarantined','seen_again','moved','removed')),
	detail  TEXT NOT NULL,
	at      TEXT NOT NULL
) STRICT;
CREATE INDEX file_events_file ON file_events(file_id);

-- What lay in a bank's folder and has been fetched, so that it is not fetched
-- again every night while it lies there.
CREATE TABLE remote_files (
	id       INTEGER PRIMARY KEY,
	bank_id  INTEGER NOT NULL REFERENCES banks(id),
	name     TEXT NOT NULL,
	size     INTEGER NOT NULL,
	modified TEXT NOT NULL,
	file_id  INTEGER NOT NULL REFERENCES files(id),
	at       TEXT NOT NULL
) STRICT;
CREATE INDEX remote_files_name ON remote_files(bank_id, name);

CREATE TABLE rosters (
	id          INTEGER PRIMARY KEY,
	facility_id INTEGER NOT NULL REFERENCES facilities(id),
	file_id     INTEGER NOT NULL REFERENCES files(id),
	first_line  INTEGER NOT NULL,     -- id of its first roster line
	lines       INTEGER NOT NULL CHECK (lines > 0),
	imported_by TEXT NOT NULL,
	os_user     TEXT NOT NULL,
	at          TEXT NOT NULL
) STRICT;

CREATE TABLE roster_lines (
	id              INTEGER PRIMARY KEY,
	line            INTEGER NOT NULL,
	beneficiary     TEXT NOT NULL,
	register_number TEXT NOT NULL,
	name            TEXT NOT NULL,
	account         TEXT NOT NULL CHECK (length(account) = 15)
) STRICT;

CREATE TABLE roster_decisions (
	id         INTEGER PRIMARY KEY,
	roster_id  INTEGER NOT NULL UNIQUE REFERENCES rosters(id),
	decision   TEXT NOT NULL CHECK (decision IN ('approved','refused')),
	decided_by TEXT NOT NULL,
	os_user    TEXT NOT NULL,
	reason     TEXT NOT NULL,
	at         TEXT NOT NULL
) STRICT;

CREATE TABLE sheets (
	id            INTEGER PRIMARY KEY,
	facility_id   INTEGER NOT NULL REFERENCES facilities(id),
	file_id       INTEGER REFERENCES files(id), -- null for a repayment, which has no file
	kind          TEXT NOT NULL CHECK (kind IN ('wages','repayment')),
	period        TEXT NOT NULL,
	count         INTEGER NOT NULL CHECK (count > 0),
	total         INTEGER NOT NULL CHECK (total > 0),
	content       TEXT NOT NULL,      -- SHA-256 of the canonical rows
	first_deposit INTEGER NOT NULL,
	imported_by   TEXT NOT NULL,
	os_user       TEXT NOT NULL,
	reason        TEXT NOT NULL,
	at            TEXT NOT NULL
) STRICT;

CREATE TABLE sheet_decisions (
	id         INTEGER PRIMARY KEY,
	sheet_id   INTEGER NOT NULL UNIQUE REFERENCES sheets(id),
	decision   TEXT NOT NULL CHECK (decision IN ('approved','refused')),
	decided_by TEXT NOT NULL,
	os_user    TEXT NOT NULL,
	reason     TEXT NOT NULL,
	at         TEXT NOT NULL
) STRICT;

CREATE TABLE deposits (
	id          INTEGER PRIMARY KEY,
	sheet_id    INTEGER NOT NULL REFERENCES sheets(id) DEFERRABLE INITIALLY DEFERRED, -- the sheet is known when all its lines are
	line        INTEGER NOT NULL,
	beneficiary TEXT NOT NULL,
	name        TEXT NOT NULL,
	account     TEXT NOT NULL CHECK (length(account) = 15),
	amount      INTEGER NOT NULL CHECK (amount > 0),
	remark      TEXT NOT NULL,
	-- A function of the id (and so as unique as it): facility, generation, id,
	-- check character. It is looked up through the id that it holds.
	reference   TEXT NOT NULL CHECK (length(reference) <= 20)
) STRICT;

-- A failed deposit is paid again only by a new one, which is linked here, and by
-- one only, unless the sheet of that one was refused.
CREATE TABLE repayments (
	id         INTEGER PRIMARY KEY,
	deposit_id INTEGER NOT NULL UNIQUE REFERENCES deposits(id),
	replaces   INTEGER NOT NULL REFERENCES deposits(id)
) STRICT;
CREATE INDEX repayments_replaces ON repayments(replaces);
CREATE TRIGGER repayments_once BEFORE INSERT ON repayments
WHEN EXISTS (SELECT 1 FROM repayments o JOIN deposits d ON d.id = o.deposit_id LEFT JOIN sheet_decisions x ON x.sheet_id = d.sheet_id
	WHERE o.replaces = NEW.replaces AND coalesce(x.decision, '') <> 'refused')
BEGIN SELECT RAISE(ABORT, 'a failed deposit is paid again once'); END;

CREATE TABLE batches (
	id            INTEGER PRIMARY KEY,
	facility_id   INTEGER NOT NULL REFERENCES facilities(id),
	bank_id       INTEGER NOT NULL REFERENCES banks(id),
	reference     TEXT NOT NULL UNIQUE CHECK (length(reference) <= 20),
	period        TEXT NOT NULL,
	file_id       INTEGER NOT NULL UNIQUE REFERENCES files(id),
	count         INTEGER NOT NULL CHECK (count > 0),
	total         INTEGER NOT NULL CHECK (total > 0),
	value_date    TEXT NOT NULL,
	created       TEXT NOT NULL
) STRICT;

-- Which deposits a batch holds, as ranges of deposit ids: deposits enter a
-- batch by the sheet, so that a million of them are one row. A deposit is in
-- one batch at most, for ever: the trigger refuses ranges that overlap.
CREATE TABLE batch_ranges (
	id             INTEGER PRIMARY KEY,
	batch_id       INTEGER NOT NULL REFERENCES batches(id),
	first_deposit  INTEGER NOT NULL,
	last_deposit   INTEGER NOT NULL,
	first_sequence INTEGER NOT NULL,
	CHECK (first_deposit <= last_deposit)
) STRICT;
CREATE UNIQUE INDEX batch_ranges_first ON batch_ranges(first_deposit);
CREATE INDEX batch_ranges_batch ON batch_ranges(batch_id);
CREATE TRIGGER batch_ranges_once BEFORE INSERT ON batch_ranges
WHEN EXISTS (SELECT 1 FROM batch_ranges r WHERE r.first_deposit <= NEW.last_deposit AND r.last_deposit >= NEW.first_deposit)
BEGIN SELECT RAISE(ABORT, 'a deposit may be in one batch only'); END;

CREATE TABLE batch_events (
	id       INTEGER PRIMARY KEY,
	batch_id INTEGER NOT NULL REFERENCES batches(id),
	event    TEXT NOT NULL CHECK (event IN ('sealed','staged','delivered','uncertain','acknowledged','refused')),
	detail   TEXT NOT NULL,
	file_id  INTEGER REFERENCES files(id), -- the bank's file that proves it
	line     INTEGER NOT NULL,
	decided_by TEXT NOT NULL,
	os_user  TEXT NOT NULL,
	night    TEXT NOT NULL,
	at       TEXT NOT NULL
) STRICT;
CREATE INDEX batch_events_batch ON batch_events(batch_id);
-- A batch is delivered once, and answered as a whole once.
CREATE UNIQUE INDEX batch_events_delivered ON batch_events(batch_id) WHERE event = 'delivered';
CREATE UNIQUE INDEX batch_events_answered ON batch_events(batch_id) WHERE event IN ('acknowledged','refused');

-- The bank's answers. Neighbouring deposits that a file answers alike on
-- neighbouring lines are one row, so that a night on which everything is paid
-- costs almost nothing. Slot 0 is the final answer (settled, rejected, or
-- returned before it settled), slot 1 a return after it settled, slot 2 money
-- that went to another account; 100 + file id is "pending" as that file said.
-- The trigger is the guard that a deposit is answered for good once.
CREATE TABLE answers (
	id            INTEGER PRIMARY KEY,
	first_deposit INTEGER NOT NULL REFERENCES deposits(id),
	last_deposit  INTEGER NOT NULL REFERENCES deposits(id),
	slot          INTEGER NOT NULL,
	outcome       TEXT NOT NULL CHECK (outcome IN ('settled','rejected','returned','misdirected','pending')),
	batch_id      INTEGER NOT NULL REFERENCES batches(id),
	file_id       INTEGER NOT NULL REFERENCES files(id),
	first_line    INTEGER NOT NULL,
	line_step     INTEGER NOT NULL CHECK (line_step IN (0, 1)), -- 0: one line answers them all
	status        TEXT NOT NULL,
	code          TEXT NOT NULL,
	amount        INTEGER,           -- what the bank moved, where it is not what we ordered
	CHECK (first_deposit <= last_deposit),
	CHECK (first_deposit = last_deposit OR amount IS NULL AND slot = 0)
) STRICT;
CREATE UNIQUE INDEX answers_slot ON answers(slot, first_deposit);
CREATE INDEX answers_pending ON answers(first_deposit) WHERE slot >= 100;
CREATE TRIGGER answers_once BEFORE INSERT ON answers
WHEN coalesce((SELECT a.last_deposit FROM answers a WHERE a.slot = NEW.slot AND a.first_deposit <= NEW.last_deposit ORDER BY a.first_deposit DESC LIMIT 1), 0) >= NEW.first_deposit
BEGIN SELECT RAISE(ABORT, 'a deposit is answered for good once'); END;

CREATE TABLE journal (
	id          INTEGER PRIMARY KEY,
	date        TEXT NOT NULL,
	facility_id INTEGER NOT NULL REFERENCES facilities(id),
	bank_id     INTEGER REFERENCES banks(id),
	event       TEXT NOT NULL,
	sheet_id    INTEGER REFERENCES sheets(id),
	batch_id    INTEGER REFERENCES batches(id),
	file_id     INTEGER REFERENCES files(id),
	deposits    INTEGER NOT NULL,     -- how many deposits it speaks of
	memo        TEXT NOT NULL,
	at          TEXT NOT NULL
) STRICT;

CREATE TABLE postings (
	id       INTEGER PRIMARY KEY,
	entry_id INTEGER NOT NULL REFERENCES journal(id),
	account  TEXT NOT NULL CHECK (account IN ('wages_expense','wages_payable','bank_in_transit','bank','returns','suspense')),
	debit    INTEGER NOT NULL CHECK (debit >= 0),
	credit   INTEGER NOT NULL CHECK (credit >= 0),
	CHECK ((debit = 0) <> (credit = 0))
) STRICT;
CREATE INDEX postings_entry ON postings(entry_id);
CREATE INDEX journal_batch ON journal(batch_id);

CREATE TABLE mismatches (
	id               INTEGER PRIMARY KEY,
	kind             TEXT NOT NULL,
	facility_id      INTEGER NOT NULL REFERENCES facilities(id),
	bank_id          INTEGER NOT NULL REFERENCES banks(id),
	deposit_id       INTEGER REFERENCES deposits(id),
	batch_id         INTEGER REFERENCES batches(id),
	file_id          INTEGER REFERENCES files(id),
	line             INTEGER NOT NULL,
	field            TEXT NOT NULL,
	from_column      INTEGER NOT NULL,
	to_column        INTEGER NOT NULL,
	reference        TEXT NOT NULL,
	expected_account TEXT,
	expected_name    TEXT,
	expected_amount  INTEGER,
	actual_account   TEXT,
	actual_name      TEXT,
	actual_amount    INTEGER,
	status           TEXT NOT NULL,
	code             TEXT NOT NULL,
	detail           TEXT NOT NULL,
	detail_id        TEXT NOT NULL, -- detail in Indonesian, where it is words
	raw              TEXT NOT NULL,
	opened           TEXT NOT NULL,
	at               TEXT NOT NULL
) STRICT;
CREATE INDEX mismatches_deposit ON mismatches(deposit_id) WHERE deposit_id IS NOT NULL;

CREATE TABLE mismatch_events (
	id          INTEGER PRIMARY KEY,
	mismatch_id INTEGER NOT NULL REFERENCES mismatches(id),
	event       TEXT NOT NULL CHECK (event IN ('cleared','proposed','resolved','reopened')),
	reason      TEXT NOT NULL,
	file_id     INTEGER REFERENCES files(id),
	line        INTEGER NOT NULL,
	decided_by  TEXT NOT NULL,
	os_user     TEXT NOT NULL,
	at          TEXT NOT NULL
) STRICT;
CREATE INDEX mismatch_events_mismatch ON mismatch_events(mismatch_id);

CREATE TABLE nights (
	id      INTEGER PRIMARY KEY,
	key     TEXT NOT NULL UNIQUE,
	date    TEXT NOT NULL,
	due     TEXT NOT NULL,            -- when it should have begun, empty when a person began it
	started TEXT NOT NULL
) STRICT;

CREATE TABLE night_steps (
	id       INTEGER PRIMARY KEY,
	night_id INTEGER NOT NULL REFERENCES nights(id),
	step     TEXT NOT NULL,
	outcome  TEXT NOT NULL CHECK (outcome IN ('ran','degraded','failed')),
	detail   TEXT NOT NULL,
	at       TEXT NOT NULL
) STRICT;
CREATE INDEX night_steps_night ON night_steps(night_id);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE VIEW deposit_batches AS
	SELECT d.id AS deposit_id, r.batch_id, r.first_sequence + d.id - r.first_deposit AS sequence
	FROM batch_ranges r JOIN deposits d ON d.id BETWEEN r.first_deposit AND r.last_deposit;
CREATE VIEW balances AS
	SELECT account, sum(debit) AS debit, sum(credit) AS credit, sum(debit) - sum(credit) AS balance FROM postings GROUP BY account;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
