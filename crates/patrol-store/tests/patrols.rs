//! Random patrols: what the screens show follows from the journal alone, however it came about.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop at the first surprise"
)]

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

#[path = "patrols/order.rs"]
mod order;
#[path = "patrols/rebuild.rs"]
mod rebuild;
#[path = "patrols/search.rs"]
mod search;
