-- What somebody has done to an account of somebody else so that they could act through it: no second person to them for a while.
CREATE TABLE interventions (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    by_account BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'password_reset', 'second_factor_reset', 'unlocked')),
    at BIGINT NOT NULL
);
CREATE INDEX interventions_account ON interventions (account_id, at);

-- Signatures of WeChat's unencrypted messages, by their digests, each with the digest of the body that came first with it.
CREATE TABLE message_signatures (
    signature BLOB NOT NULL PRIMARY KEY,
    body BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX message_signatures_expiry ON message_signatures (expires_at);

-- Texts about people are sealed. What was kept in plain stands aside until the clock's work has sealed it; nothing new comes there.
ALTER TABLE certifications ADD COLUMN unsealed_evidence TEXT;
UPDATE certifications SET unsealed_evidence = evidence WHERE evidence <> '';
ALTER TABLE certifications DROP COLUMN evidence;
ALTER TABLE certifications ADD COLUMN evidence BLOB;
CREATE INDEX certifications_unsealed ON certifications (id) WHERE unsealed_evidence IS NOT NULL;
ALTER TABLE order_reviews ADD COLUMN unsealed_tags TEXT;
UPDATE order_reviews SET unsealed_tags = tags WHERE tags <> '';
ALTER TABLE order_reviews DROP COLUMN tags;
ALTER TABLE order_reviews ADD COLUMN tags BLOB;
CREATE INDEX order_reviews_unsealed ON order_reviews (id) WHERE unsealed_tags IS NOT NULL;
