//! The unit grid's identification code (单元网格标识码): 15 digits.
//!
//! 6 digits for the district (县级及以上行政区划代码, GB/T 2260), 3 for the subdistrict or town, 3 for the community, 3 for
//! the grid in it, counted from west to east and from north to south: GB/T 30428.1, taken over by GB/T 47678.3 in 2026.
//! We have not read these two, so no clause is named; the form is that of Beijing's local standard, and GB/T 47678.5
//! table 3 gives 所在单元网格标识码 15 places. For the same reason the parts are not looked up: a station's list of grids
//! says which codes exist.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many digits a code has.
const DIGITS: usize = 15;

/// How many it had by CJ/T 213-2005: the grid's own number had two.
const DIGITS_OF_2005: usize = 14;

/// First two digits of every district code: provinces by GB/T 2260.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
];

/// A grid's code: 15 ASCII digits that begin with a province.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode(String);

/// Why a text is not a grid's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GridCodeError {
    /// Nothing, or nothing but spaces.
    #[error("no grid code was typed")]
    Empty,
    /// Something else than a digit.
    #[error("a grid code has digits only, not {0:?}")]
    NotADigit(char),
    /// The form of CJ/T 213-2005; its grid number needs a leading zero, which nobody but the city can vouch for.
    #[error("14 digits are the form of 2005; today's code has 15")]
    FormOf2005,
    /// Any other number of digits.
    #[error("a grid code has 15 digits, not {0}")]
    WrongLength(usize),
    /// The first two digits are no province of GB/T 2260.
    #[error("the first two digits name no province")]
    NoSuchProvince,
}

impl GridCode {
    /// Reads what was typed or scanned: full-width digits become ASCII, spaces of any kind fall away.
    ///
    /// # Errors
    /// [`GridCodeError`], the first reason that applies.
    pub fn parse(typed: &str) -> Result<Self, GridCodeError> {
        let digits = typed
            .chars()
            .filter(|character| !character.is_whitespace() && !is_invisible(*character))
            .map(digit)
            .collect::<Result<String, _>>()?;
        match digits.len() {
            0 => Err(GridCodeError::Empty),
            DIGITS if !PROVINCES.iter().any(|province| digits.starts_with(province)) => {
                Err(GridCodeError::NoSuchProvince)
            }
            DIGITS => Ok(Self(digits)),
            DIGITS_OF_2005 => Err(GridCodeError::FormOf2005),
            other => Err(GridCodeError::WrongLength(other)),
        }
    }

    /// All 15 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The district, 6 digits.
    pub fn district(&self) -> &str {
        self.part(0, 6)
    }

    /// The subdistrict or town inside the district, 3 digits; with the district before it the 9-digit code of the
    /// national lists.
    pub fn subdistrict(&self) -> &str {
        self.part(6, 9)
    }

    /// The community inside the subdistrict, 3 digits; with all before it the 12-digit code of the national lists.
    pub fn community(&self) -> &str {
        self.part(9, 12)
    }

    /// The grid's number inside the community, 3 digits.
    pub fn number(&self) -> &str {
        self.part(12, DIGITS)
    }

    fn part(&self, from: usize, to: usize) -> &str {
        self.0.get(from..to).expect("a code is 15 ASCII digits, see parse")
    }
}

fn digit(character: char) -> Result<char, GridCodeError> {
    match character {
        '0'..='9' => Ok(character),
        '０'..='９' => {
            char::from_digit(u32::from(character) - u32::from('０'), 10).ok_or(GridCodeError::NotADigit(character))
        }
        other => Err(GridCodeError::NotADigit(other)),
    }
}

/// Marks without width that come along when a code is pasted out of a document.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

impl fmt::Display for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for GridCode {
    type Err = GridCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for GridCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Stored and sent codes have one form: what [`GridCode::parse`] would have to mend is refused.
impl<'de> Deserialize<'de> for GridCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Self::parse(&text) {
            Ok(code) if code.0 == text => Ok(code),
            Ok(_) => Err(serde::de::Error::custom(
                "a grid code is 15 ASCII digits and nothing else",
            )),
            Err(error) => Err(serde::de::Error::custom(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_has_four_parts() {
        // 320116 Luhe, 006 Xiongzhou, 009 Fenghuang community, first grid.
        let code = GridCode::parse("320116006009001").unwrap();
        assert_eq!(
            (code.district(), code.subdistrict(), code.community(), code.number()),
            ("320116", "006", "009", "001")
        );
        assert_eq!(code.to_string(), "320116006009001");
    }

    #[test]
    fn full_width_digits_and_spaces_are_mended_when_typed_and_refused_when_stored() {
        let code = GridCode::parse(" ３２０１１６　006\u{a0}009 001\u{200b}").unwrap();
        assert_eq!(code.as_str(), "320116006009001");
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"320116006009001\"");
        assert_eq!(serde_json::from_str::<GridCode>("\"320116006009001\"").unwrap(), code);
        assert!(serde_json::from_str::<GridCode>("\"320116 006009001\"").is_err());
        assert!(serde_json::from_str::<GridCode>("320116006009001").is_err());
    }

    #[test]
    fn each_refusal_has_its_reason() {
        for (typed, reason) in [
            ("", GridCodeError::Empty),
            (" \u{3000}", GridCodeError::Empty),
            ("32011600600900一", GridCodeError::NotADigit('一')),
            ("-320116006009001", GridCodeError::NotADigit('-')),
            ("٣20116006009001", GridCodeError::NotADigit('٣')),
            ("32011600600901", GridCodeError::FormOf2005),
            ("320116006009", GridCodeError::WrongLength(12)),
            ("3201160060090010", GridCodeError::WrongLength(16)),
            ("000000000000000", GridCodeError::NoSuchProvince),
            ("990116006009001", GridCodeError::NoSuchProvince),
        ] {
            assert_eq!(GridCode::parse(typed), Err(reason), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(typed in any::<String>()) {
            let _ = GridCode::parse(&typed);
        }

        #[test]
        fn what_was_read_once_reads_the_same_again(typed in "[1-8１-８][0-9０-９ 　]{13,17}") {
            if let Ok(code) = GridCode::parse(&typed) {
                prop_assert_eq!(GridCode::parse(&code.to_string()), Ok(code.clone()));
                let parts = [code.district(), code.subdistrict(), code.community(), code.number()].concat();
                prop_assert_eq!(parts.as_str(), code.as_str());
            }
        }
    }
}
