-- What a retried request must give again: ids and a status, never a body.
CREATE TABLE idempotency_keys (
    principal UUID NOT NULL,
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BYTEA NOT NULL,
    status INTEGER NOT NULL,
    resource UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (principal, target, key)
);
CREATE INDEX idempotency_keys_at ON idempotency_keys (at);

-- Which of several replicas runs a job.
CREATE TABLE leases (
    job TEXT NOT NULL PRIMARY KEY,
    holder UUID NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
