-- What a retried request must give again: ids and a status, never a body.
CREATE TABLE idempotency_keys (
    principal BLOB NOT NULL,
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    resource BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (principal, target, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_at ON idempotency_keys (at);

-- Which of several replicas runs a job.
CREATE TABLE leases (
    job TEXT NOT NULL PRIMARY KEY,
    holder BLOB NOT NULL,
    until BIGINT NOT NULL
);
