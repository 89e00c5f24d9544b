-- Crafts 匠 in two levels, and the services that residents order from.
CREATE TABLE crafts (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    domain TEXT NOT NULL,
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT,
    name_vi TEXT,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX crafts_code ON crafts (region, code);

CREATE TABLE services (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    code TEXT NOT NULL,
    craft_id UUID REFERENCES crafts (id),
    name_zh TEXT NOT NULL,
    name_en TEXT,
    name_vi TEXT,
    payment TEXT NOT NULL CHECK (payment IN ('free', 'at_cost', 'paid')),
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 5 AND 720),
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX services_code ON services (region, code);

CREATE TABLE certifications (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    craft_id UUID NOT NULL REFERENCES crafts (id),
    level TEXT NOT NULL CHECK (level IN ('junior', 'intermediate', 'senior')),
    evidence TEXT NOT NULL,
    verified_by UUID NOT NULL REFERENCES accounts (id),
    valid_from TIMESTAMPTZ NOT NULL,
    valid_until TIMESTAMPTZ NOT NULL,
    suspended_at TIMESTAMPTZ,
    suspended_by UUID,
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (valid_from < valid_until)
);
CREATE INDEX certifications_person ON certifications (person_id, craft_id);
CREATE INDEX certifications_craft ON certifications (craft_id, person_id);
