DROP TABLE certifications;
DROP TABLE services;
DROP TABLE crafts;
