//! Salvage of damaged files: real files, as the program writes them, damaged in every way that fits into a test.
//!
//! What a page holds is asked from SQLite itself (`dbstat`), and what a row says from a plain `SELECT`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends loudly and shows its figures"
)]

#[path = "salvage/fixture.rs"]
mod fixture;
#[path = "salvage/log.rs"]
mod log;
#[path = "salvage/page.rs"]
mod page;
#[path = "salvage/rubbish.rs"]
mod rubbish;
