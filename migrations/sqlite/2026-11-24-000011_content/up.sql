-- The content check 内容安全检查 of what residents and takers write or photograph: ids and codes only. The text stands sealed in
-- order_texts, the note of a decision sealed here.
CREATE TABLE content_checks (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('text', 'photo')),
    text_kind TEXT,
    seq INTEGER,
    photo_id BLOB UNIQUE,
    author BLOB NOT NULL REFERENCES accounts (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'passed', 'review', 'risky', 'unchecked', 'released', 'withheld')),
    version INTEGER NOT NULL CHECK (version >= 1),
    policy_version TEXT NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    next_try BIGINT,
    trace TEXT UNIQUE,
    label INTEGER,
    obstacle TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    decided_by BLOB,
    decided_at BIGINT,
    reason TEXT,
    note BLOB,
    UNIQUE (order_id, text_kind, seq),
    CHECK ((kind = 'text') = (text_kind IS NOT NULL)),
    CHECK ((kind = 'text') = (seq IS NOT NULL)),
    CHECK ((kind = 'photo') = (photo_id IS NOT NULL)),
    CHECK ((state = 'pending') = (next_try IS NOT NULL)),
    CHECK (state <> 'unchecked' OR obstacle IS NOT NULL),
    CHECK ((state IN ('released', 'withheld')) = (decided_by IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (reason IS NULL))
);
CREATE INDEX content_checks_next_try ON content_checks (next_try) WHERE state = 'pending';
CREATE INDEX content_checks_state ON content_checks (state, id);

-- Verdicts on photos that came before it was kept under which number they would come.
CREATE TABLE content_verdicts (
    trace TEXT NOT NULL PRIMARY KEY,
    suggest TEXT NOT NULL,
    label INTEGER,
    at BIGINT NOT NULL
);
CREATE INDEX content_verdicts_at ON content_verdicts (at);
