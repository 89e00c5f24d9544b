-- Orders 点单: what the rules need. Texts about people stand in order_texts and can be erased.
CREATE TABLE orders (
    id UUID NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    region TEXT COLLATE "C" NOT NULL,
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    handler TEXT COLLATE "C" NOT NULL,
    service_id UUID NOT NULL REFERENCES services (id),
    payment TEXT NOT NULL CHECK (payment IN ('free', 'at_cost', 'paid')),
    craft_id UUID,
    subject_group TEXT NOT NULL,
    urgency TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 720),
    people_needed INTEGER NOT NULL CHECK (people_needed BETWEEN 1 AND 100),
    subject_id UUID NOT NULL REFERENCES persons (id),
    placed_by UUID NOT NULL REFERENCES accounts (id),
    placer_id UUID,
    channel TEXT NOT NULL,
    basis TEXT,
    external_ref TEXT,
    wanted_start TIMESTAMPTZ,
    wanted_end TIMESTAMPTZ,
    longitude DOUBLE PRECISION,
    latitude DOUBLE PRECISION,
    policy_version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('placed', 'queued', 'offered', 'accepted', 'serving', 'finished', 'mending', 'closed', 'refused', 'cancelled')),
    version INTEGER NOT NULL CHECK (version >= 1),
    changed_at TIMESTAMPTZ NOT NULL,
    placed_at TIMESTAMPTZ NOT NULL,
    round INTEGER NOT NULL,
    returns INTEGER NOT NULL CHECK (returns >= 0),
    mends INTEGER NOT NULL CHECK (mends >= 0),
    appealed BOOLEAN NOT NULL,
    decision_due BOOLEAN NOT NULL,
    bound BOOLEAN NOT NULL,
    exclusion TEXT NOT NULL CHECK (exclusion IN ('none', 'proposed', 'confirmed', 'rejected')),
    exclusion_proposed_by UUID,
    exclusion_decided_by UUID,
    taker_person UUID,
    taker_organisation UUID,
    agreed_start TIMESTAMPTZ,
    agreed_end TIMESTAMPTZ,
    proposed_start TIMESTAMPTZ,
    proposed_end TIMESTAMPTZ,
    proposed_by TEXT,
    dispatched_at TIMESTAMPTZ,
    dispatched_on DATE,
    dispatched_from TEXT COLLATE "C",
    matched BOOLEAN,
    checked_in_at TIMESTAMPTZ,
    check_in_failures INTEGER NOT NULL,
    finished_at TIMESTAMPTZ,
    fee_fen BIGINT NOT NULL CHECK (fee_fen >= 0),
    materials_fen BIGINT NOT NULL CHECK (materials_fen >= 0),
    worked_minutes INTEGER,
    stars INTEGER CHECK (stars BETWEEN 1 AND 5),
    ended_at TIMESTAMPTZ,
    outcome TEXT CHECK (outcome IN ('solved', 'unreviewed', 'unresolved')),
    first_contact_at TIMESTAMPTZ,
    first_contact_in_time BOOLEAN,
    callback_solved BOOLEAN,
    callback_satisfied BOOLEAN,
    next_due TIMESTAMPTZ NOT NULL,
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
    order_id UUID NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('request', 'address', 'note', 'work', 'review', 'contact')),
    seq INTEGER NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (order_id, kind, seq)
);

-- What happened, append-only: ids and codes. The order's state is what these say.
CREATE TABLE order_events (
    order_id UUID NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    step TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor UUID,
    party TEXT NOT NULL,
    reason TEXT,
    handler TEXT COLLATE "C" NOT NULL,
    returns INTEGER NOT NULL,
    mends INTEGER NOT NULL,
    offer_id UUID,
    PRIMARY KEY (order_id, seq)
);

-- How presence was proved at a check-in or check-out: the evidence of a service record.
CREATE TABLE order_proofs (
    order_id UUID NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('code', 'position', 'staff')),
    PRIMARY KEY (order_id, seq)
);

CREATE TABLE order_members (
    order_id UUID NOT NULL REFERENCES orders (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    PRIMARY KEY (order_id, person_id)
);
CREATE INDEX order_members_person ON order_members (person_id, order_id);

CREATE TABLE order_offers (
    id UUID NOT NULL PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    round INTEGER NOT NULL,
    person_id UUID REFERENCES persons (id),
    organisation_id UUID REFERENCES organisations (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
    offered_at TIMESTAMPTZ NOT NULL,
    due TIMESTAMPTZ NOT NULL,
    answered_at TIMESTAMPTZ,
    reason TEXT,
    CHECK ((person_id IS NULL) <> (organisation_id IS NULL)),
    CHECK ((answered_at IS NULL) = (state = 'open'))
);
CREATE INDEX order_offers_order ON order_offers (order_id, round);
CREATE INDEX order_offers_person ON order_offers (person_id, order_id) WHERE state = 'open';
CREATE INDEX order_offers_organisation ON order_offers (organisation_id, order_id) WHERE state = 'open';
CREATE INDEX order_offers_due ON order_offers (due) WHERE state = 'open';

CREATE TABLE order_deadlines (
    order_id UUID NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL,
    opened_by INTEGER NOT NULL,
    due TIMESTAMPTZ NOT NULL,
    met_at TIMESTAMPTZ,
    void_reason TEXT,
    reminded_at TIMESTAMPTZ,
    acted_at TIMESTAMPTZ,
    PRIMARY KEY (order_id, kind, opened_by)
);
CREATE INDEX order_deadlines_due ON order_deadlines (due) WHERE met_at IS NULL AND void_reason IS NULL AND acted_at IS NULL;

CREATE TABLE order_contacts (
    id UUID NOT NULL PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('first_contact', 'callback')),
    at TIMESTAMPTZ NOT NULL,
    by_account UUID NOT NULL,
    reached BOOLEAN NOT NULL,
    solved BOOLEAN,
    satisfied BOOLEAN
);
CREATE INDEX order_contacts_order ON order_contacts (order_id, at);

CREATE TABLE order_reviews (
    id UUID NOT NULL PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('self', 'proxy', 'callback')),
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    solved BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    by_account UUID NOT NULL
);
CREATE UNIQUE INDEX order_reviews_order ON order_reviews (order_id, seq);

-- Nobody is in two places: one row a person and quarter-hour.
CREATE TABLE quarter_claims (
    person_id UUID NOT NULL,
    quarter BIGINT NOT NULL,
    order_id UUID NOT NULL,
    PRIMARY KEY (person_id, quarter)
);
CREATE INDEX quarter_claims_order ON quarter_claims (order_id);

CREATE TABLE photos (
    id UUID NOT NULL PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('request', 'work')),
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BYTEA NOT NULL,
    uploaded_by UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX photos_order ON photos (order_id, at);
