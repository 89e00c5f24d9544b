-- A table of another platform that is loaded row by row. Its content is sealed, and gone when the last row was looked at.
CREATE TABLE imports (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('volunteers', 'organisations', 'social_workers', 'demands')),
    options TEXT NOT NULL,
    trial BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cancelled', 'failed')),
    failure TEXT COLLATE "C" CHECK (failure IN ('not_allowed', 'not_readable', 'internal')),
    content BYTEA,
    total BIGINT NOT NULL CHECK (total >= 0),
    seen BIGINT NOT NULL CHECK (seen >= 0),
    added BIGINT NOT NULL CHECK (added >= 0),
    unchanged BIGINT NOT NULL CHECK (unchanged >= 0),
    differing BIGINT NOT NULL CHECK (differing >= 0),
    refused BIGINT NOT NULL CHECK (refused >= 0),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    loaded_by UUID NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK (added + unchanged + differing + refused = seen),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state IN ('queued', 'running')) = (content IS NOT NULL))
);
CREATE INDEX imports_division ON imports (division, id);
CREATE INDEX imports_live ON imports (id) WHERE content IS NOT NULL;

-- The rows that were not taken: where and why, nothing of what they say.
CREATE TABLE import_rows (
    import_id UUID NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('refused', 'differs')),
    rule TEXT COLLATE "C" NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (import_id, line, field)
);
