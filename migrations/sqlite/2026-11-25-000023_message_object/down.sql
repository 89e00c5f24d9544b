CREATE TABLE messages_before AS SELECT * FROM messages;
DROP TABLE messages;
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('placed_for_you', 'placed_by_you', 'certification_expires')),
    order_id BLOB REFERENCES orders (id),
    certification_id BLOB REFERENCES certifications (id),
    subject_told BOOLEAN,
    at BIGINT NOT NULL,
    read_at BIGINT,
    CHECK ((order_id IS NULL) <> (certification_id IS NULL))
);
INSERT INTO messages (id, account_id, kind, order_id, certification_id, subject_told, at, read_at)
SELECT id, account_id, kind, order_id, certification_id, subject_told, at, read_at FROM messages_before WHERE object_id IS NULL;
DROP TABLE messages_before;
CREATE INDEX messages_account ON messages (account_id, id);
CREATE INDEX messages_order ON messages (order_id);
