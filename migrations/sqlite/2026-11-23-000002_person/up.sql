-- People: real-name data once, encrypted field by field; roles hang on it.
CREATE TABLE persons (
    id BLOB NOT NULL PRIMARY KEY,
    division TEXT NOT NULL REFERENCES divisions (code),
    name BLOB NOT NULL,
    name_index BLOB NOT NULL,
    surname_index BLOB NOT NULL,
    phone BLOB,
    phone_index BLOB,
    document_kind TEXT,
    document_country TEXT,
    document BLOB,
    document_index BLOB,
    birth_date BLOB,
    claimed BOOLEAN NOT NULL,
    entered_by BLOB,
    merged_into BLOB REFERENCES persons (id),
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (merged_into <> id)
);
CREATE UNIQUE INDEX persons_document ON persons (document_index) WHERE document_index IS NOT NULL AND merged_into IS NULL;
CREATE INDEX persons_phone ON persons (phone_index);
CREATE INDEX persons_name ON persons (name_index);
CREATE INDEX persons_surname ON persons (surname_index, division);

-- What was done to a person's record: merges, claims, corrections. Ids only.
CREATE TABLE person_events (
    person_id BLOB NOT NULL REFERENCES persons (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('entered', 'claimed', 'merged', 'corrected')),
    other BLOB,
    actor BLOB,
    basis TEXT CHECK (basis IN ('consent', 'guardian', 'emergency', 'statutory_duty')),
    at BIGINT NOT NULL,
    PRIMARY KEY (person_id, seq)
);

CREATE TABLE volunteers (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES persons (id),
    number TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL REFERENCES divisions (code),
    division TEXT NOT NULL REFERENCES divisions (code),
    state TEXT NOT NULL CHECK (state IN ('applied', 'active', 'paused', 'left', 'refused', 'barred')),
    version INTEGER NOT NULL,
    changed_by BLOB,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX volunteers_division ON volunteers (division, state);
