//! The station's power goes at any moment: what it answered for is there, and nothing is there by half.
//!
//! The disk is `patrol_testkit::CrashDisk`, which SQLite and the photo folder both write to. What the station has
//! acknowledged is kept outside of it, by the phones (`phone.rs`), and compared with what the station has after it comes
//! back (`check.rs`). The verbs of the store are called as the HTTP layer calls them; storage is done inline, so that the
//! same cut falls between the same two operations in every run.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::print_stdout, reason = "figures are part of what a test of chances says")]

mod bite;
mod check;
mod cuts;
mod part;
mod phases;
mod phone;
mod scene;
