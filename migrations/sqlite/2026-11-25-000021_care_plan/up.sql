-- Care plans 照护计划: a need that is served again and again. Note and address are sealed, and gone once the plan is over: the orders of
-- its visits have their own.
CREATE TABLE care_plans (
    id BLOB NOT NULL PRIMARY KEY,
    demand_id BLOB NOT NULL REFERENCES demand_items (id),
    -- The need, while the plan is not over: one plan at a time.
    live_demand BLOB UNIQUE,
    region TEXT NOT NULL REFERENCES regions (division),
    division TEXT NOT NULL REFERENCES divisions (code),
    person_id BLOB NOT NULL REFERENCES persons (id),
    service_id BLOB NOT NULL REFERENCES services (id),
    urgency TEXT NOT NULL CHECK (urgency IN ('low', 'normal', 'high', 'emergency')),
    basis TEXT NOT NULL,
    rule TEXT NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    starts_minute INTEGER NOT NULL CHECK (starts_minute BETWEEN 0 AND 1439),
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    note BLOB,
    address BLOB,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    end_reason TEXT,
    -- The day of the next visit that is not placed, and when the clock sees to the plan; none where it has nothing to do.
    next_day DATE,
    act_at BIGINT,
    policy_version TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    made_by BLOB NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK (first_day <= last_day),
    CHECK ((state = 'ended') = (end_reason IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((state = 'ended') = (live_demand IS NULL))
);
CREATE INDEX care_plans_demand ON care_plans (demand_id, id);
CREATE INDEX care_plans_division ON care_plans (division, id);
CREATE INDEX care_plans_person ON care_plans (person_id, id);
CREATE INDEX care_plans_act ON care_plans (act_at, id) WHERE act_at IS NOT NULL;

-- Visits: each day of a plan once, whoever places it and however often.
CREATE TABLE care_visits (
    plan_id BLOB NOT NULL REFERENCES care_plans (id),
    on_day DATE NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('placed', 'served', 'missed', 'skipped', 'cancelled')),
    order_id BLOB REFERENCES orders (id),
    skip_reason TEXT,
    -- When the clock asks whether anybody has come; none where it does not.
    ask_at BIGINT,
    missed_at BIGINT,
    policy_version TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (plan_id, on_day),
    CHECK (state <> 'placed' OR order_id IS NOT NULL),
    CHECK (state <> 'missed' OR missed_at IS NOT NULL),
    CHECK ((state = 'skipped') = (skip_reason IS NOT NULL))
);
CREATE UNIQUE INDEX care_visits_order ON care_visits (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX care_visits_ask ON care_visits (ask_at, plan_id) WHERE ask_at IS NOT NULL;
