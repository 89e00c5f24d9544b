-- Who is a social worker, with what qualification and where. The number of the certificate is sealed.
CREATE TABLE social_workers (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES persons (id),
    region TEXT NOT NULL REFERENCES regions (division),
    division TEXT NOT NULL REFERENCES divisions (code),
    qualification TEXT CHECK (qualification IN ('assistant', 'social_worker', 'senior')),
    certificate BLOB,
    certified_on DATE,
    registered_on DATE,
    post TEXT NOT NULL CHECK (post IN ('station', 'border_youth_officer', 'community_worker', 'agency', 'other')),
    party_member BOOLEAN,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    entered_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CHECK (qualification IS NOT NULL OR (certificate IS NULL AND certified_on IS NULL AND registered_on IS NULL)),
    CHECK (registered_on IS NULL OR certified_on IS NULL OR certified_on <= registered_on)
);
CREATE INDEX social_workers_division ON social_workers (division, person_id);

-- Which needs a social worker sees to; of those that have not ended each is one worker's.
CREATE TABLE social_work_cases (
    id BLOB NOT NULL PRIMARY KEY,
    worker_id BLOB NOT NULL REFERENCES social_workers (person_id),
    demand_id BLOB NOT NULL REFERENCES demand_items (id),
    opened_by BLOB NOT NULL,
    opened_at BIGINT NOT NULL,
    end_reason TEXT CHECK (end_reason IN ('solved', 'handed_over', 'declined', 'gone')),
    ended_by BLOB,
    ended_at BIGINT,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((end_reason IS NULL) = (ended_at IS NULL))
);
CREATE INDEX social_work_cases_worker ON social_work_cases (worker_id, id);
CREATE UNIQUE INDEX social_work_cases_live ON social_work_cases (demand_id) WHERE ended_at IS NULL;

-- Who sits for the examination of a year, at which level, and what came of it.
CREATE TABLE exam_registrations (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    region TEXT NOT NULL REFERENCES regions (division),
    division TEXT NOT NULL REFERENCES divisions (code),
    year INTEGER NOT NULL CHECK (year BETWEEN 2008 AND 2200),
    level TEXT NOT NULL CHECK (level IN ('assistant', 'social_worker', 'senior')),
    state TEXT NOT NULL CHECK (state IN ('registered', 'withdrawn', 'passed', 'failed', 'absent')),
    version INTEGER NOT NULL CHECK (version >= 1),
    by_account BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (person_id, year, level)
);
CREATE INDEX exam_registrations_division ON exam_registrations (division, year, id);
