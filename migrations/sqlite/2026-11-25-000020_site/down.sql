DROP TABLE site_services;
DROP TABLE sites;
