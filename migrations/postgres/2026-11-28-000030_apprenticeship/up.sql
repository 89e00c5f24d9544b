-- Apprenticeships 匠心传承: a master passes a craft on to an apprentice. Nobody is apprenticed to themselves; the rules see to that, and
-- records that turn out to be of one person keep what ended before. How somebody without an account agreed is sealed.
CREATE TABLE apprenticeships (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    craft_id UUID NOT NULL REFERENCES crafts (id),
    master_id UUID NOT NULL REFERENCES persons (id),
    apprentice_id UUID NOT NULL REFERENCES persons (id),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'completed', 'ended', 'refused')),
    stage TEXT CHECK (stage IN ('beginner', 'learning', 'journeyman')),
    stage_since TIMESTAMPTZ,
    master_agreed_by UUID,
    master_agreed_at TIMESTAMPTZ,
    apprentice_agreed_by UUID,
    apprentice_agreed_at TIMESTAMPTZ,
    agreed_channel TEXT,
    agreed_evidence BYTEA,
    -- The certification on which it rests, and since when staff know that it does not hold any more.
    certification_id UUID REFERENCES certifications (id),
    lapsed_at TIMESTAMPTZ,
    -- Who has asked for the next stage, and when.
    asked_by UUID,
    asked_at TIMESTAMPTZ,
    end_reason TEXT,
    policy_version TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    CHECK ((stage IS NULL) = (stage_since IS NULL)),
    CHECK (state NOT IN ('running', 'completed') OR (stage IS NOT NULL AND master_agreed_at IS NOT NULL AND apprentice_agreed_at IS NOT NULL)),
    CHECK ((asked_by IS NULL) = (asked_at IS NULL)),
    CHECK ((state = 'ended') = (end_reason IS NOT NULL)),
    CHECK ((state IN ('proposed', 'running')) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX apprenticeships_live ON apprenticeships (master_id, apprentice_id, craft_id) WHERE state IN ('proposed', 'running');
CREATE INDEX apprenticeships_division ON apprenticeships (division, id);
CREATE INDEX apprenticeships_master ON apprenticeships (master_id, id);
CREATE INDEX apprenticeships_apprentice ON apprenticeships (apprentice_id, id);
CREATE INDEX apprenticeships_certification ON apprenticeships (certification_id) WHERE state = 'running' AND lapsed_at IS NULL;

-- Each stage that was done, append-only: what it was found to be done by.
CREATE TABLE apprenticeship_stages (
    apprenticeship_id UUID NOT NULL REFERENCES apprenticeships (id),
    stage TEXT NOT NULL CHECK (stage IN ('beginner', 'learning', 'journeyman')),
    began_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ NOT NULL,
    days BIGINT NOT NULL,
    works BIGINT NOT NULL,
    days_needed BIGINT NOT NULL,
    works_needed BIGINT NOT NULL,
    certification_id UUID NOT NULL REFERENCES certifications (id),
    policy_version TEXT NOT NULL,
    asked_by UUID NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    confirmed_by UUID NOT NULL,
    PRIMARY KEY (apprenticeship_id, stage),
    CHECK (days >= days_needed AND works >= works_needed)
);

-- What apprentices make. What it is called and what is said of it are sealed; they are public only while the apprentice consents.
CREATE TABLE apprentice_works (
    id UUID NOT NULL PRIMARY KEY,
    apprenticeship_id UUID NOT NULL REFERENCES apprenticeships (id),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    craft_id UUID NOT NULL REFERENCES crafts (id),
    stage TEXT NOT NULL CHECK (stage IN ('beginner', 'learning', 'journeyman')),
    title BYTEA,
    description BYTEA,
    made_on DATE NOT NULL,
    exhibition TEXT CHECK (exhibition IN ('shown', 'sold')),
    exhibited_on DATE,
    site_id UUID REFERENCES sites (id),
    price_fen BIGINT CHECK (price_fen >= 0),
    withdrawn_at TIMESTAMPTZ,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    CHECK ((exhibition IS NULL) = (exhibited_on IS NULL)),
    CHECK (site_id IS NULL OR exhibition IS NOT NULL),
    CHECK (CASE WHEN exhibition = 'sold' THEN 1 ELSE 0 END = CASE WHEN price_fen IS NULL THEN 0 ELSE 1 END)
);
CREATE INDEX apprentice_works_apprenticeship ON apprentice_works (apprenticeship_id, id);
CREATE INDEX apprentice_works_shown ON apprentice_works (division, id) WHERE exhibition IS NOT NULL AND withdrawn_at IS NULL;
