//! Officers, PINs, the lock, shifts and what leaves the phone, through the dispatch table and on real files.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(clippy::indexing_slicing, reason = "an answer without its field is a failed test")]

#[path = "people/handover.rs"]
mod handover;
#[path = "people/leaving.rs"]
mod leaving;
#[path = "people/lock.rs"]
mod lock;
#[path = "shared/phone.rs"]
mod phone;
#[path = "people/pin.rs"]
mod pin;
#[path = "people/shift.rs"]
mod shift;
#[path = "shared/station.rs"]
mod station;
