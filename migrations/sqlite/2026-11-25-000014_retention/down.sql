DROP INDEX sessions_expires;
DROP INDEX orders_ended;
ALTER TABLE audit_entries DROP COLUMN erased_by;
DROP TABLE retention_runs;
CREATE TABLE policies_before AS SELECT * FROM policies;
DROP TABLE policies;
CREATE TABLE policies (
    region TEXT NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL CHECK (kind IN ('orders')),
    version TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (region, kind, version)
);
INSERT INTO policies (region, kind, version, valid_from, document, created_by, created_at)
SELECT region, kind, version, valid_from, document, created_by, created_at FROM policies_before WHERE kind = 'orders';
DROP TABLE policies_before;
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);
