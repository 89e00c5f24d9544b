DROP TABLE volunteers;
DROP TABLE person_events;
DROP TABLE persons;
