//! Ids: each thing has a type of its own, so that a case can never be passed for an op.
//!
//! All are UUIDs, written lowercase with hyphens. New ones are version 7 (RFC 9562), whose time part is only there to
//! keep them apart and in index order: nobody reads time from an id, because a phone's clock may be anything.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::time::WallMs;

/// The text is not a UUID in lowercase with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID in lowercase with hyphens")]
pub struct IdFormatError;

/// Reads a UUID in the one form that the protocol writes.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    let mut buffer = Uuid::encode_buffer();
    (id.hyphenated().encode_lower(&mut buffer) == text).then_some(id)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID from the mint or from storage.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The 16 bytes, most significant first.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Takes an id out of a database column; `None` unless it is 16 bytes.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.hyphenated())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdFormatError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_uuid(text).map(Self).ok_or(IdFormatError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// One journal of one install.
    LogId,
    /// One op. Unique among the ops that were applied; a copied phone may say it twice.
    OpId,
    /// One case, from the first photo to its closing.
    CaseId,
    /// A person, made on the phone, so that recording works before the phone has ever met a station.
    PersonId,
    /// A phone, named by the station at enrolment.
    DeviceId,
    /// A draft: what its photos belong to before there is a case.
    DraftId,
    /// One officer's patrol, from its start to its end.
    ShiftId,
    /// A station.
    StationId,
}

/// Makes version-7 UUIDs that never run backwards, whatever the clock does.
///
/// The caller keeps one mint per journal and starts it from the last id it has stored.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdMint {
    last_ms: u64,
}

/// 48 bits of milliseconds is all that a version-7 UUID holds.
const MAX_MS: u64 = (1 << 48) - 1;

impl IdMint {
    /// Starts behind the last id that was made before.
    pub fn after(last: Option<OpId>) -> Self {
        let last_ms = last.map_or(0, |id| {
            id.as_bytes()
                .iter()
                .take(6)
                .fold(0, |ms, byte| (ms << 8) | u64::from(*byte))
        });
        Self { last_ms }
    }

    /// The next id: time = max(time of the last one, the wall clock forced into 0 … 2^48−1).
    pub fn next(&mut self, wall: WallMs, random: [u8; 10]) -> Uuid {
        let wall = u64::try_from(wall.0).unwrap_or(0).min(MAX_MS);
        self.last_ms = self.last_ms.max(wall);
        uuid::Builder::from_unix_timestamp_millis(self.last_ms, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_do_not_run_backwards_when_the_clock_does() {
        let mut mint = IdMint::default();
        let first = mint.next(WallMs(1_700_000_000_000), [7; 10]);
        let second = mint.next(WallMs(-5), [7; 10]);
        assert_eq!(first.as_bytes()[..6], second.as_bytes()[..6]);
        assert_eq!(first.get_version_num(), 7);
        let resumed = IdMint::after(Some(OpId::new(first))).next(WallMs(0), [8; 10]);
        assert_eq!(resumed.as_bytes()[..6], first.as_bytes()[..6]);
    }

    #[test]
    fn an_absurd_clock_still_gives_a_valid_id() {
        let mut mint = IdMint::default();
        assert_eq!(mint.next(WallMs(i64::MAX), [0; 10]).get_version_num(), 7);
        assert_eq!(mint.next(WallMs(i64::MIN), [0; 10]).get_version_num(), 7);
    }

    #[test]
    fn only_the_written_form_is_read() {
        let id = OpId::new(IdMint::default().next(WallMs(1), [0xab; 10]));
        let text = id.to_string();
        assert_eq!(text.parse::<OpId>(), Ok(id));
        assert!(text.to_uppercase().parse::<OpId>().is_err());
        assert!(text.replace('-', "").parse::<OpId>().is_err());
    }
}
