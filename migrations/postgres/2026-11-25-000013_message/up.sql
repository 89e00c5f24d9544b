-- What the service tells an account without being asked. Ids and kinds only: what an order says stands with the order.
CREATE TABLE messages (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('placed_for_you', 'placed_by_you')),
    order_id UUID NOT NULL REFERENCES orders (id),
    subject_told BOOLEAN,
    at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ
);
CREATE INDEX messages_account ON messages (account_id, id);
CREATE INDEX messages_order ON messages (order_id);
