//! The contract: what is documented is what is served.

mod account;
mod appointment;
mod apprenticeship;
mod care;
mod cavalry;
mod demand;
mod document;
mod examples;
mod import;
mod limits;
mod manners;
mod organisation;
mod page;
mod partnership;
mod people;
mod site;
mod situation;
mod social_work;
mod training;
