mod catalogue;
mod matrix;
mod organisations;
mod persons;
mod regions;
mod signing_in;
mod staff;
