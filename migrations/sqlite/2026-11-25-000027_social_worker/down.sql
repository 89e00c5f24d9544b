DROP TABLE exam_registrations;
DROP TABLE social_work_cases;
DROP TABLE social_workers;
