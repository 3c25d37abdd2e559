//! When the camera says it took the photo: its own clock, unchecked. Never the time of the record.

use exif::{Exif, Tag};

use super::text;

/// DateTimeOriginal with OffsetTimeOriginal (JEITA CP-3451 clause 4.6.5, tags 0x9003 and 0x9011), or what the camera
/// wrote in their stead.
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

/// The file's three times, each with its offset: taken, digitised, last changed.
const ORIGINAL: (Tag, Tag) = (Tag::DateTimeOriginal, Tag::OffsetTimeOriginal);
const DIGITIZED: (Tag, Tag) = (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized);
const CHANGED: (Tag, Tag) = (Tag::DateTime, Tag::OffsetTime);

/// For a camera, taken and digitised are the same moment, so the second stands in for the first. The last change may be
/// years later and does not.
///
/// Some cameras write one offset only, and not beside DateTimeOriginal. It counts when the time beside it is the very
/// same: then it is of the same clock at the same moment.
pub(super) fn read(exif: &Exif) -> Option<TakenAt> {
    let time = |(tag, _): (Tag, Tag)| text(exif, tag).and_then(local_time);
    let local = time(ORIGINAL).or_else(|| time(DIGITIZED))?;
    let offset_minutes = [ORIGINAL, DIGITIZED, CHANGED]
        .into_iter()
        .filter(|pair| time(*pair).as_ref() == Some(&local))
        .find_map(|(_, tag)| text(exif, tag).and_then(offset));
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

    /// What is read from times and offsets in the order original, digitised, changed; blank ones are left out.
    fn taken(times: [&str; 3], offsets: [&str; 3]) -> Option<(String, Option<i32>)> {
        let mut writer = exif::experimental::Writer::new();
        let tags = [ORIGINAL, DIGITIZED, CHANGED];
        let written = (tags.iter().map(|pair| pair.0).zip(times)).chain(tags.iter().map(|pair| pair.1).zip(offsets));
        let fields: Vec<exif::Field> = written
            .filter(|(_, text)| !text.is_empty())
            .map(|(tag, text)| exif::Field {
                tag,
                ifd_num: exif::In::PRIMARY,
                value: exif::Value::Ascii(vec![text.as_bytes().to_vec()]),
            })
            .collect();
        fields.iter().for_each(|field| writer.push_field(field));
        let mut bytes = std::io::Cursor::new(Vec::new());
        writer.write(&mut bytes, true).unwrap();
        let metadata = crate::metadata::read(Some(bytes.get_ref()));
        metadata.taken.map(|taken| (taken.local, taken.offset_minutes))
    }

    const NINE: &str = "2026:06:18 09:12:08";
    const TEN: &str = "2026:06:18 10:00:00";

    #[test]
    fn an_offset_counts_when_the_time_beside_it_is_the_same() {
        let at_nine = |minutes| Some(("2026-06-18T09:12:08".to_owned(), minutes));
        assert_eq!(taken([NINE; 3], ["+08:00", "+09:00", "+10:00"]), at_nine(Some(480)));
        assert_eq!(taken([NINE; 3], ["", "+09:00", "+10:00"]), at_nine(Some(540)));
        assert_eq!(taken([NINE; 3], ["   :  ", "", "+08:00"]), at_nine(Some(480)));
        assert_eq!(taken([NINE, TEN, TEN], ["", "+08:00", "+08:00"]), at_nine(None));
        assert_eq!(taken([NINE, "", ""], ["", "+08:00", "+08:00"]), at_nine(None));
    }

    #[test]
    fn the_time_of_digitising_stands_in_and_that_of_a_change_does_not() {
        let at_ten = |minutes| Some(("2026-06-18T10:00:00".to_owned(), minutes));
        assert_eq!(taken(["", TEN, NINE], ["", "+08:00", ""]), at_ten(Some(480)));
        assert_eq!(
            taken(["0000:00:00 00:00:00", TEN, ""], ["+08:00", "", ""]),
            at_ten(None)
        );
        assert_eq!(taken(["", "", NINE], ["+08:00", "+08:00", "+08:00"]), None);
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
