//! Number plates as checked text.
//!
//! Forms after GA 36-2018 and the patterns collected with their vectors in the tests below. What fits no form is kept
//! as typed (an e-bike's plate, a temporary one, a plate half covered with mud): an officer is never stopped by a plate.
//! Written by hand and not as regular expressions, because each refusal has to be explained.

mod classify;

use serde::{Deserialize, Serialize};

/// What a plate's text is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PlateKind {
    /// Seven characters: blue, or yellow on large vehicles.
    Ordinary,
    /// Eight characters, energy letter first: small new-energy vehicle.
    NewEnergySmall,
    /// Eight characters, energy letter last: large new-energy vehicle.
    NewEnergyLarge,
    /// 学: driving school.
    Learner,
    /// 警: police.
    Police,
    /// 挂: trailer.
    Trailer,
    /// 粤Z…港 or 澳: crossing from Hong Kong or Macau.
    HkMacau,
    /// 领: consulate.
    Consulate,
    /// 使: embassy.
    Embassy,
    /// WJ: the Armed Police.
    ArmedPolice,
    /// Two letters and five digits: the armed forces.
    Military,
    /// 应急: emergency rescue.
    Emergency,
    /// 试 or 超: on trial, or over-size.
    TemporaryEntry,
    /// Anything else, as typed.
    Free,
}

/// A doubt worth showing, never a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PlateHint {
    /// Seven characters beginning like a new-energy plate: a digit may be missing.
    NewEnergyDigitMissing,
    /// No form that we know.
    NotStandard,
}

/// The longest text that is taken for a plate, in characters.
pub const MAX_PLATE_CHARACTERS: usize = 20;

/// Why a text cannot be a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlateError {
    /// Nothing but spaces and dots.
    #[error("no plate was typed")]
    Empty,
    /// More than [`MAX_PLATE_CHARACTERS`].
    #[error("a plate has at most {MAX_PLATE_CHARACTERS} characters")]
    TooLong,
}

/// A plate: normalised text and what it is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plate {
    text: String,
    kind: PlateKind,
}

impl Plate {
    /// Reads what was typed: full-width characters, small letters, spaces and dots are normalised first.
    ///
    /// # Errors
    /// [`PlateError`] when nothing is left or it is too long.
    pub fn parse(typed: &str) -> Result<Self, PlateError> {
        let characters = normalise(typed);
        if characters.is_empty() {
            return Err(PlateError::Empty);
        }
        if characters.len() > MAX_PLATE_CHARACTERS {
            return Err(PlateError::TooLong);
        }
        let kind = classify::classify(&characters);
        Ok(Self {
            text: characters.into_iter().collect(),
            kind,
        })
    }

    /// The normalised text, without a dot.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it is taken for.
    pub fn kind(&self) -> PlateKind {
        self.kind
    }

    /// The text as it stands on the plate, with the dot behind the authority's letter where there is one.
    pub fn display(&self) -> String {
        let has_authority = self
            .text
            .chars()
            .nth(1)
            .is_some_and(|second| second.is_ascii_uppercase());
        if !has_authority || matches!(self.kind, PlateKind::Free | PlateKind::Embassy | PlateKind::ArmedPolice) {
            return self.text.clone();
        }
        let mut shown = String::with_capacity(self.text.len() + 2);
        for (position, character) in self.text.chars().enumerate() {
            if position == 2 {
                shown.push('·');
            }
            shown.push(character);
        }
        shown
    }

    /// A doubt worth showing to the officer.
    pub fn hint(&self) -> Option<PlateHint> {
        match self.kind {
            PlateKind::Free => Some(PlateHint::NotStandard),
            PlateKind::Ordinary if classify::looks_like_cut_new_energy(&self.text) => {
                Some(PlateHint::NewEnergyDigitMissing)
            }
            _ => None,
        }
    }
}

fn normalise(typed: &str) -> Vec<char> {
    typed
        .chars()
        .map(|character| match character {
            // Full-width forms stand 0xFEE0 above ASCII.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            other => other,
        })
        .filter(|character| !character.is_whitespace() && !character.is_control() && !is_invisible(*character))
        .filter(|character| !is_dot(*character))
        .map(|character| character.to_ascii_uppercase())
        .collect()
}

/// What keyboards and other programs write for the dot on the plate, and dashes in its place.
fn is_dot(character: char) -> bool {
    matches!(
        character,
        '·' | '•' | '・' | '･' | '‧' | '∙' | '⋅' | '●' | '.' | '-' | '‐' | '–' | '—'
    )
}

/// Marks without width that come along when a plate is pasted.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(typed: &str) -> PlateKind {
        Plate::parse(typed).unwrap().kind()
    }

    #[test]
    fn known_forms_are_told_apart() {
        use PlateKind::*;
        for (typed, expected) in [
            ("苏A12345", Ordinary),
            ("京A8B8C8", Ordinary),
            ("苏AABC12", Free),
            ("苏A·D12345", NewEnergySmall),
            ("苏AD1A345", Free),
            ("苏ADA1234", NewEnergySmall),
            ("苏A12345D", NewEnergyLarge),
            ("粤BAB1234", NewEnergySmall),
            ("粤BL12345", Free),
            ("粤B1I234", Free),
            ("粤BO1234", Free),
            ("苏A1234学", Learner),
            ("苏A1234警", Police),
            ("苏A1234挂", Trailer),
            ("粤Z1234港", HkMacau),
            ("粤Z12AB澳", HkMacau),
            ("沪A1234领", Consulate),
            ("沪A12345领", Consulate),
            ("沪1234领", Consulate),
            ("沪12345领", Consulate),
            ("沪123456领", Free),
            ("沪A123领", Free),
            ("使123456", Embassy),
            ("123456使", Embassy),
            ("苏S1234应急", Emergency),
            ("浙X0001应急", Emergency),
            ("苏A1234试", TemporaryEntry),
            ("苏A1234超", TemporaryEntry),
            ("WJ苏12345", ArmedPolice),
            ("wj·苏1234T", ArmedPolice),
            ("WJ12345", Free),
            ("WJ苏1234", Free),
            ("WJ囧12345", Free),
            ("VA12345", Military),
            ("kj·01234", Military),
            ("VA1234", Free),
            ("VI12345", Free),
            ("粤Z1234澳", HkMacau),
            ("苏Z1234港", Free),
            ("苏A123456", Free),
            ("A12345", Free),
            ("苏112345", Free),
            ("京AD1234", Ordinary),
            ("苏ag12345", NewEnergySmall),
            ("苏A12345K", NewEnergyLarge),
            ("苏A12345L", Free),
            ("苏A･12345", Ordinary),
            ("苏Ａ．Ｄ１２３４５", NewEnergySmall),
            ("\u{feff}苏A\u{200b}12345", Ordinary),
            ("苏Ａ １２３４５", Ordinary),
            ("电动车 黄牌 0123", Free),
            ("南京 A·012345", Free),
            ("苏A·12345临", Free),
        ] {
            assert_eq!(kind(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_plate_that_may_lack_a_digit_is_doubted_and_not_refused() {
        assert_eq!(
            Plate::parse("京AD1234").unwrap().hint(),
            Some(PlateHint::NewEnergyDigitMissing)
        );
        assert_eq!(Plate::parse("苏A8K3R7").unwrap().hint(), None);
        assert_eq!(Plate::parse("没牌").unwrap().hint(), Some(PlateHint::NotStandard));
    }

    #[test]
    fn what_is_shown_has_the_dot_and_what_is_stored_has_not() {
        let plate = Plate::parse(" 苏a.8k3r7 ").unwrap();
        assert_eq!((plate.text(), plate.display().as_str()), ("苏A8K3R7", "苏A·8K3R7"));
        let again = Plate::parse(&plate.display()).unwrap();
        assert_eq!(again, plate);
        for without in ["沪1234领", "使123456", "电动车0123"] {
            assert_eq!(Plate::parse(without).unwrap().display(), without);
        }
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert_eq!(Plate::parse(" · "), Err(PlateError::Empty));
        assert_eq!(Plate::parse(&"囧".repeat(21)), Err(PlateError::TooLong));
    }

    /// Any text, and texts made of what plates are made of.
    fn typed() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "\\PC{0,24}",
            "[京苏粤沪使][A-HZ]?[·.]?[A-FIO0-9]{4,6}领?",
            "[京苏粤沪使苏Ａａ１A-Za-z0-9·・．.\\- \u{200b}学警挂领使港澳试超应急]{0,12}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn no_text_makes_the_parser_panic_and_reading_twice_changes_nothing(typed in typed()) {
            if let Ok(plate) = Plate::parse(&typed) {
                let _ = plate.hint();
                for shown in [plate.text().to_owned(), plate.display()] {
                    prop_assert_eq!(&Plate::parse(&shown).unwrap(), &plate);
                }
                let once = normalise(&typed);
                prop_assert_eq!(normalise(&once.iter().collect::<String>()), once);
            }
        }
    }
}
