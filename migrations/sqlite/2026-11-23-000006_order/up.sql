-- Orders 点单: what the rules need. Texts about people stand in order_texts and can be erased.
CREATE TABLE orders (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    division TEXT NOT NULL REFERENCES divisions (code),
    handler TEXT NOT NULL,
    service_id BLOB NOT NULL REFERENCES services (id),
    payment TEXT NOT NULL CHECK (payment IN ('free', 'at_cost', 'paid')),
    craft_id BLOB,
    subject_group TEXT NOT NULL,
    urgency TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 720),
    people_needed INTEGER NOT NULL CHECK (people_needed BETWEEN 1 AND 100),
    subject_id BLOB NOT NULL REFERENCES persons (id),
    placed_by BLOB NOT NULL REFERENCES accounts (id),
    placer_id BLOB,
    channel TEXT NOT NULL,
    basis TEXT,
    external_ref TEXT,
    wanted_start BIGINT,
    wanted_end BIGINT,
    longitude DOUBLE PRECISION,
    latitude DOUBLE PRECISION,
    policy_version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('placed', 'queued', 'offered', 'accepted', 'serving', 'finished', 'mending', 'closed', 'refused', 'cancelled')),
    version INTEGER NOT NULL CHECK (version >= 1),
    changed_at BIGINT NOT NULL,
    placed_at BIGINT NOT NULL,
    round INTEGER NOT NULL,
    returns INTEGER NOT NULL CHECK (returns >= 0),
    mends INTEGER NOT NULL CHECK (mends >= 0),
    appealed BOOLEAN NOT NULL,
    decision_due BOOLEAN NOT NULL,
    bound BOOLEAN NOT NULL,
    exclusion TEXT NOT NULL CHECK (exclusion IN ('none', 'proposed', 'confirmed', 'rejected')),
    exclusion_proposed_by BLOB,
    exclusion_decided_by BLOB,
    taker_person BLOB,
    taker_organisation BLOB,
    agreed_start BIGINT,
    agreed_end BIGINT,
    proposed_start BIGINT,
    proposed_end BIGINT,
    proposed_by TEXT,
    dispatched_at BIGINT,
    dispatched_on DATE,
    dispatched_from TEXT,
    matched BOOLEAN,
    checked_in_at BIGINT,
    check_in_failures INTEGER NOT NULL,
    finished_at BIGINT,
    fee_fen BIGINT NOT NULL CHECK (fee_fen >= 0),
    materials_fen BIGINT NOT NULL CHECK (materials_fen >= 0),
    worked_minutes INTEGER,
    stars INTEGER CHECK (stars BETWEEN 1 AND 5),
    ended_at BIGINT,
    outcome TEXT CHECK (outcome IN ('solved', 'unreviewed', 'unresolved')),
    first_contact_at BIGINT,
    first_contact_in_time BOOLEAN,
    callback_solved BOOLEAN,
    callback_satisfied BOOLEAN,
    next_due BIGINT NOT NULL,
    CHECK (taker_person IS NULL OR taker_organisation IS NULL),
    CHECK ((agreed_start IS NULL) = (agreed_end IS NULL)),
    CHECK ((outcome IS NULL) = (state <> 'closed'))
);
CREATE UNIQUE INDEX orders_ticket ON orders (region, external_ref);
CREATE INDEX orders_subject ON orders (subject_id, id);
CREATE INDEX orders_placed_by ON orders (placed_by, id);
CREATE INDEX orders_handler ON orders (handler, state, next_due, id);
CREATE INDEX orders_division ON orders (division, dispatched_on);
CREATE INDEX orders_taker_person ON orders (taker_person, id) WHERE taker_person IS NOT NULL;
CREATE INDEX orders_taker_organisation ON orders (taker_organisation, id) WHERE taker_organisation IS NOT NULL;

CREATE TABLE order_texts (
    order_id BLOB NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('request', 'address', 'note', 'work', 'review', 'contact')),
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (order_id, kind, seq)
) WITHOUT ROWID;

-- What happened, append-only: ids and codes. The order's state is what these say.
CREATE TABLE order_events (
    order_id BLOB NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    step TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor BLOB,
    party TEXT NOT NULL,
    reason TEXT,
    handler TEXT NOT NULL,
    returns INTEGER NOT NULL,
    mends INTEGER NOT NULL,
    offer_id BLOB,
    PRIMARY KEY (order_id, seq)
) WITHOUT ROWID;

-- How presence was proved at a check-in or check-out: the evidence of a service record.
CREATE TABLE order_proofs (
    order_id BLOB NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('code', 'position', 'staff')),
    PRIMARY KEY (order_id, seq)
) WITHOUT ROWID;

CREATE TABLE order_members (
    order_id BLOB NOT NULL REFERENCES orders (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    PRIMARY KEY (order_id, person_id)
) WITHOUT ROWID;
CREATE INDEX order_members_person ON order_members (person_id, order_id);

CREATE TABLE order_offers (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    round INTEGER NOT NULL,
    person_id BLOB REFERENCES persons (id),
    organisation_id BLOB REFERENCES organisations (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
    offered_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    answered_at BIGINT,
    reason TEXT,
    CHECK ((person_id IS NULL) <> (organisation_id IS NULL)),
    CHECK ((answered_at IS NULL) = (state = 'open'))
);
CREATE INDEX order_offers_order ON order_offers (order_id, round);
CREATE INDEX order_offers_person ON order_offers (person_id, order_id) WHERE state = 'open';
CREATE INDEX order_offers_organisation ON order_offers (organisation_id, order_id) WHERE state = 'open';
CREATE INDEX order_offers_due ON order_offers (due) WHERE state = 'open';

CREATE TABLE order_deadlines (
    order_id BLOB NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL,
    opened_by INTEGER NOT NULL,
    due BIGINT NOT NULL,
    met_at BIGINT,
    void_reason TEXT,
    reminded_at BIGINT,
    acted_at BIGINT,
    PRIMARY KEY (order_id, kind, opened_by)
) WITHOUT ROWID;
CREATE INDEX order_deadlines_due ON order_deadlines (due) WHERE met_at IS NULL AND void_reason IS NULL AND acted_at IS NULL;

CREATE TABLE order_contacts (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('first_contact', 'callback')),
    at BIGINT NOT NULL,
    by_account BLOB NOT NULL,
    reached BOOLEAN NOT NULL,
    solved BOOLEAN,
    satisfied BOOLEAN
);
CREATE INDEX order_contacts_order ON order_contacts (order_id, at);

CREATE TABLE order_reviews (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('self', 'proxy', 'callback')),
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    solved BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_account BLOB NOT NULL
);
CREATE UNIQUE INDEX order_reviews_order ON order_reviews (order_id, seq);

-- Nobody is in two places: one row a person and quarter-hour.
CREATE TABLE quarter_claims (
    person_id BLOB NOT NULL,
    quarter BIGINT NOT NULL,
    order_id BLOB NOT NULL,
    PRIMARY KEY (person_id, quarter)
) WITHOUT ROWID;
CREATE INDEX quarter_claims_order ON quarter_claims (order_id);

CREATE TABLE photos (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('request', 'work')),
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL,
    uploaded_by BLOB NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX photos_order ON photos (order_id, at);
