//! The contract: what is documented is what is served.

mod document;
mod examples;
mod limits;
mod manners;
mod page;
