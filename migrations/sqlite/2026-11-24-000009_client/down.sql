DROP TABLE client_assertions;
DROP TABLE client_credentials;
DROP TABLE client_scopes;
DROP TABLE clients;
