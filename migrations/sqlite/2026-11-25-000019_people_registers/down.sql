DROP TABLE insurances;
ALTER TABLE orders DROP COLUMN hazard;
ALTER TABLE services DROP COLUMN hazard;
CREATE TABLE messages_before AS SELECT * FROM messages;
DROP TABLE messages;
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('placed_for_you', 'placed_by_you')),
    order_id BLOB NOT NULL REFERENCES orders (id),
    subject_told BOOLEAN,
    at BIGINT NOT NULL,
    read_at BIGINT
);
INSERT INTO messages (id, account_id, kind, order_id, subject_told, at, read_at)
SELECT id, account_id, kind, order_id, subject_told, at, read_at FROM messages_before WHERE order_id IS NOT NULL;
DROP TABLE messages_before;
CREATE INDEX messages_account ON messages (account_id, id);
CREATE INDEX messages_order ON messages (order_id);
DROP TABLE certification_notices;
DROP INDEX certifications_validity;
DROP TABLE certification_events;
DROP TABLE volunteer_events;
ALTER TABLE volunteers DROP COLUMN profile;
CREATE TABLE policies_before AS SELECT * FROM policies;
DROP TABLE policies;
CREATE TABLE policies (
    region TEXT NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL CHECK (kind IN ('orders', 'retention', 'demands', 'organisations')),
    version TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (region, kind, version)
);
INSERT INTO policies (region, kind, version, valid_from, document, created_by, created_at)
SELECT region, kind, version, valid_from, document, created_by, created_at FROM policies_before WHERE kind IN ('orders', 'retention', 'demands', 'organisations');
DROP TABLE policies_before;
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);
