-- The tree of divisions 行政区划, and the regions that run a programme of their own.
CREATE TABLE divisions (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    level TEXT NOT NULL CHECK (level IN ('province', 'prefecture', 'county', 'township', 'community', 'grid')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    parent TEXT COLLATE "C" REFERENCES divisions (code),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (length(code) IN (2, 4, 6, 9, 12, 15))
);
CREATE INDEX divisions_parent ON divisions (parent, code);

-- Codes of divisions that were merged into another or renumbered: facts keep the code they were recorded with.
CREATE TABLE division_aliases (
    alias TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (alias <> code)
);
CREATE INDEX division_aliases_code ON division_aliases (code);

CREATE TABLE populations (
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    year INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    residents BIGINT NOT NULL CHECK (residents >= 0),
    source TEXT NOT NULL,
    PRIMARY KEY (division, year)
);

CREATE TABLE regions (
    division TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES divisions (code),
    zone TEXT NOT NULL,
    languages TEXT NOT NULL,
    programme TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE policies (
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL CHECK (kind IN ('orders')),
    version TEXT NOT NULL,
    valid_from TIMESTAMPTZ NOT NULL,
    document TEXT NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (region, kind, version)
);
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);
