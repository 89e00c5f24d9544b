DROP INDEX persons_any_document;
DROP INDEX persons_surname;
DROP INDEX persons_name;
CREATE INDEX persons_name ON persons (name_index);
CREATE INDEX persons_surname ON persons (surname_index, division);
