DROP INDEX demand_items_ended;
CREATE TABLE retention_runs_before AS SELECT * FROM retention_runs;
DROP TABLE retention_runs;
CREATE TABLE retention_runs (
    id BLOB NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('audit', 'provisions', 'orders', 'sessions')),
    policy_version TEXT NOT NULL,
    cutoff BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    erased BIGINT NOT NULL CHECK (erased >= 0),
    reached_at BIGINT NOT NULL,
    reached_id BLOB NOT NULL
);
INSERT INTO retention_runs (id, region, kind, policy_version, cutoff, started_at, ended_at, erased, reached_at, reached_id)
SELECT id, region, kind, policy_version, cutoff, started_at, ended_at, erased, reached_at, reached_id FROM retention_runs_before WHERE kind IN ('audit', 'provisions', 'orders', 'sessions');
DROP TABLE retention_runs_before;
CREATE UNIQUE INDEX retention_runs_open ON retention_runs (region, kind) WHERE ended_at IS NULL;
CREATE INDEX retention_runs_started ON retention_runs (region, started_at, id);
