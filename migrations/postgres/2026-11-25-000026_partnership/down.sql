DROP TABLE pledge_uses;
DROP TABLE pledges;
DROP TABLE partnership_parties;
DROP TABLE partnerships;
