//! The commands, one file each.

pub(crate) mod audit;
pub(crate) mod configure;
pub(crate) mod digest;
pub(crate) mod enrol;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod officer;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod sync;
pub(crate) mod verify;
