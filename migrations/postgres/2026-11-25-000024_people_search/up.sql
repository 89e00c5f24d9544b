-- People are found by name within divisions, oldest record first: all that decides who is shown stands in the index.
DROP INDEX persons_name;
DROP INDEX persons_surname;
CREATE INDEX persons_name ON persons (name_index, merged_into, division, id);
CREATE INDEX persons_surname ON persons (surname_index, merged_into, division, id);

-- A document is looked for in merged records, too, which the unique index leaves out.
CREATE INDEX persons_any_document ON persons (document_index) WHERE document_index IS NOT NULL;
