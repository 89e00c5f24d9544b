-- Accounts sign in; an account is not a person.
CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('resident', 'staff')),
    person_id UUID REFERENCES persons (id),
    openid BYTEA,
    openid_index BYTEA UNIQUE,
    phone BYTEA,
    phone_index BYTEA,
    username TEXT UNIQUE,
    password_hash TEXT,
    must_change_password BOOLEAN NOT NULL,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    failed_at TIMESTAMPTZ,
    state TEXT NOT NULL CHECK (state IN ('active', 'locked', 'cancelled')),
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (kind <> 'staff' OR (username IS NOT NULL AND password_hash IS NOT NULL) OR state = 'cancelled'),
    CHECK (kind <> 'resident' OR openid_index IS NOT NULL OR state = 'cancelled')
);
CREATE INDEX accounts_person ON accounts (person_id);

CREATE TABLE grants (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    scope TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    organisation_id UUID,
    granted_by UUID,
    granted_at TIMESTAMPTZ NOT NULL,
    revoked_by UUID,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX grants_account ON grants (account_id);
CREATE INDEX grants_scope ON grants (role, scope) WHERE revoked_at IS NULL;

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    revoked_for TEXT
);
CREATE INDEX sessions_account ON sessions (account_id);

-- Opaque, kept as digests, used once: a second use revokes the session.
CREATE TABLE refresh_tokens (
    digest BYTEA NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id),
    issued_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    id UUID NOT NULL PRIMARY KEY,
    public_key BYTEA NOT NULL,
    private_key BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ
);

-- Facts of the installation, such as the fingerprint of the key that personal data is encrypted with.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);
