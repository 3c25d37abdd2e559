//! A real server on loopback with real files, driven as a phone would drive it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod command;
mod enrolment;
mod journal;
mod page;
mod phone;
mod photo;
mod quarantine;
mod server;
mod transfer;
