//! Twenty phones, one station, one seed: a patrol in which everything goes wrong that may, and the promises afterwards.
//!
//! Phones are `patrol_app::App`, the station is `patrol_station::Station`, both on disks in memory that forget
//! (`patrol_testkit::CrashDisk`), with clocks moved by hand, foreseeable randomness, and storage called inline. The
//! network between them (`network.rs`) is a list of messages: a seeded scheduler (`world.rs`) decides at every step which
//! of them arrives, is lost, comes twice or too late, and who loses power. So a seed replays exactly, and one that fails
//! is printed with the tail of what happened. Rejected: turmoil, whose file system SQLite's own calls do not go through
//! and whose network wants real sockets in the product.
//!
//! `cargo xtask simulate --seeds N` runs more seeds than the test, `--seed S` replays one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::print_stdout, reason = "a failing seed says how it is replayed")]

mod base;
mod chance;
mod check;
mod damage;
mod fault;
mod network;
mod phone;
mod recount;
mod seeds;
mod station;
mod stranger;
mod trace;
mod world;
