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
