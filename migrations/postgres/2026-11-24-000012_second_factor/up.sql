-- When a session was last used, to the minute, and whether a second factor opened it.
ALTER TABLE sessions ADD COLUMN used_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;

-- A key is published before it signs.
ALTER TABLE signing_keys ADD COLUMN activates_at TIMESTAMPTZ;

-- Secrets of authenticator apps, sealed. A step is accepted once: the last one only grows.
CREATE TABLE second_factors (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id),
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ
);

-- Digests of the codes that open an account whose app is lost, each once.
CREATE TABLE recovery_codes (
    account_id UUID NOT NULL REFERENCES accounts (id),
    digest BYTEA NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (account_id, digest)
);

-- Failed attempts by keyed digests of names and addresses; counted before an attempt is looked at, swept when they count no more.
CREATE TABLE sign_in_failures (
    key BYTEA NOT NULL PRIMARY KEY,
    name BYTEA,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    last_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last_at);
CREATE INDEX sign_in_failures_name ON sign_in_failures (name) WHERE name IS NOT NULL;
ALTER TABLE accounts DROP COLUMN failures;
ALTER TABLE accounts DROP COLUMN failed_at;

-- From where an account has signed in: keyed digests of addresses.
CREATE TABLE known_addresses (
    account_id UUID NOT NULL REFERENCES accounts (id),
    address BYTEA NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, address)
);
CREATE INDEX known_addresses_last ON known_addresses (last_at);
