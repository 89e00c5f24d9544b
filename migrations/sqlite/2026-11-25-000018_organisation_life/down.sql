DROP TABLE fund_reports;
DROP TABLE fund_entries;
DROP TABLE fund_balances;
DROP TABLE funds;
DROP TABLE alliance_turns;
DROP TABLE alliance_members;
DROP TABLE membership_events;
ALTER TABLE memberships DROP COLUMN role;
DROP TABLE organisation_events;
DROP INDEX organisations_credit_code;
ALTER TABLE organisations DROP COLUMN submitted_at;
ALTER TABLE organisations DROP COLUMN submitted_by;
ALTER TABLE organisations DROP COLUMN contact;
ALTER TABLE organisations DROP COLUMN founded_on;
ALTER TABLE organisations DROP COLUMN sponsor_id;
ALTER TABLE organisations DROP COLUMN credit_code;
-- Where there is no review, what does not serve yet is as suspended.
ALTER TABLE organisations ADD COLUMN standing TEXT NOT NULL DEFAULT 'suspended' CHECK (standing IN ('active', 'suspended', 'dissolved'));
UPDATE organisations SET standing = state WHERE state IN ('active', 'suspended', 'dissolved');
ALTER TABLE organisations DROP COLUMN state;
ALTER TABLE organisations RENAME COLUMN standing TO state;
CREATE TABLE policies_before AS SELECT * FROM policies;
DROP TABLE policies;
CREATE TABLE policies (
    region TEXT NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL CHECK (kind IN ('orders', 'retention', 'demands')),
    version TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (region, kind, version)
);
INSERT INTO policies (region, kind, version, valid_from, document, created_by, created_at)
SELECT region, kind, version, valid_from, document, created_by, created_at FROM policies_before WHERE kind <> 'organisations';
DROP TABLE policies_before;
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);
