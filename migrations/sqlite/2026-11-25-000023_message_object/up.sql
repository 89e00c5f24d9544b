-- Messages may be about anything that has an id, by their kind; the kinds are those that the program knows.
CREATE TABLE messages_before AS SELECT * FROM messages;
DROP TABLE messages;
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    order_id BLOB REFERENCES orders (id),
    certification_id BLOB REFERENCES certifications (id),
    object_id BLOB,
    subject_told BOOLEAN,
    at BIGINT NOT NULL,
    read_at BIGINT,
    CHECK (CASE WHEN order_id IS NULL THEN 0 ELSE 1 END + CASE WHEN certification_id IS NULL THEN 0 ELSE 1 END
        + CASE WHEN object_id IS NULL THEN 0 ELSE 1 END = 1)
);
INSERT INTO messages (id, account_id, kind, order_id, certification_id, subject_told, at, read_at)
SELECT id, account_id, kind, order_id, certification_id, subject_told, at, read_at FROM messages_before;
DROP TABLE messages_before;
CREATE INDEX messages_account ON messages (account_id, id);
CREATE INDEX messages_order ON messages (order_id);
