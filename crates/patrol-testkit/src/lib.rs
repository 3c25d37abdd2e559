//! Placeholder.
pub mod photo;
