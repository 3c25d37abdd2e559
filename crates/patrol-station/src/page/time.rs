//! Times as people read them, from milliseconds that may be absurd: a phone's clock is whatever it was set to.

use maud::{Markup, html};
use patrol_domain::StationMs;
use patrol_domain::time::civil_day;

/// China has one time zone, and so does its squads' work.
const STATION_TZ: i32 = 480;

/// No zone is further from UTC than this; a phone that says so is not believed.
const MAX_TZ: i32 = 18 * 60;

/// The station's own time.
pub(super) fn station(at: StationMs) -> Markup {
    stamp(at.0, STATION_TZ, false)
}

/// The station's own time as plain text, for a terminal.
pub fn station_text(at: StationMs) -> String {
    let (day, clock) = civil(at.0, STATION_TZ);
    format!("{day} {clock}")
}

/// A phone's wall clock with the zone that the phone showed.
pub(super) fn phone((wall_ms, tz): (i64, i32)) -> Markup {
    stamp(wall_ms, tz.clamp(-MAX_TZ, MAX_TZ), true)
}

fn stamp(ms: i64, tz: i32, zone: bool) -> Markup {
    let (day, clock) = civil(ms, tz);
    html! { span { span.n { (day) } " " span.n { (clock) @if zone { " " span.zone { (offset(tz)) } } } } }
}

/// Date and time of day in a zone.
fn civil(ms: i64, tz: i32) -> (String, String) {
    let seconds = ms.div_euclid(1000).saturating_add(i64::from(tz) * 60);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_day(days);
    let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    (format!("{year:04}-{month:02}-{day:02}"), clock)
}

fn offset(tz: i32) -> String {
    let sign = if tz < 0 { '−' } else { '+' };
    format!("{sign}{:02}:{:02}", tz.abs() / 60, tz.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times_are_written_as_a_calendar_has_them() {
        for (ms, tz, expected) in [
            (0, 0, "1970-01-01 00:00:00"),
            (-1, 0, "1969-12-31 23:59:59"),
            (1_781_745_128_000, 480, "2026-06-18 09:12:08"),
            (951_782_400_000, 0, "2000-02-29 00:00:00"),
            (4_107_542_399_000, 0, "2100-02-28 23:59:59"),
            (1_735_660_800_000, 480, "2025-01-01 00:00:00"),
        ] {
            let (day, clock) = civil(ms, tz);
            assert_eq!(format!("{day} {clock}"), expected);
        }
        assert_eq!((offset(480), offset(-570)), ("+08:00".to_owned(), "−09:30".to_owned()));
    }

    #[test]
    fn an_absurd_clock_is_written_too() {
        for ms in [i64::MIN, -(1 << 53), 1 << 53, i64::MAX] {
            let _ = phone((ms, i32::MIN));
            let _ = phone((ms, i32::MAX));
        }
    }
}
