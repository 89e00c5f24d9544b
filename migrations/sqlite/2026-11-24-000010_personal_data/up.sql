-- The keys of personal data: fingerprints of those that are needed, and the secrets that outlive them, sealed.
CREATE TABLE data_keys (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
    fingerprint TEXT NOT NULL,
    seals_since BIGINT NOT NULL,
    dropped_at BIGINT
);

CREATE TABLE carried_keys (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name IN ('index', 'tokens')),
    secret BLOB NOT NULL
);

-- How far each sealed column has come under a new key.
CREATE TABLE resealing (
    place TEXT NOT NULL PRIMARY KEY,
    to_key INTEGER NOT NULL REFERENCES data_keys (id),
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    after BLOB NOT NULL,
    finished_at BIGINT
);

-- Who consented to what, in which version of the text; a withdrawal stays beside it.
CREATE TABLE consents (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL CHECK (kind IN ('register', 'be_served', 'sensitive_data', 'publication')),
    text_version TEXT NOT NULL,
    giver TEXT NOT NULL CHECK (giver IN ('self', 'guardian')),
    relation TEXT,
    channel TEXT NOT NULL,
    evidence BLOB,
    recorded_by BLOB,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by BLOB,
    CHECK (giver = 'guardian' OR relation IS NULL)
);
CREATE INDEX consents_person ON consents (person_id, kind);

-- Who was written down on consent before consents were kept one by one has given it then.
INSERT INTO consents (id, person_id, kind, text_version, giver, channel, recorded_by, given_at)
SELECT randomblob(16), person_id, 'register', 'earlier', CASE WHEN basis = 'guardian' THEN 'guardian' ELSE 'self' END, 'earlier_record', actor, at
FROM person_events WHERE kind = 'entered' AND (basis IS NULL OR basis IN ('consent', 'guardian'));
INSERT INTO consents (id, person_id, kind, text_version, giver, channel, recorded_by, given_at)
SELECT randomblob(16), person_id, 'be_served', 'earlier', CASE WHEN basis = 'guardian' THEN 'guardian' ELSE 'self' END, 'earlier_record', actor, at
FROM person_events WHERE kind = 'entered' AND (basis IS NULL OR basis IN ('consent', 'guardian'));

-- Requests to see plain values of a minor, which a second person decides on.
CREATE TABLE unmask_requests (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    requested_by BLOB NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    fields TEXT NOT NULL,
    order_id BLOB REFERENCES orders (id),
    requested_at BIGINT NOT NULL,
    approved BOOLEAN,
    decided_by BLOB REFERENCES accounts (id),
    decided_at BIGINT,
    expires_at BIGINT,
    CHECK (decided_by <> requested_by),
    CHECK ((approved IS NULL) = (decided_by IS NULL)),
    CHECK ((approved IS NULL) = (decided_at IS NULL))
);
CREATE INDEX unmask_requests_person ON unmask_requests (person_id, requested_by);

-- Who has seen plain values, append-only: ids and codes.
CREATE TABLE unmaskings (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    account_id BLOB NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    fields TEXT NOT NULL,
    order_id BLOB REFERENCES orders (id),
    request_id BLOB REFERENCES unmask_requests (id),
    policy_version TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX unmaskings_person ON unmaskings (person_id, at);

-- How often an account has seen plain values on a day: bounded by the update that counts.
CREATE TABLE unmask_days (
    account_id BLOB NOT NULL REFERENCES accounts (id),
    day DATE NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (account_id, day)
);

-- Who was erased, when and at whose wish. The person's row stays, under a pseudonym.
CREATE TABLE erasures (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES persons (id),
    requested_through TEXT NOT NULL,
    by_account BLOB NOT NULL,
    policy_version TEXT NOT NULL,
    services_kept_until DATE,
    accesses_kept_until DATE,
    at BIGINT NOT NULL
);

-- Photos whose files are still to be deleted: kept until that is done.
CREATE TABLE photo_removals (
    photo_id BLOB NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL
);
