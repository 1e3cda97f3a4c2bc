-- Nothing that was written may be changed or taken away, by this program or by
-- any other that opens the file.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER chain_no_update BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'chain is append-only: a correction is a new row'); END;
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'chain is append-only: nothing is removed'); END;
CREATE TRIGGER facilities_no_update BEFORE UPDATE ON facilities BEGIN SELECT RAISE(ABORT, 'facilities is append-only: a correction is a new row'); END;
CREATE TRIGGER facilities_no_delete BEFORE DELETE ON facilities BEGIN SELECT RAISE(ABORT, 'facilities is append-only: nothing is removed'); END;
CREATE TRIGGER banks_no_update BEFORE UPDATE ON banks BEGIN SELECT RAISE(ABORT, 'banks is append-only: a correction is a new row'); END;
CREATE TRIGGER banks_no_delete BEFORE DELETE ON banks BEGIN SELECT RAISE(ABORT, 'banks is append-only: nothing is removed'); END;
CREATE TRIGGER generations_no_update BEFORE UPDATE ON generations BEGIN SELECT RAISE(ABORT, 'generations is append-only: a correction is a new row'); END;
CREATE TRIGGER generations_no_delete BEFORE DELETE ON generations BEGIN SELECT RAISE(ABORT, 'generations is append-only: nothing is removed'); END;
CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'files is append-only: a correction is a new row'); END;
CREATE TRIGGER files_no_delete BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'files is append-only: nothing is removed'); END;
CREATE TRIGGER file_events_no_update BEFORE UPDATE ON file_events BEGIN SELECT RAISE(ABORT, 'file_events is append-only: a correction is a new row'); END;
CREATE TRIGGER file_events_no_delete BEFORE DELETE ON file_events BEGIN SELECT RAISE(ABORT, 'file_events is append-only: nothing is removed'); END;
CREATE TRIGGER remote_files_no_update BEFORE UPDATE ON remote_files BEGIN SELECT RAISE(ABORT, 'remote_files is append-only: a correction is a new row'); END;
CREATE TRIGGER remote_files_no_delete BEFORE DELETE ON remote_files BEGIN SELECT RAISE(ABORT, 'remote_files is append-only: nothing is removed'); END;
CREATE TRIGGER rosters_no_update BEFORE UPDATE ON rosters BEGIN SELECT RAISE(ABORT, 'rosters is append-only: a correction is a new row'); END;
CREATE TRIGGER rosters_no_delete BEFORE DELETE ON rosters BEGIN SELECT RAISE(ABORT, 'rosters is append-only: nothing is removed'); END;
CREATE TRIGGER roster_lines_no_update BEFORE UPDATE ON roster_lines BEGIN SELECT RAISE(ABORT, 'roster_lines is append-only: a correction is a new row'); END;
CREATE TRIGGER roster_lines_no_delete BEFORE DELETE ON roster_lines BEGIN SELECT RAISE(ABORT, 'roster_lines is append-only: nothing is removed'); END;
CREATE TRIGGER roster_decisions_no_update BEFORE UPDATE ON roster_decisions BEGIN SELECT RAISE(ABORT, 'roster_decisions is append-only: a correction is a new row'); END;
CREATE TRIGGER roster_decisions_no_delete BEFORE DELETE ON roster_decisions BEGIN SELECT RAISE(ABORT, 'roster_decisions is append-only: nothing is removed'); END;
CREATE TRIGGER sheets_no_update BEFORE UPDATE ON sheets BEGIN SELECT RAISE(ABORT, 'sheets is append-only: a correction is a new row'); END;
CREATE TRIGGER sheets_no_delete BEFORE DELETE ON sheets BEGIN SELECT RAISE(ABORT, 'sheets is append-only: nothing is removed'); END;
CREATE TRIGGER sheet_decisions_no_update BEFORE UPDATE ON sheet_decisions BEGIN SELECT RAISE(ABORT, 'sheet_decisions is append-only: a correction is a new row'); END;
CREATE TRIGGER sheet_decisions_no_delete BEFORE DELETE ON sheet_decisions BEGIN SELECT RAISE(ABORT, 'sheet_decisions is append-only: nothing is removed'); END;
CREATE TRIGGER deposits_no_update BEFORE UPDATE ON deposits BEGIN SELECT RAISE(ABORT, 'deposits is append-only: a correction is a new row'); END;
CREATE TRIGGER deposits_no_delete BEFORE DELETE ON deposits BEGIN SELECT RAISE(ABORT, 'deposits is append-only: nothing is removed'); END;
CREATE TRIGGER repayments_no_update BEFORE UPDATE ON repayments BEGIN SELECT RAISE(ABORT, 'repayments is append-only: a correction is a new row'); END;
CREATE TRIGGER repayments_no_delete BEFORE DELETE ON repayments BEGIN SELECT RAISE(ABORT, 'repayments is append-only: nothing is removed'); END;
CREATE TRIGGER batches_no_update BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'batches is append-only: a correction is a new row'); END;
CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'batches is append-only: nothing is removed'); END;
CREATE TRIGGER batch_ranges_no_update BEFORE UPDATE ON batch_ranges BEGIN SELECT RAISE(ABORT, 'batch_ranges is append-only: a correction is a new row'); END;
CREATE TRIGGER batch_ranges_no_delete BEFORE DELETE ON batch_ranges BEGIN SELECT RAISE(ABORT, 'batch_ranges is append-only: nothing is removed'); END;
CREATE TRIGGER batch_events_no_update BEFORE UPDATE ON batch_events BEGIN SELECT RAISE(ABORT, 'batch_events is append-only: a correction is a new row'); END;
CREATE TRIGGER batch_events_no_delete BEFORE DELETE ON batch_events BEGIN SELECT RAISE(ABORT, 'batch_events is append-only: nothing is removed'); END;
CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'answers is append-only: a correction is a new row'); END;
CREATE TRIGGER answers_no_delete BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'answers is append-only: nothing is removed'); END;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only: a correction is a new row'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only: nothing is removed'); END;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings is append-only: a correction is a new row'); END;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings is append-only: nothing is removed'); END;
CREATE TRIGGER mismatches_no_update BEFORE UPDATE ON mismatches BEGIN SELECT RAISE(ABORT, 'mismatches is append-only: a correction is a new row'); END;
CREATE TRIGGER mismatches_no_delete BEFORE DELETE ON mismatches BEGIN SELECT RAISE(ABORT, 'mismatches is append-only: nothing is removed'); END;
CREATE TRIGGER mismatch_events_no_update BEFORE UPDATE ON mismatch_events BEGIN SELECT RAISE(ABORT, 'mismatch_events is append-only: a correction is a new row'); END;
CREATE TRIGGER mismatch_events_no_delete BEFORE DELETE ON mismatch_events BEGIN SELECT RAISE(ABORT, 'mismatch_events is append-only: nothing is removed'); END;
CREATE TRIGGER nights_no_update BEFORE UPDATE ON nights BEGIN SELECT RAISE(ABORT, 'nights is append-only: a correction is a new row'); END;
CREATE TRIGGER nights_no_delete BEFORE DELETE ON nights BEGIN SELECT RAISE(ABORT, 'nights is append-only: nothing is removed'); END;
CREATE TRIGGER night_steps_no_update BEFORE UPDATE ON night_steps BEGIN SELECT RAISE(ABORT, 'night_steps is append-only: a correction is a new row'); END;
CREATE TRIGGER night_steps_no_delete BEFORE DELETE ON night_steps BEGIN SELECT RAISE(ABORT, 'night_steps is append-only: nothing is removed'); END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
