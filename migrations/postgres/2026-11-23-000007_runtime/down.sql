DROP TABLE leases;
DROP TABLE idempotency_keys;
