-- What is taught, and what passing it gives: credit hours, a certification, or both.
CREATE TABLE training_courses (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    title TEXT NOT NULL,
    description TEXT,
    credit_hours INTEGER NOT NULL CHECK (credit_hours BETWEEN 0 AND 500),
    craft_id UUID REFERENCES crafts (id),
    craft_level TEXT CHECK (craft_level IN ('junior', 'intermediate', 'senior')),
    valid_months INTEGER CHECK (valid_months BETWEEN 1 AND 120),
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK ((craft_id IS NULL) = (craft_level IS NULL) AND (craft_id IS NULL) = (valid_months IS NULL))
);
CREATE INDEX training_courses_division ON training_courses (division, id);

-- Where and when it takes place. Whoever changes who has a seat takes the turn first: one after the other.
CREATE TABLE training_sessions (
    id UUID NOT NULL PRIMARY KEY,
    course_id UUID NOT NULL REFERENCES training_courses (id),
    place TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity BETWEEN 1 AND 10000),
    taken INTEGER NOT NULL CHECK (taken >= 0),
    turn INTEGER NOT NULL CHECK (turn >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'cancelled')),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (taken <= capacity)
);
CREATE INDEX training_sessions_course ON training_sessions (course_id, id);

-- Who takes part: once a session and person, in the order in which they lined up.
CREATE TABLE training_enrolments (
    id UUID NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES training_sessions (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    place_in_line INTEGER NOT NULL CHECK (place_in_line >= 1),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'enrolled', 'withdrawn', 'cancelled', 'attended', 'absent', 'passed', 'failed')),
    credit_hours INTEGER CHECK (credit_hours >= 0),
    certification_id UUID REFERENCES certifications (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    by_account UUID,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    UNIQUE (session_id, person_id),
    UNIQUE (session_id, place_in_line),
    CHECK ((state = 'passed') = (credit_hours IS NOT NULL)),
    CHECK (certification_id IS NULL OR state = 'passed')
);
CREATE INDEX training_enrolments_person ON training_enrolments (person_id, id);
