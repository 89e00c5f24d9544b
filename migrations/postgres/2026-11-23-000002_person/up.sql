-- People: real-name data once, encrypted field by field; roles hang on it.
CREATE TABLE persons (
    id UUID NOT NULL PRIMARY KEY,
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    name BYTEA NOT NULL,
    name_index BYTEA NOT NULL,
    surname_index BYTEA NOT NULL,
    phone BYTEA,
    phone_index BYTEA,
    document_kind TEXT,
    document_country TEXT,
    document BYTEA,
    document_index BYTEA,
    birth_date BYTEA,
    claimed BOOLEAN NOT NULL,
    entered_by UUID,
    merged_into UUID REFERENCES persons (id),
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (merged_into <> id)
);
CREATE UNIQUE INDEX persons_document ON persons (document_index) WHERE document_index IS NOT NULL AND merged_into IS NULL;
CREATE INDEX persons_phone ON persons (phone_index);
CREATE INDEX persons_name ON persons (name_index);
CREATE INDEX persons_surname ON persons (surname_index, division);

-- What was done to a person's record: merges, claims, corrections. Ids only.
CREATE TABLE person_events (
    person_id UUID NOT NULL REFERENCES persons (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('entered', 'claimed', 'merged', 'corrected')),
    other UUID,
    actor UUID,
    basis TEXT CHECK (basis IN ('consent', 'guardian', 'emergency', 'statutory_duty')),
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person_id, seq)
);

CREATE TABLE volunteers (
    person_id UUID NOT NULL PRIMARY KEY REFERENCES persons (id),
    number TEXT NOT NULL UNIQUE,
    region TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    state TEXT NOT NULL CHECK (state IN ('applied', 'active', 'paused', 'left', 'refused', 'barred')),
    version INTEGER NOT NULL,
    changed_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX volunteers_division ON volunteers (division, state);
