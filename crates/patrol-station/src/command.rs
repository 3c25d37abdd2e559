//! The commands that are more than one call, one file each.

pub(crate) mod log;
