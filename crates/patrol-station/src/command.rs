//! The subcommands that are more than a line: each reads arguments, calls the library, prints.

pub(crate) mod device;
pub(crate) mod log;
