//! A real server on loopback with real files, driven as a phone would drive it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod abuse;
mod any_bytes;
mod audit;
mod backup;
mod changes;
mod command;
mod damage;
mod enrolment;
mod first_release;
mod fold;
mod journal;
mod keeping;
mod limits;
mod own_journal;
mod page;
mod phone;
mod photo;
mod quarantine;
mod released;
mod restore;
mod secrecy;
mod server;
mod station_key;
mod transfer;
mod trust;
