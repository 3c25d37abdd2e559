//! When the camera says it took the photo: its own clock, unchecked. Never the time of the record.

use exif::{Exif, Tag};

use super::text;

/// DateTimeOriginal with OffsetTimeOriginal (JEITA CP-3451 clause 4.6.5, tags 0x9003 and 0x9011).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenAt {
    /// The camera's wall clock, as `2026-06-18T09:12:08`: a real day and a real time of day.
    pub local: String,
    /// How far that clock is ahead of UTC in minutes; most cameras older than 2017 do not say.
    pub offset_minutes: Option<i32>,
}

/// Clocks that were never set write year 0 or blanks; no photo is older than this.
const FIRST_YEAR: u32 = 1900;
/// No place on earth is further from UTC (Line Islands).
const MAX_OFFSET_MINUTES: i32 = 14 * 60;

pub(super) fn read(exif: &Exif) -> Option<TakenAt> {
    let local = local_time(text(exif, Tag::DateTimeOriginal)?)?;
    let offset_minutes = text(exif, Tag::OffsetTimeOriginal).and_then(offset);
    Some(TakenAt { local, offset_minutes })
}

/// `2026:06:18 09:12:08` and nothing else.
fn local_time(text: &str) -> Option<String> {
    let (date, time) = text.split_once(' ')?;
    let [year, month, day] = numbers(date, [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, [2, 2, 2])?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let is_real = year >= FIRST_YEAR && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    is_real.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// Three numbers between colons, each with its number of digits.
fn numbers(text: &str, digits: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(':');
    let mut found = [0; 3];
    for (number, digits) in found.iter_mut().zip(digits) {
        *number = number_of(parts.next()?, digits)?;
    }
    parts.next().is_none().then_some(found)
}

fn number_of(text: &str, digits: usize) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// `+08:00` as minutes; `Z` is not EXIF, but some phones write it.
fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = number_of(hours, 2).zip(number_of(minutes, 2).filter(|minutes| *minutes < 60))?;
    let offset = i32::try_from(hours * 60 + minutes).ok()?;
    (offset <= MAX_OFFSET_MINUTES).then_some(sign * offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_time_is_rewritten() {
        assert_eq!(
            local_time("2026:06:18 09:12:08").as_deref(),
            Some("2026-06-18T09:12:08")
        );
        assert_eq!(
            local_time("2024:02:29 23:59:59").as_deref(),
            Some("2024-02-29T23:59:59")
        );
    }

    #[test]
    fn nonsense_is_no_time() {
        let wrong = [
            "",
            "0000:00:00 00:00:00",
            "2026:13:01 00:00:00",
            "2026:02:29 00:00:00",
            "2026:04:31 00:00:00",
            "2026:06:18 24:00:00",
            "2026:06:18 09:60:00",
            "2026:06:18",
            "2026-06-18T09:12:08",
            "2026:06:18 09:12:08:09",
            "二零二六:06:18 09:12:08",
            "+026:06:18 09:12:08",
            "1899:12:31 00:00:00",
            "    :  :     :  :  ",
        ];
        for text in wrong {
            assert_eq!(local_time(text), None, "{text}");
        }
    }

    #[test]
    fn an_offset_is_signed_minutes_and_stays_on_earth() {
        assert_eq!(offset("+08:00"), Some(480));
        assert_eq!(offset("-03:30"), Some(-210));
        assert_eq!(offset("Z"), Some(0));
        for text in ["08:00", "+8:00", "+08:60", "+14:01", "+99:99", "", "   :  ", "+08"] {
            assert_eq!(offset(text), None, "{text}");
        }
    }
}
