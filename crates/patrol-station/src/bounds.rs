//! What a person at the keyboard may put into an enrolment code and into the settings.
//!
//! A phone shows these words in narrow places and reads the address back from a picture, so what it could not show or
//! read is refused here, where somebody can still type it again.

use axum::http::Uri;
use patrol_domain::Sha256Hash;
use patrol_wire::{EnrolmentCode, Officer};

use crate::error::StationError;

/// The longest officer number, in characters.
const MAX_NUMBER: usize = 32;

/// The longest name of an officer or a station, in characters.
const MAX_NAME: usize = 64;

/// Refuses a station's name that a phone could not show.
pub(crate) fn station_name(name: &str) -> Result<(), StationError> {
    word("the station's name", name, MAX_NAME)
}

/// Refuses an officer whom a phone could not show.
pub(crate) fn officer(officer: &Officer) -> Result<(), StationError> {
    let Officer { number, name } = officer;
    word("the officer's number", number, MAX_NUMBER)?;
    word("the officer's name", name, MAX_NAME)
}

fn word(what: &'static str, text: &str, most: usize) -> Result<(), StationError> {
    if text.trim().is_empty() {
        return Err(StationError::EmptyWord { what });
    }
    let long = text.chars().count();
    if long > most {
        return Err(StationError::LongWord { what, long, most });
    }
    if text.chars().any(char::is_control) {
        return Err(StationError::ControlCharacter { what });
    }
    Ok(())
}

/// Refuses an address that a phone could not read back from an enrolment code, or not call.
pub(crate) fn url(station_url: &str) -> Result<(), StationError> {
    let probe = EnrolmentCode {
        station_url: station_url.to_owned(),
        code: "A".to_owned(),
        key_thumbprint: Sha256Hash::of(b""),
        authority: station_url.starts_with("https://").then(|| Sha256Hash::of(b"")),
    };
    let read = probe.to_string().parse::<EnrolmentCode>();
    if read.is_ok_and(|read| read == probe) && has_usable_port(station_url) {
        Ok(())
    } else {
        Err(StationError::Url {
            text: station_url.to_owned(),
        })
    }
}

/// Port 0 means any free one to a listener and nothing at all to whoever calls.
fn has_usable_port(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let Some(authority) = uri.authority() else {
        return false;
    };
    match authority.as_str().strip_prefix(authority.host()) {
        Some("") => true,
        Some(rest) => rest
            .strip_prefix(':')
            .and_then(|port| port.parse::<u16>().ok())
            .is_some_and(|port| port != 0),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_characters() {
        assert!(station_name(&"巡".repeat(64)).is_ok());
        let refused = station_name(&"巡".repeat(65)).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("the station's name has 65 characters: at most 64 are allowed".to_owned())
        );
        for bad in ["", " \u{3000}", "a\nb", "\u{7f}"] {
            assert!(station_name(bad).is_err(), "{bad:?}");
        }
        let numbered = |number: &str| Officer {
            number: number.to_owned(),
            name: "王队员".to_owned(),
        };
        assert!(officer(&numbered(&"7".repeat(32))).is_ok());
        assert!(officer(&numbered(&"7".repeat(33))).is_err());
    }

    #[test]
    fn an_address_must_be_one_that_a_phone_can_read_back_and_call() {
        for good in [
            "http://127.0.0.1:8620",
            "http://127.0.0.1",
            "https://station.test:443",
            "http://[::1]:8620",
        ] {
            assert!(url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "127.0.0.1:8620",
            "ftp://a",
            "http://",
            "http://a/b",
            " http://a",
            "http://a b",
            "http://站点",
            "http://127.0.0.1:0",
            "http://127.0.0.1:",
            "http://127.0.0.1:65536",
            "http://::1:8620",
            "http://a/enrol#b",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }
}
