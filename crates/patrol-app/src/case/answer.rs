//! Answers to a form in words, in both languages: what a record says, read again with the labels of the catalogue.
//!
//! Words come from the catalogue of today; an answer that it does not know (any more) is shown as it was recorded.

use patrol_domain::case::{Case, Words};
use serde_json::Value;

use crate::app::App;
use crate::pack::form::{Answers, QUANTITY, UNIT, read};
use crate::view::{AnswerView, FieldView, MatterView};

impl App {
    /// The answers of a case as they were recorded.
    pub(crate) fn answers_of(case: &Case) -> Answers {
        match &case.form {
            Words::Said(text) => read(text),
            Words::None | Words::Missing => Answers::new(),
        }
    }

    /// The answers of a case in words: those of its form in the form's order, then what the form does not know.
    pub(super) fn say_answers(&self, case: &Case) -> Vec<AnswerView> {
        let matter = case.matter.as_ref().map(|matter| matter.code.as_str());
        let matter = matter.and_then(|code| self.catalogue.matter(code));
        let answers = Self::answers_of(case);
        let fields = matter
            .as_ref()
            .map(|matter| matter.fields.as_slice())
            .unwrap_or_default();
        let known = fields.iter().filter_map(|field| {
            let answer = answers.get(&field.name)?;
            let unit = match field.name.as_str() {
                QUANTITY => chosen_unit(matter.as_ref(), &answers),
                _ => None,
            };
            Some(say(field, answer, unit))
        });
        let is_known = |name: &str| name == UNIT || fields.iter().any(|field| field.name == name);
        let others = answers
            .iter()
            .filter(|(name, _)| !is_known(name))
            .map(|(name, answer)| {
                let said = plain(answer);
                AnswerView {
                    name: name.clone(),
                    zh: name.clone(),
                    en: name.clone(),
                    said_zh: said.clone(),
                    said_en: said,
                }
            });
        known.chain(others).collect()
    }
}

/// The unit that was chosen beside the quantity; `None` for the usual one.
fn chosen_unit(matter: Option<&MatterView>, answers: &Answers) -> Option<(String, String)> {
    let chosen = answers.get(UNIT)?.as_str()?;
    let unit = matter?.units.iter().find(|unit| unit.zh == chosen);
    Some(unit.map_or_else(
        || (chosen.to_owned(), chosen.to_owned()),
        |unit| (unit.zh.clone(), unit.en.clone()),
    ))
}

fn say(field: &FieldView, answer: &Value, unit: Option<(String, String)>) -> AnswerView {
    let unit = unit.or_else(|| field.unit_zh.clone().zip(field.unit_en.clone()));
    let (mut said_zh, mut said_en) = match answer {
        Value::Bool(is_so) => {
            let (zh, en) = if *is_so { ("是", "yes") } else { ("否", "no") };
            (zh.to_owned(), en.to_owned())
        }
        Value::Array(chosen) => {
            let (zh, en): (Vec<String>, Vec<String>) = chosen.iter().map(|one| choice(field, one)).unzip();
            (zh.join("、"), en.join(", "))
        }
        one => choice(field, one),
    };
    if let Some((zh, en)) = unit {
        said_zh = format!("{said_zh} {zh}");
        said_en = format!("{said_en} {en}");
    }
    AnswerView {
        name: field.name.clone(),
        zh: field.zh.clone(),
        en: field.en.clone(),
        said_zh,
        said_en,
    }
}

/// What was chosen, by its words; anything else as it is.
fn choice(field: &FieldView, answer: &Value) -> (String, String) {
    let found = field
        .choices
        .iter()
        .find(|choice| answer.as_str() == Some(&choice.value));
    found.map_or_else(
        || (plain(answer), plain(answer)),
        |choice| (choice.zh.clone(), choice.en.clone()),
    )
}

fn plain(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts.iter().map(plain).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}
