//! A real server on loopback with real files, driven as a phone would drive it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod abuse;
mod audit;
mod backup;
mod changes;
mod command;
mod enrolment;
mod fold;
mod journal;
mod limits;
mod page;
mod phone;
mod photo;
mod quarantine;
mod released;
mod server;
mod trust;
