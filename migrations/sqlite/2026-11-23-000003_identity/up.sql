-- Accounts sign in; an account is not a person.
CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('resident', 'staff')),
    person_id BLOB REFERENCES persons (id),
    openid BLOB,
    openid_index BLOB UNIQUE,
    phone BLOB,
    phone_index BLOB,
    username TEXT UNIQUE,
    password_hash TEXT,
    must_change_password BOOLEAN NOT NULL,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    failed_at BIGINT,
    state TEXT NOT NULL CHECK (state IN ('active', 'locked', 'cancelled')),
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (kind <> 'staff' OR (username IS NOT NULL AND password_hash IS NOT NULL) OR state = 'cancelled'),
    CHECK (kind <> 'resident' OR openid_index IS NOT NULL OR state = 'cancelled')
);
CREATE INDEX accounts_person ON accounts (person_id);

CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    scope TEXT NOT NULL REFERENCES divisions (code),
    organisation_id BLOB,
    granted_by BLOB,
    granted_at BIGINT NOT NULL,
    revoked_by BLOB,
    revoked_at BIGINT
);
CREATE INDEX grants_account ON grants (account_id);
CREATE INDEX grants_scope ON grants (role, scope) WHERE revoked_at IS NULL;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_for TEXT
);
CREATE INDEX sessions_account ON sessions (account_id);

-- Opaque, kept as digests, used once: a second use revokes the session.
CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    id BLOB NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL,
    private_key BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- Facts of the installation, such as the fingerprint of the key that personal data is encrypted with.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);
