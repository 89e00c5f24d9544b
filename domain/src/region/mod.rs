//! Regions 区划: the tree of divisions and who may act where.

mod code;
mod level;
#[cfg(test)]
mod tests;

pub use code::{DivisionCode, DivisionCodeError};
pub use level::Level;
