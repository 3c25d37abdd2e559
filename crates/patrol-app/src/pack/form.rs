//! A matter's form: what is asked, and whether an answer is one.
//!
//! An odd answer (a choice that a later pack has dropped, words where a number is asked) is kept as it was typed and named
//! as odd: a form never keeps an officer from recording, and nothing typed is lost.

use std::collections::BTreeMap;

use patrol_domain::canonical;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Catalogue;
use crate::error::{AppError, ErrorCode};
use crate::view::FieldKind;

/// The field that every form begins with, and the one beside it that says in which unit.
pub(crate) const QUANTITY: &str = "quantity";
pub(crate) const UNIT: &str = "unit";

/// The longest answer, in characters.
const MAX_CHARACTERS: usize = 2000;

/// The most answers of one form.
const MAX_ANSWERS: usize = 40;

/// All answers together as JSON, in bytes: they travel beside the op.
const MAX_BYTES: usize = 32 * 1024;

/// One field.
#[derive(Debug, Deserialize)]
pub(crate) struct Field {
    pub(super) name: String,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) kind: FieldKind,
    pub(super) unit: Option<String>,
    #[serde(default)]
    pub(super) choices: Vec<Choice>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) personal: bool,
}

/// One thing to choose.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    pub(super) value: String,
    pub(super) zh: String,
    pub(super) en: String,
}

/// What was answered, by field.
pub(crate) type Answers = BTreeMap<String, Value>;

/// Reads what a draft holds; what cannot be read is nothing.
pub(crate) fn read(stored: &str) -> Answers {
    serde_json::from_str(stored).unwrap_or_default()
}

/// What a draft will hold: empty answers are none.
///
/// # Errors
/// [`ErrorCode::AnswerTooLong`] for more than can travel; [`AppError::Arguments`] for what is no answer at all.
pub(crate) fn write(answers: Answers) -> Result<String, AppError> {
    let answers: Answers = answers.into_iter().filter(|(_, answer)| !is_empty(answer)).collect();
    for answer in answers.values() {
        let texts: Vec<&str> = match answer {
            Value::String(text) => vec![text],
            Value::Array(texts) => texts
                .iter()
                .map(Value::as_str)
                .collect::<Option<_>>()
                .ok_or_else(no_answer)?,
            Value::Number(_) | Value::Bool(_) => Vec::new(),
            Value::Null | Value::Object(_) => return Err(no_answer()),
        };
        if texts.iter().any(|text| text.chars().count() > MAX_CHARACTERS) {
            return Err(AppError::Refused(ErrorCode::AnswerTooLong));
        }
    }
    if answers.is_empty() {
        return Ok(String::new());
    }
    let text = serde_json::to_string(&answers).map_err(|error| AppError::Arguments(error.to_string()))?;
    if text.len() > MAX_BYTES || answers.len() > MAX_ANSWERS {
        return Err(AppError::Refused(ErrorCode::AnswerTooLong));
    }
    Ok(text)
}

/// The answers as they are sealed into an op: canonical JSON, a number with a fraction as its decimal text. `None` when
/// nothing was answered.
pub(crate) fn seal_text(answers: Answers) -> Option<String> {
    let whole = |(name, answer): (String, Value)| {
        let answer = match answer {
            Value::Number(number) => whole_or_text(&number),
            other => other,
        };
        (name, answer)
    };
    let sealed: Map<String, Value> = answers.into_iter().map(whole).collect();
    if sealed.is_empty() {
        return None;
    }
    let bytes = canonical::encode(&Value::Object(sealed)).ok()?;
    String::from_utf8(bytes).ok()
}

fn whole_or_text(number: &serde_json::Number) -> Value {
    const LARGEST: i64 = (1 << 53) - 1;
    match number.as_i64() {
        Some(whole) if (-LARGEST..=LARGEST).contains(&whole) => Value::from(whole),
        _ => Value::String(number.to_string()),
    }
}

fn is_empty(answer: &Value) -> bool {
    match answer {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(texts) => texts.is_empty(),
        _ => false,
    }
}

fn no_answer() -> AppError {
    AppError::Arguments("an answer is a text, a number, true or false, or a list of texts".into())
}

/// What a form still wants, by field: hints, never refusals.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Doubts {
    /// Asked for and not answered.
    pub(crate) missing: Vec<String>,
    /// Answered with something that the field does not know.
    pub(crate) odd: Vec<String>,
}

impl Catalogue {
    /// Looks at answers with the eyes of a matter's form.
    pub(crate) fn doubt(&self, matter: Option<&str>, answers: &Answers) -> Doubts {
        let Some(matter) = matter.filter(|matter| self.contains(matter)) else {
            return Doubts::default();
        };
        let fields = self.fields(matter);
        let missing = fields
            .iter()
            .filter(|field| field.required && !answers.contains_key(&field.name));
        let is_odd = |(name, answer): &(&String, &Value)| match name.as_str() {
            QUANTITY => !is_number(answer),
            UNIT => {
                let units = self.units(matter);
                !answer
                    .as_str()
                    .is_some_and(|unit| units.iter().any(|known| known == unit))
            }
            // Of another matter's form: it stays where it is, in case the officer comes back to that one.
            _ => fields
                .iter()
                .find(|field| field.name == **name)
                .is_some_and(|field| !field.takes(answer)),
        };
        Doubts {
            missing: missing.map(|field| field.name.clone()).collect(),
            odd: answers.iter().filter(is_odd).map(|(name, _)| name.clone()).collect(),
        }
    }

    /// The answers that belong to a matter's form; those of another matter, left over from a change of mind, stay out.
    pub(crate) fn own_answers(&self, matter: &str, answers: Answers) -> Answers {
        let fields = self.fields(matter);
        let is_own = |name: &str| [QUANTITY, UNIT].contains(&name) || fields.iter().any(|field| field.name == name);
        answers.into_iter().filter(|(name, _)| is_own(name)).collect()
    }
}

impl Field {
    fn takes(&self, answer: &Value) -> bool {
        let is_choice = |text: &str| self.choices.iter().any(|choice| choice.value == text);
        match self.kind {
            FieldKind::Number => is_number(answer),
            FieldKind::Check => answer.is_boolean(),
            FieldKind::Choice => answer.as_str().is_some_and(is_choice),
            FieldKind::Many => answer
                .as_array()
                .is_some_and(|texts| texts.iter().all(|text| text.as_str().is_some_and(is_choice))),
            FieldKind::Text => answer.is_string(),
            FieldKind::Phone => answer.as_str().is_some_and(is_phone),
        }
    }
}

fn is_number(answer: &Value) -> bool {
    match answer {
        Value::Number(number) => number.as_f64().is_some_and(f64::is_finite),
        Value::String(text) => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
        _ => false,
    }
}

/// Digits, at least three, with what people write between them.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || " -+()（）转".contains(c))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    fn answers(value: Value) -> Answers {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_answered_is_kept_and_what_does_not_fit_is_named() {
        let catalogue = Catalogue::open(Path::new("/nowhere")).unwrap();
        let answered = answers(json!({
            "goods": "水果", "area": 2.5, "relief": "moon", "party_phone": "打不通", "quantity": "两", "unit": "辆次"
        }));
        let doubts = catalogue.doubt(Some("ST01"), &answered);
        assert_eq!(doubts.odd, ["party_phone", "quantity", "relief", "unit"]);
        assert_eq!(doubts.missing, Vec::<String>::new());
        assert_eq!(
            read(&write(answered.clone()).unwrap()),
            answered,
            "nothing typed is lost"
        );

        let fitting = answers(json!({ "area": "2.5", "relief": "inside", "quantity": 1, "unit": "起" }));
        let doubts = catalogue.doubt(Some("ST01"), &fitting);
        assert_eq!((doubts.odd, doubts.missing), (vec![], vec!["goods".to_owned()]));
        assert_eq!(catalogue.doubt(None, &fitting), Doubts::default());
    }

    #[test]
    fn answers_of_another_form_stay_on_the_draft_and_out_of_the_record() {
        let catalogue = Catalogue::open(Path::new("/nowhere")).unwrap();
        let both = answers(json!({ "goods": "水果", "notice_no": "0417", "quantity": 1 }));
        assert_eq!(catalogue.doubt(Some("PK01"), &both), Doubts::default());
        let own = catalogue.own_answers("PK01", both);
        assert_eq!(own.into_keys().collect::<Vec<_>>(), ["notice_no", "quantity"]);
    }

    #[test]
    fn a_record_has_whole_numbers_and_decimal_texts_in_one_order() {
        let sealed = seal_text(answers(
            json!({ "b": 2.5, "a": 3, "many": ["x", "y"], "seen": true, "big": 9.1e15 }),
        ));
        assert_eq!(
            sealed.as_deref(),
            Some(r#"{"a":3,"b":"2.5","big":"9100000000000000.0","many":["x","y"],"seen":true}"#)
        );
        assert_eq!(seal_text(Answers::new()), None);
    }

    #[test]
    fn too_long_an_answer_is_refused_and_one_that_is_none_too() {
        let long = |count| answers(json!({ "goods": "囧".repeat(count) }));
        assert!(write(long(2000)).is_ok());
        let refused = write(long(2001)).unwrap_err();
        assert!(matches!(refused, AppError::Refused(ErrorCode::AnswerTooLong)));
        for odd in [json!({ "a": { "b": 1 } }), json!({ "a": [1] })] {
            assert!(matches!(write(answers(odd)), Err(AppError::Arguments(_))));
        }
        assert_eq!(write(answers(json!({ "a": null, "b": " ", "c": [] }))).unwrap(), "");
    }
}
