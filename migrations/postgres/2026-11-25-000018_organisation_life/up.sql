-- Policies of further kinds.
CREATE TABLE policies_before AS SELECT * FROM policies;
DROP TABLE policies;
CREATE TABLE policies (
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    kind TEXT NOT NULL CHECK (kind IN ('orders', 'retention', 'demands', 'organisations')),
    version TEXT NOT NULL,
    valid_from TIMESTAMPTZ NOT NULL,
    document TEXT NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (region, kind, version)
);
INSERT INTO policies (region, kind, version, valid_from, document, created_by, created_at)
SELECT region, kind, version, valid_from, document, created_by, created_at FROM policies_before;
DROP TABLE policies_before;
CREATE UNIQUE INDEX policies_validity ON policies (region, kind, valid_from);

-- How organisations come to serve and end. Those that are there were taken on before there was a review.
ALTER TABLE organisations ADD COLUMN standing TEXT NOT NULL DEFAULT 'draft' CHECK (standing IN ('draft', 'submitted', 'refused', 'active', 'suspended', 'dissolved'));
UPDATE organisations SET standing = state;
ALTER TABLE organisations DROP COLUMN state;
ALTER TABLE organisations RENAME COLUMN standing TO state;
ALTER TABLE organisations ADD COLUMN credit_code TEXT;
ALTER TABLE organisations ADD COLUMN sponsor_id UUID;
ALTER TABLE organisations ADD COLUMN founded_on DATE;
ALTER TABLE organisations ADD COLUMN contact BYTEA;
ALTER TABLE organisations ADD COLUMN submitted_by UUID;
ALTER TABLE organisations ADD COLUMN submitted_at TIMESTAMPTZ;
CREATE UNIQUE INDEX organisations_credit_code ON organisations (credit_code);

-- Every step in the life of an organisation, append-only. Reasons may speak of people: they are sealed.
CREATE TABLE organisation_events (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    step TEXT NOT NULL CHECK (step IN ('submit', 'activate', 'refuse', 'suspend', 'resume', 'dissolve')),
    reason BYTEA,
    version INTEGER NOT NULL,
    by_account UUID NOT NULL REFERENCES accounts (id),
    at TIMESTAMPTZ NOT NULL,
    UNIQUE (organisation_id, version)
);

-- What members do in an organisation, and when they came and went.
ALTER TABLE memberships ADD COLUMN role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('leader', 'manager', 'treasurer', 'secretary', 'member'));
CREATE TABLE membership_events (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL CHECK (kind IN ('joined', 'role_changed', 'left')),
    role TEXT NOT NULL CHECK (role IN ('leader', 'manager', 'treasurer', 'secretary', 'member')),
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX membership_events_organisation ON membership_events (organisation_id, id);
CREATE INDEX membership_events_person ON membership_events (person_id);
INSERT INTO membership_events (id, organisation_id, person_id, kind, role, at)
SELECT gen_random_uuid(), organisation_id, person_id, 'joined', 'member', joined_at FROM memberships;
INSERT INTO membership_events (id, organisation_id, person_id, kind, role, at)
SELECT gen_random_uuid(), organisation_id, person_id, 'left', 'member', left_at FROM memberships WHERE left_at IS NOT NULL;

-- Organisations in an alliance; one that has left and comes again has two rows.
CREATE TABLE alliance_members (
    id UUID NOT NULL PRIMARY KEY,
    alliance_id UUID NOT NULL REFERENCES organisations (id),
    member_id UUID NOT NULL REFERENCES organisations (id),
    joined_at TIMESTAMPTZ NOT NULL,
    left_at TIMESTAMPTZ,
    CHECK (alliance_id <> member_id)
);
CREATE UNIQUE INDEX alliance_members_current ON alliance_members (alliance_id, member_id) WHERE left_at IS NULL;
CREATE INDEX alliance_members_member ON alliance_members (member_id);
-- Whoever changes an alliance of a region counts up here first: two changes that only together make a circle see each other.
CREATE TABLE alliance_turns (
    region TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES divisions (code),
    turn BIGINT NOT NULL
);

-- The fund book of an organisation. Whoever writes in it counts up here first; up to `closed_until` it is published and closed.
CREATE TABLE funds (
    organisation_id UUID NOT NULL PRIMARY KEY REFERENCES organisations (id),
    turn BIGINT NOT NULL,
    closed_until DATE
);
-- What each account holds: the sum of its posted entries. There is never less than no money.
CREATE TABLE fund_balances (
    organisation_id UUID NOT NULL REFERENCES funds (organisation_id),
    account TEXT NOT NULL,
    balance BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, account),
    CHECK (account <> 'cash' OR balance >= 0)
);
-- One amount from one account to another. Nothing is changed but a pending entry's state, once; a mistake is reversed.
CREATE TABLE fund_entries (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES funds (organisation_id),
    kind TEXT NOT NULL CHECK (kind IN ('income', 'spending', 'reversal')),
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    happened_on DATE NOT NULL,
    purpose BYTEA NOT NULL,
    receipt BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'posted', 'refused')),
    reverses UUID REFERENCES fund_entries (id),
    policy_version TEXT NOT NULL,
    entered_by UUID NOT NULL REFERENCES accounts (id),
    entered_at TIMESTAMPTZ NOT NULL,
    decided_by UUID REFERENCES accounts (id),
    decided_at TIMESTAMPTZ,
    CHECK ((debit = 'cash') <> (credit = 'cash')),
    CHECK (decided_by <> entered_by),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
);
CREATE INDEX fund_entries_organisation ON fund_entries (organisation_id, id);
CREATE UNIQUE INDEX fund_entries_reversed ON fund_entries (reverses) WHERE state <> 'refused';
-- A quarter as it was published: the text that everybody sees, and its digest.
CREATE TABLE fund_reports (
    organisation_id UUID NOT NULL REFERENCES funds (organisation_id),
    quarter TEXT NOT NULL,
    statement TEXT NOT NULL,
    digest TEXT NOT NULL,
    published_by UUID NOT NULL REFERENCES accounts (id),
    published_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, quarter)
);
