//! The rules of the loop, told as stories, and walked at random.

mod arguments;
mod clock;
mod contacts;
mod dispatching;
mod histories;
mod overseeing;
mod parties;
mod people;
mod placing;
mod reviewing;
mod table;
mod visiting;
mod walks;
mod world;
