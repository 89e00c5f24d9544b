DROP TABLE policies;
DROP TABLE regions;
DROP TABLE populations;
DROP TABLE division_aliases;
DROP TABLE divisions;
