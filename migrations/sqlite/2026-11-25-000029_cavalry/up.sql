-- Who belongs to the light cavalry, with what employment, and whether emergencies may ring them.
CREATE TABLE cavalry (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES persons (id),
    region TEXT NOT NULL REFERENCES regions (division),
    division TEXT NOT NULL REFERENCES divisions (code),
    employment TEXT NOT NULL CHECK (employment IN ('courier', 'food_delivery', 'ride_hailing', 'other')),
    emergency_ready BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    by_account BLOB NOT NULL,
    joined_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX cavalry_division ON cavalry (division, person_id);

-- That somebody was on duty from then to then, without any place.
CREATE TABLE cavalry_duties (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    region TEXT NOT NULL REFERENCES regions (division),
    division TEXT NOT NULL REFERENCES divisions (code),
    policy_version TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT CHECK (end_reason IN ('own', 'silent', 'longest', 'volunteer_stopped', 'consent_withdrawn', 'left_cavalry')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK (ended_at IS NULL OR ended_at >= started_at)
);
CREATE UNIQUE INDEX cavalry_duties_open ON cavalry_duties (person_id) WHERE ended_at IS NULL;
CREATE INDEX cavalry_duties_division ON cavalry_duties (division, started_at, id);
CREATE INDEX cavalry_duties_person ON cavalry_duties (person_id, started_at, id);

-- Where whoever is on duty was last heard of: the middle of a cell. One row a person, overwritten, and deleted when the duty ends.
CREATE TABLE cavalry_positions (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES persons (id),
    duty_id BLOB NOT NULL REFERENCES cavalry_duties (id),
    region TEXT NOT NULL,
    longitude_e7 INTEGER NOT NULL CHECK (longitude_e7 BETWEEN -1800000000 AND 1800000000),
    latitude_e7 INTEGER NOT NULL CHECK (latitude_e7 BETWEEN -900000000 AND 900000000),
    heard_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX cavalry_positions_place ON cavalry_positions (latitude_e7, longitude_e7);
CREATE INDEX cavalry_positions_expires ON cavalry_positions (expires_at, person_id);

-- That an emergency has rung: how many people, and which site; never whom, for that would tell where they were.
CREATE TABLE emergency_rings (
    order_id BLOB NOT NULL PRIMARY KEY REFERENCES orders (id),
    region TEXT NOT NULL,
    division TEXT NOT NULL,
    people INTEGER NOT NULL CHECK (people >= 0),
    site_id BLOB REFERENCES sites (id),
    policy_version TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX emergency_rings_division ON emergency_rings (division, at, order_id);
