-- What organisations share with each other, for how long.
CREATE TABLE partnerships (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    kind TEXT NOT NULL CHECK (kind IN ('medical', 'school', 'merchant', 'village')),
    title TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'ended')),
    end_reason TEXT CHECK (end_reason IN ('declined', 'by_agreement', 'not_kept', 'party_gone')),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    CHECK (valid_from <= valid_until),
    CHECK ((state = 'ended') = (end_reason IS NOT NULL))
);
CREATE INDEX partnerships_division ON partnerships (division, id);

-- Who takes part, and who has given their word for it.
CREATE TABLE partnership_parties (
    partnership_id UUID NOT NULL REFERENCES partnerships (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    agreed_by UUID,
    agreed_at TIMESTAMPTZ,
    PRIMARY KEY (partnership_id, organisation_id),
    CHECK ((agreed_by IS NULL) = (agreed_at IS NULL))
);
CREATE INDEX partnership_parties_organisation ON partnership_parties (organisation_id, partnership_id);

-- What a party has promised, and how much of it is used: never more than was promised, whoever asks at once.
CREATE TABLE pledges (
    id UUID NOT NULL PRIMARY KEY,
    partnership_id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    resource TEXT NOT NULL,
    unit TEXT NOT NULL,
    quota BIGINT NOT NULL CHECK (quota BETWEEN 1 AND 1000000000),
    used BIGINT NOT NULL CHECK (used >= 0),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (partnership_id, organisation_id) REFERENCES partnership_parties (partnership_id, organisation_id),
    CHECK (used <= quota)
);
CREATE INDEX pledges_partnership ON pledges (partnership_id, id);

-- Each use and what was taken back, append-only: their sum is what is used. What for may speak of people: it is sealed.
CREATE TABLE pledge_uses (
    id UUID NOT NULL PRIMARY KEY,
    pledge_id UUID NOT NULL REFERENCES pledges (id),
    amount BIGINT NOT NULL CHECK (amount <> 0),
    used_on DATE NOT NULL,
    purpose BYTEA NOT NULL,
    reverses UUID UNIQUE REFERENCES pledge_uses (id),
    by_account UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CHECK ((amount < 0) = (reverses IS NOT NULL))
);
CREATE INDEX pledge_uses_pledge ON pledge_uses (pledge_id, id);
