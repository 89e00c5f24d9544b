-- Machine clients: evaluators, integrators, upstream platforms. A client is a program of somebody, not a person.
CREATE TABLE clients (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    division TEXT NOT NULL REFERENCES divisions (code),
    authentication TEXT NOT NULL CHECK (authentication IN ('client_secret_basic', 'private_key_jwt')),
    expires_at BIGINT NOT NULL,
    disabled_at BIGINT,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX clients_division ON clients (division, id);

CREATE TABLE client_scopes (
    client_id BLOB NOT NULL REFERENCES clients (id),
    scope TEXT NOT NULL,
    PRIMARY KEY (client_id, scope)
);

-- What a client proves itself with: the digest of a secret, or a public key. A token dies with the credential that it was
-- asked for with.
CREATE TABLE client_credentials (
    id BLOB NOT NULL PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES clients (id),
    secret_digest BLOB UNIQUE,
    kid TEXT,
    algorithm TEXT CHECK (algorithm IN ('EdDSA', 'ES256', 'RS256')),
    jwk TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    CHECK ((secret_digest IS NULL) <> (jwk IS NULL)),
    CHECK ((jwk IS NULL) = (kid IS NULL) AND (jwk IS NULL) = (algorithm IS NULL))
);
CREATE INDEX client_credentials_client ON client_credentials (client_id);
CREATE UNIQUE INDEX client_credentials_kid ON client_credentials (client_id, kid) WHERE expires_at IS NULL;

-- Assertions that were used: each once, whichever replica it is shown to. Swept when their time is over.
CREATE TABLE client_assertions (
    client_id BLOB NOT NULL REFERENCES clients (id),
    jti BLOB NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti)
);
CREATE INDEX client_assertions_expires ON client_assertions (expires_at);
