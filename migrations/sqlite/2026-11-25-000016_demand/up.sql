-- Demand lists 需求清单: what is needed in a grid, by group. Texts about people stand in demand_texts and can be erased.
CREATE TABLE households (
    id BLOB NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    division TEXT NOT NULL REFERENCES divisions (code),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by BLOB NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX households_division ON households (division, id);

CREATE TABLE household_members (
    household_id BLOB NOT NULL REFERENCES households (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    relation TEXT NOT NULL CHECK (relation IN ('head', 'spouse', 'child', 'parent', 'grandchild', 'grandparent', 'sibling', 'other')),
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (household_id, person_id)
) WITHOUT ROWID;
-- Nobody lives in two households.
CREATE UNIQUE INDEX household_members_person ON household_members (person_id) WHERE left_at IS NULL;

-- One list a division and group; each change makes a revision.
CREATE TABLE demand_lists (
    division TEXT NOT NULL REFERENCES divisions (code),
    subject_group TEXT NOT NULL CHECK (subject_group IN ('elderly', 'minor', 'youth', 'general')),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (division, subject_group)
) WITHOUT ROWID;

CREATE TABLE demand_items (
    id BLOB NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    division TEXT NOT NULL REFERENCES divisions (code),
    subject_group TEXT NOT NULL CHECK (subject_group IN ('elderly', 'minor', 'youth', 'general')),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('person', 'household', 'grid')),
    person_id BLOB REFERENCES persons (id),
    household_id BLOB REFERENCES households (id),
    craft_id BLOB REFERENCES crafts (id),
    care TEXT,
    urgency TEXT NOT NULL CHECK (urgency IN ('low', 'normal', 'high', 'emergency')),
    tags TEXT NOT NULL,
    source TEXT NOT NULL,
    external_ref TEXT,
    found_by BLOB NOT NULL REFERENCES accounts (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'planned', 'served', 'closed', 'dropped')),
    version INTEGER NOT NULL CHECK (version >= 1),
    changed_at BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    waiting_since BIGINT NOT NULL,
    verified_at BIGINT NOT NULL,
    verify_by BIGINT NOT NULL,
    reopened INTEGER NOT NULL CHECK (reopened >= 0),
    voices INTEGER NOT NULL CHECK (voices >= 1),
    order_id BLOB REFERENCES orders (id),
    order_live BOOLEAN NOT NULL,
    served_at BIGINT,
    ended_at BIGINT,
    drop_reason TEXT,
    policy_version TEXT NOT NULL,
    live_key TEXT UNIQUE,
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
    item_id BLOB NOT NULL REFERENCES demand_items (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    step TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor BLOB,
    division TEXT NOT NULL,
    subject_group TEXT NOT NULL,
    revision INTEGER NOT NULL,
    left_group TEXT,
    left_revision INTEGER,
    state TEXT NOT NULL,
    urgency TEXT NOT NULL,
    tags TEXT NOT NULL,
    waiting_since BIGINT NOT NULL,
    verified_at BIGINT NOT NULL,
    verify_by BIGINT NOT NULL,
    reopened INTEGER NOT NULL,
    voices INTEGER NOT NULL,
    order_id BLOB,
    reason TEXT,
    basis TEXT,
    policy_version TEXT NOT NULL,
    PRIMARY KEY (item_id, seq)
) WITHOUT ROWID;
CREATE INDEX demand_events_division ON demand_events (division, at);

CREATE TABLE demand_texts (
    id BLOB NOT NULL PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES demand_items (id),
    seq INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX demand_texts_item ON demand_texts (item_id, seq);
