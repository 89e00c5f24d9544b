-- Teams and other organisations that take orders.
CREATE TABLE organisations (
    id BLOB NOT NULL PRIMARY KEY,
    region TEXT NOT NULL REFERENCES divisions (code),
    division TEXT NOT NULL REFERENCES divisions (code),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'dissolved')),
    version INTEGER NOT NULL,
    created_by BLOB,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX organisations_name ON organisations (division, name);

CREATE TABLE memberships (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX memberships_person ON memberships (person_id);
