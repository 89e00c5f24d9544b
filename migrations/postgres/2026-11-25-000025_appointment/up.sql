-- A person's time is claimed by orders, bookings and shifts alike.
DROP INDEX quarter_claims_order;
ALTER TABLE quarter_claims RENAME COLUMN order_id TO holder_id;
CREATE INDEX quarter_claims_holder ON quarter_claims (holder_id);

-- Times at which a service can be booked at a site: so many people at once, never more.
CREATE TABLE appointment_slots (
    id UUID NOT NULL PRIMARY KEY,
    series_id UUID NOT NULL,
    site_id UUID NOT NULL REFERENCES sites (id),
    service_id UUID NOT NULL REFERENCES services (id),
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity BETWEEN 1 AND 1000),
    booked INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    close_reason TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (booked BETWEEN 0 AND capacity),
    CHECK ((state = 'closed') = (close_reason IS NOT NULL))
);
CREATE INDEX appointment_slots_site ON appointment_slots (site_id, starts_at);
CREATE INDEX appointment_slots_series ON appointment_slots (series_id);
CREATE UNIQUE INDEX appointment_slots_once ON appointment_slots (site_id, service_id, starts_at) WHERE state = 'open';

-- Who has booked: at most one booking a person and slot that holds a place.
CREATE TABLE appointment_bookings (
    id UUID NOT NULL PRIMARY KEY,
    slot_id UUID NOT NULL REFERENCES appointment_slots (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    order_id UUID REFERENCES orders (id),
    state TEXT NOT NULL CHECK (state IN ('booked', 'cancelled', 'closed', 'attended', 'missed')),
    basis TEXT CHECK (basis IN ('consent', 'guardian')),
    policy_version TEXT NOT NULL,
    cancel_until TIMESTAMPTZ NOT NULL,
    booked_by UUID NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    by_account UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX appointment_bookings_slot ON appointment_bookings (slot_id, id);
CREATE INDEX appointment_bookings_person ON appointment_bookings (person_id, id);
CREATE INDEX appointment_bookings_booker ON appointment_bookings (booked_by, id);
CREATE UNIQUE INDEX appointment_bookings_once ON appointment_bookings (slot_id, person_id) WHERE state IN ('booked', 'attended', 'missed');

-- Who is on duty at a site.
CREATE TABLE shifts (
    id UUID NOT NULL PRIMARY KEY,
    roster_id UUID NOT NULL,
    site_id UUID NOT NULL REFERENCES sites (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    post TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'released', 'held', 'missed')),
    release_reason TEXT,
    policy_version TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    by_account UUID NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((state = 'released') = (release_reason IS NOT NULL))
);
CREATE INDEX shifts_site ON shifts (site_id, starts_at);
CREATE INDEX shifts_person ON shifts (person_id, id);
CREATE INDEX shifts_roster ON shifts (roster_id);
