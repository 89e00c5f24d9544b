-- The audit log 审计: who did or read what, when and why, as ids and codes. Only ever added to. What is too old to keep loses what
-- it says; the row with its digest stays, so that the chain still holds.
CREATE TABLE audit_entries (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT,
    actor_id UUID,
    role TEXT,
    action TEXT,
    object TEXT,
    purpose TEXT,
    outcome TEXT,
    request_id UUID,
    address TEXT,
    digest BYTEA NOT NULL,
    link BIGINT,
    CHECK ((action IS NULL) = (actor_kind IS NULL) AND (action IS NULL) = (outcome IS NULL) AND (action IS NULL) = (request_id IS NULL))
);
CREATE INDEX audit_entries_waiting ON audit_entries (at, id) WHERE link IS NULL;
CREATE INDEX audit_entries_link ON audit_entries (region, link);
CREATE INDEX audit_entries_at ON audit_entries (region, at, id);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_entries_object ON audit_entries (object, at, id) WHERE object IS NOT NULL;

-- One chain a region: each link holds some entries under one digest and stands on the hash of the one before.
CREATE TABLE audit_links (
    region TEXT NOT NULL,
    link BIGINT NOT NULL CHECK (link >= 1),
    entries INTEGER NOT NULL CHECK (entries >= 1),
    digest BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (region, link)
);

-- Signed hashes of links, to be deposited elsewhere: what is cut off after one is found.
CREATE TABLE audit_checkpoints (
    region TEXT NOT NULL,
    link BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (region, link)
);
