DROP TABLE emergency_rings;
DROP TABLE cavalry_positions;
DROP TABLE cavalry_duties;
DROP TABLE cavalry;
