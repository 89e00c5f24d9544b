-- Policies of any kind: the kinds are those that the program knows.
CREATE TABLE policies_before AS SELECT * FROM policies;
DROP TABLE policies;
CREATE TABLE policies (
    region TEXT NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (region, kind, version)
);
INSERT INTO policies (region, kind, version, valid_from, document, created_by, created_at)
SELECT region, kind, version, valid_from, document, created_by, created_at FROM policies_before;
DROP TABLE policies_before;
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);

-- What volunteers say of themselves is one sealed value: nothing of it is searched for.
ALTER TABLE volunteers ADD COLUMN profile BLOB;

-- Where volunteers have stood, append-only. Notes may speak of people: they are sealed.
CREATE TABLE volunteer_events (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    from_state TEXT CHECK (from_state IN ('applied', 'active', 'paused', 'left', 'refused', 'barred')),
    to_state TEXT NOT NULL CHECK (to_state IN ('applied', 'active', 'paused', 'left', 'refused', 'barred')),
    reason TEXT,
    note BLOB,
    own BOOLEAN NOT NULL,
    by_account BLOB,
    at BIGINT NOT NULL,
    UNIQUE (person_id, seq)
);
INSERT INTO volunteer_events (id, person_id, seq, to_state, own, by_account, at)
SELECT randomblob(16), person_id, version, state, FALSE, changed_by, changed_at FROM volunteers;

-- Why certifications were suspended and resumed, append-only and sealed.
CREATE TABLE certification_events (
    id BLOB NOT NULL PRIMARY KEY,
    certification_id BLOB NOT NULL REFERENCES certifications (id),
    kind TEXT NOT NULL CHECK (kind IN ('certified', 'suspended', 'resumed')),
    reason BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    by_account BLOB,
    at BIGINT NOT NULL,
    UNIQUE (certification_id, version)
);
CREATE INDEX certifications_validity ON certifications (valid_until, id);

-- That a certification is about to expire is told once.
CREATE TABLE certification_notices (
    certification_id BLOB NOT NULL PRIMARY KEY REFERENCES certifications (id),
    at BIGINT NOT NULL
);

-- Messages may be about a certification instead of an order.
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
INSERT INTO messages (id, account_id, kind, order_id, subject_told, at, read_at)
SELECT id, account_id, kind, order_id, subject_told, at, read_at FROM messages_before;
DROP TABLE messages_before;
CREATE INDEX messages_account ON messages (account_id, id);
CREATE INDEX messages_order ON messages (order_id);

-- What serving may do to who serves; an order keeps what held when it was placed.
ALTER TABLE services ADD COLUMN hazard TEXT NOT NULL DEFAULT 'none' CHECK (hazard IN ('none', 'dangerous', 'rescue'));
ALTER TABLE orders ADD COLUMN hazard TEXT NOT NULL DEFAULT 'none' CHECK (hazard IN ('none', 'dangerous', 'rescue'));

-- Insurances of people who serve.
CREATE TABLE insurances (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    insurer BLOB,
    number BLOB,
    number_index BLOB NOT NULL,
    accident BOOLEAN NOT NULL,
    liability BOOLEAN NOT NULL,
    medical BOOLEAN NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    entered_by BLOB NOT NULL,
    ended_at BIGINT,
    ended_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at BIGINT NOT NULL,
    UNIQUE (person_id, number_index),
    CHECK (valid_from < valid_until),
    CHECK (accident OR liability OR medical)
);
