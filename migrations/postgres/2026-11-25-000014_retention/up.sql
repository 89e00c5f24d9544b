-- Policies of further kinds.
CREATE TABLE policies_before AS SELECT * FROM policies;
DROP TABLE policies;
CREATE TABLE policies (
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL CHECK (kind IN ('orders', 'retention')),
    version TEXT NOT NULL,
    valid_from TIMESTAMPTZ NOT NULL,
    document TEXT NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (region, kind, version)
);
INSERT INTO policies (region, kind, version, valid_from, document, created_by, created_at)
SELECT region, kind, version, valid_from, document, created_by, created_at FROM policies_before;
DROP TABLE policies_before;
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);

-- What is past its time is erased by runs of a job, and each tells what it did. The region is empty for what belongs to the
-- installation as a whole. A run goes on after what it has reached.
CREATE TABLE retention_runs (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('audit', 'provisions', 'orders', 'sessions')),
    policy_version TEXT NOT NULL,
    cutoff TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    erased BIGINT NOT NULL CHECK (erased >= 0),
    reached_at TIMESTAMPTZ NOT NULL,
    reached_id UUID NOT NULL
);
CREATE UNIQUE INDEX retention_runs_open ON retention_runs (region, kind) WHERE ended_at IS NULL;
CREATE INDEX retention_runs_started ON retention_runs (region, started_at, id);

-- The entry that says of an emptied one that its time was over.
ALTER TABLE audit_entries ADD COLUMN erased_by UUID;

CREATE INDEX orders_ended ON orders (region, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_expires ON sessions (expires_at, id);
