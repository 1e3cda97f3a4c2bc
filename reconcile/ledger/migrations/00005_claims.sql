-- A payment of a forgotten batch goes on to hold back wages after people have
-- said of one that it is another: such a decision is final for the deposit, and
-- not for the payment.

-- +goose Up
-- +goose StatementBegin
DROP INDEX claim_decisions_approved;
CREATE UNIQUE INDEX claim_decisions_approved ON claim_decisions(deposit_id) WHERE event = 'approved';
CREATE INDEX claim_decisions_reference ON claim_decisions(reference);
-- +goose StatementEnd

-- +goose Down
SELECT 1;
