-- Demand lists 需求清单: what is needed in a grid, by group. Texts about people stand in demand_texts and can be erased.
CREATE TABLE households (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL,
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX households_division ON households (division, id);

CREATE TABLE household_members (
    household_id UUID NOT NULL REFERENCES households (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    relation TEXT NOT NULL CHECK (relation IN ('head', 'spouse', 'child', 'parent', 'grandchild', 'grandparent', 'sibling', 'other')),
    joined_at TIMESTAMPTZ NOT NULL,
    left_at TIMESTAMPTZ,
    PRIMARY KEY (household_id, person_id)
);
-- Nobody lives in two households.
CREATE UNIQUE INDEX household_members_person ON household_members (person_id) WHERE left_at IS NULL;

-- One list a division and group; each change makes a revision.
CREATE TABLE demand_lists (
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    subject_group TEXT NOT NULL CHECK (subject_group IN ('elderly', 'minor', 'youth', 'general')),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (division, subject_group)
);

CREATE TABLE demand_items (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL,
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    subject_group TEXT NOT NULL CHECK (subject_group IN ('elderly', 'minor', 'youth', 'general')),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('person', 'household', 'grid')),
    person_id UUID REFERENCES persons (id),
    household_id UUID REFERENCES households (id),
    craft_id UUID REFERENCES crafts (id),
    care TEXT,
    urgency TEXT NOT NULL CHECK (urgency IN ('low', 'normal', 'high', 'emergency')),
    tags TEXT NOT NULL,
    source TEXT NOT NULL,
    external_ref TEXT,
    found_by UUID NOT NULL REFERENCES accounts (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'planned', 'served', 'closed', 'dropped')),
    version INTEGER NOT NULL CHECK (version >= 1),
    changed_at TIMESTAMPTZ NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    waiting_since TIMESTAMPTZ NOT NULL,
    verified_at TIMESTAMPTZ NOT NULL,
    verify_by TIMESTAMPTZ NOT NULL,
    reopened INTEGER NOT NULL CHECK (reopened >= 0),
    voices INTEGER NOT NULL CHECK (voices >= 1),
    order_id UUID REFERENCES orders (id),
    order_live BOOLEAN NOT NULL,
    served_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    drop_reason TEXT,
    policy_version TEXT NOT NULL,
    live_key TEXT COLLATE "C" UNIQUE,
    UNIQUE (region, external_ref),
    CHECK ((subject_kind = 'person') = (person_id IS NOT NULL)),
    CHECK ((subject_kind = 'household') = (household_id IS NOT NULL)),
    CHECK ((craft_id IS NULL) <> (care IS NULL)),
    CHECK ((live_key IS NULL) = (state IN ('closed', 'dropped'))),
    CHECK ((drop_reason IS NULL) = (state <> 'dropped'))
);
CREATE INDEX demand_items_list ON demand_items (division, subject_group, state, id);
CREATE INDEX demand_items_overdue ON demand_items (division, verify_by, id) WHERE live_key IS NOT NULL;
CREATE INDEX demand_items_person ON demand_items (person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX demand_items_order ON demand_items (order_id) WHERE order_id IS NOT NULL;

-- What happened, append-only: ids and codes, with what the item was afterwards, so that any past day can be read.
CREATE TABLE demand_events (
    item_id UUID NOT NULL REFERENCES demand_items (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    step TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor UUID,
    division TEXT COLLATE "C" NOT NULL,
    subject_group TEXT NOT NULL,
    revision INTEGER NOT NULL,
    left_group TEXT,
    left_revision INTEGER,
    state TEXT NOT NULL,
    urgency TEXT NOT NULL,
    tags TEXT NOT NULL,
    waiting_since TIMESTAMPTZ NOT NULL,
    verified_at TIMESTAMPTZ NOT NULL,
    verify_by TIMESTAMPTZ NOT NULL,
    reopened INTEGER NOT NULL,
    voices INTEGER NOT NULL,
    order_id UUID,
    reason TEXT,
    basis TEXT,
    policy_version TEXT NOT NULL,
    PRIMARY KEY (item_id, seq)
);
CREATE INDEX demand_events_division ON demand_events (division, at);

CREATE TABLE demand_texts (
    id UUID NOT NULL PRIMARY KEY,
    item_id UUID NOT NULL REFERENCES demand_items (id),
    seq INTEGER NOT NULL,
    body BYTEA NOT NULL
);
CREATE UNIQUE INDEX demand_texts_item ON demand_texts (item_id, seq);
