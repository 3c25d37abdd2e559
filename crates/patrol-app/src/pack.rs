//! Packs: the catalogue and the district, as data.
//!
//! The shipped ones are compiled in, so that a phone works before it has ever met a station. A later catalogue that lies in
//! the data folder takes the shipped one's place.

mod catalogue;
mod district;
pub(crate) mod form;
mod patrol;

pub(crate) use catalogue::Catalogue;
pub(crate) use district::District;
pub use patrol::{Patrol, PatrolCase};
