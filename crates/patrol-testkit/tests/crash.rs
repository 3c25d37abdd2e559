//! The disk that forgets, tried with SQLCipher and with plain files: a durable program loses nothing on it, and each
//! missing promise shows.
//!
//! Without the second half a test of power cuts proves nothing: a disk that is too kind passes everything. The figures
//! are printed (`cargo nextest run -p patrol-testkit --no-capture`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends loudly")]
#![allow(clippy::print_stdout, reason = "the figures are for whoever reads the run")]

#[path = "crash/cuts.rs"]
mod cuts;
#[path = "crash/files.rs"]
mod files;
#[path = "crash/full.rs"]
mod full;
#[path = "crash/ledger.rs"]
mod ledger;
#[path = "crash/sqlite.rs"]
mod sqlite;
