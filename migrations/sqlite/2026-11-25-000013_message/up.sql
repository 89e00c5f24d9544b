-- What the service tells an account without being asked. Ids and kinds only: what an order says stands with the order.
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('placed_for_you', 'placed_by_you')),
    order_id BLOB NOT NULL REFERENCES orders (id),
    subject_told BOOLEAN,
    at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX messages_account ON messages (account_id, id);
CREATE INDEX messages_order ON messages (order_id);
