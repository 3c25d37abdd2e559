//! Times, each clock with a type of its own.
//!
//! A phone's wall clock can be set to anything; the clock since boot cannot, but it starts anew with each boot; the
//! station's clock is the reference. Mixing them up is the classic way to a wrong parking time, so they do not mix.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The phone's wall clock: milliseconds since 1970-01-01 UTC. May be negative or absurd; it is kept as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallMs(pub i64);

/// Milliseconds since boot, running on through suspend (`CLOCK_BOOTTIME`, Android `elapsedRealtime`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootMs(pub i64);

/// The station's clock: milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StationMs(pub i64);

/// Minutes east of UTC; China is 480.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TzMinutes(pub i32);

/// Which boot a [`BootMs`] belongs to; two of them can only be compared within one boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BootId(pub Uuid);

impl Serialize for BootId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.hyphenated())
    }
}

impl<'de> Deserialize<'de> for BootId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        crate::id::parse_uuid(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a boot id is a lowercase UUID"))
    }
}

/// How far the phone's wall clock was from the station's when they last met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// Station minus phone, in milliseconds.
    pub ms: i64,
    /// Half the round trip of the measurement, in milliseconds: the true offset lies within ± this.
    pub err: i64,
    /// How long ago it was measured, in milliseconds of the boot clock.
    pub age: i64,
    /// The station stated that its own clock was synchronised; absent when it did not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synchronised: bool,
}

/// How far a clock may be off and still count as right, in milliseconds.
const RIGHT_MS: u64 = 1000;

impl ClockOffset {
    /// Whether the phone's clock counts as right to the second: offset and error together are within one, against a
    /// station that stated that its own clock was right.
    pub const fn is_within_a_second(&self) -> bool {
        let most = self.ms.unsigned_abs().saturating_add(self.err.unsigned_abs());
        self.synchronised && most <= RIGHT_MS
    }
}

/// When an op was made, as far as the phone can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The wall clock, as it stood.
    pub wall_ms: WallMs,
    /// The boot clock.
    pub boot_ms: BootMs,
    /// Which boot.
    pub boot_id: BootId,
    /// Satellite time in milliseconds since 1970-01-01 UTC, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gnss_ms: Option<i64>,
    /// The last offset to the station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<ClockOffset>,
    /// The time zone that the phone showed.
    pub tz: TzMinutes,
    /// The last value that the station handed out: proves that the op is not older than that contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<String>,
}

/// When a camera wrote a photo, by both clocks of the phone: the interval between two photos is the difference of the boot
/// clocks, and only within one boot; the wall clock beside it shows whether it was changed in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShotAt {
    /// The wall clock, as it stood.
    pub wall_ms: WallMs,
    /// The boot clock.
    pub boot_ms: BootMs,
    /// Which boot.
    pub boot_id: BootId,
}

impl From<&At> for ShotAt {
    fn from(at: &At) -> Self {
        Self {
            wall_ms: at.wall_ms,
            boot_ms: at.boot_ms,
            boot_id: at.boot_id,
        }
    }
}

impl ShotAt {
    /// Milliseconds from this moment to a later one by the clock that runs through suspend; `None` when the phone was
    /// restarted in between.
    pub fn boot_until(&self, later: &Self) -> Option<i64> {
        (self.boot_id == later.boot_id).then(|| later.boot_ms.0.saturating_sub(self.boot_ms.0))
    }

    /// Milliseconds from this moment to a later one by the wall clock, whatever was done to it.
    pub const fn wall_until(&self, later: &Self) -> i64 {
        later.wall_ms.0.saturating_sub(self.wall_ms.0)
    }

    /// By how much the wall clock was changed up to a later moment, in milliseconds; `None` when the phone was restarted
    /// in between, which hides it.
    pub fn changed_until(&self, later: &Self) -> Option<i64> {
        let passed = self.boot_until(later)?;
        Some(self.wall_until(later).saturating_sub(passed))
    }
}

/// Year, month and day of a number of days since 1970-01-01; a clock may be absurd, so the year may be too.
///
/// Written out and not taken from a calendar crate, whose ranges end long before ±2^53 milliseconds do. After Howard
/// Hinnant, "chrono-compatible low-level date algorithms": years from March, eras of 400 years.
pub const fn civil_day(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + (month <= 2) as i64, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_counts_only_with_its_error_and_against_a_clock_that_is_right() {
        let offset = |ms, err, synchronised| ClockOffset {
            ms,
            err,
            age: 0,
            synchronised,
        };
        for (ms, err, synchronised, counts) in [
            (0, 1000, true, true),
            (-960, 40, true, true),
            (-961, 40, true, false),
            (961, 40, true, false),
            (0, 1, false, false),
            (i64::MIN, i64::MAX, true, false),
        ] {
            assert_eq!(
                offset(ms, err, synchronised).is_within_a_second(),
                counts,
                "{ms} ± {err}"
            );
        }
    }

    #[test]
    fn what_a_station_did_not_state_is_not_written() {
        let of_before = r#"{"ms":1,"err":2,"age":3}"#;
        let read: ClockOffset = serde_json::from_str(of_before).unwrap();
        assert!(!read.synchronised);
        assert_eq!(serde_json::to_string(&read).unwrap(), of_before);
    }
}
