-- What is sealed stays with the keys: of it nothing comes back.
DROP INDEX order_reviews_unsealed;
ALTER TABLE order_reviews DROP COLUMN tags;
ALTER TABLE order_reviews ADD COLUMN tags TEXT NOT NULL DEFAULT '';
UPDATE order_reviews SET tags = unsealed_tags WHERE unsealed_tags IS NOT NULL;
ALTER TABLE order_reviews DROP COLUMN unsealed_tags;
DROP INDEX certifications_unsealed;
ALTER TABLE certifications DROP COLUMN evidence;
ALTER TABLE certifications ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
UPDATE certifications SET evidence = unsealed_evidence WHERE unsealed_evidence IS NOT NULL;
ALTER TABLE certifications DROP COLUMN unsealed_evidence;
DROP TABLE message_signatures;
DROP TABLE interventions;
