DROP TABLE known_addresses;
ALTER TABLE accounts ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0);
ALTER TABLE accounts ADD COLUMN failed_at TIMESTAMPTZ;
DROP TABLE sign_in_failures;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE signing_keys DROP COLUMN activates_at;
ALTER TABLE sessions DROP COLUMN second_factor;
ALTER TABLE sessions DROP COLUMN used_at;
