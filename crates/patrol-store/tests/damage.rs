//! A phone whose files were damaged, copied, set back, or written by a later program: what can be kept is kept, what is
//! gone is named, and the phone goes on.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::print_stdout, reason = "figures are part of what a test of damage says")]

#[path = "shared/acts.rs"]
mod acts;
#[path = "shared/check.rs"]
mod check;
#[path = "shared/ledger.rs"]
mod ledger;
#[path = "shared/officer.rs"]
mod officer;
#[path = "shared/phone.rs"]
mod phone;
#[path = "shared/raw.rs"]
mod raw;

#[path = "damage/copies.rs"]
mod copies;
#[path = "damage/cut.rs"]
mod cut;
#[path = "damage/pages.rs"]
mod pages;
#[path = "damage/photos.rs"]
mod photos;
