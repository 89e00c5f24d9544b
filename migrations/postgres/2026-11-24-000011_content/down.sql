DROP TABLE content_verdicts;
DROP TABLE content_checks;
