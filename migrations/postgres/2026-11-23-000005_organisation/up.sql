-- Teams and other organisations that take orders.
CREATE TABLE organisations (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'dissolved')),
    version INTEGER NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX organisations_name ON organisations (division, name);

CREATE TABLE memberships (
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    joined_at TIMESTAMPTZ NOT NULL,
    left_at TIMESTAMPTZ,
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX memberships_person ON memberships (person_id);
