//! The power goes, or the disk is full, at any moment of a patrol: what was acknowledged is there, and nothing is there
//! by half.
//!
//! The disk is `patrol_testkit::CrashDisk`, which SQLite and the vault both write to. What the phone acknowledged is kept
//! outside of it (`shared/ledger.rs`) and compared with what the phone has after it comes back (`shared/check.rs`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::print_stdout, reason = "figures are part of what a test of chances says")]

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

#[path = "power/bite.rs"]
mod bite;
#[path = "power/cuts.rs"]
mod cuts;
#[path = "power/full.rs"]
mod full;
#[path = "power/phases.rs"]
mod phases;
