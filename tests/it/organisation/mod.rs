//! Organisations: how they come to serve, who belongs to them, and their fund books.

mod alliances;
mod fund;
mod life;
mod partnerships;
mod reports;
