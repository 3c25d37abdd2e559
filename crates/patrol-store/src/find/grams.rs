//! Text as pairs of neighbouring characters, and a search as phrases of pairs.
//!
//! Text is first brought to one form (Unicode NFKC, small letters), then cut into runs of letters and digits. A run
//! `占道经营` becomes `占道 道经 经营 营`; the single last character lets a search for one character be a search for the
//! beginning of a token. Tokens are written as code points in hexadecimal, so that the index does not depend on what its
//! tokenizer thinks of rare characters. Codes of matters and streets are tokens of their own.

use std::fmt::Write as _;

use patrol_domain::case::Case;
use unicode_normalization::UnicodeNormalization as _;

/// What a case can be found by.
pub(crate) fn of_case(case: &Case) -> String {
    let mut grams = String::new();
    let texts = [
        case.number.as_str(),
        case.plate.as_ref().map_or("", |plate| plate.text.as_str()),
        case.note.as_str(),
    ];
    for run in texts.iter().flat_map(|text| runs(text)) {
        push_run(&mut grams, &run, true);
    }
    if let Some(matter) = &case.matter {
        push_code(&mut grams, 'm', &matter.code);
    }
    if let Some(street) = &case.place.street {
        push_code(&mut grams, 's', street);
    }
    grams
}

/// The pattern for FTS5: every run of the words as a phrase, or one of the codes. `None` when there is nothing to look for.
pub(crate) fn pattern(words: &str, matters: &[String], streets: &[String]) -> Option<String> {
    let phrases: Vec<String> = runs(words).iter().map(|run| phrase(run)).collect();
    let mut choices = Vec::new();
    if !phrases.is_empty() {
        choices.push(format!("({})", phrases.join(" AND ")));
    }
    for (mark, codes) in [('m', matters), ('s', streets)] {
        for code in codes {
            let mut token = String::new();
            push_code(&mut token, mark, code);
            choices.push(token.trim_start().to_owned());
        }
    }
    (!choices.is_empty()).then(|| choices.join(" OR "))
}

fn phrase(run: &[char]) -> String {
    if let [one] = run {
        return format!("{:x}z *", u32::from(*one));
    }
    let mut grams = String::new();
    push_run(&mut grams, run, false);
    format!("\"{}\"", grams.trim_start())
}

fn runs(text: &str) -> Vec<Vec<char>> {
    let mut runs = vec![Vec::new()];
    for character in text.nfkc().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            if let Some(run) = runs.last_mut() {
                run.push(character);
            }
        } else if runs.last().is_some_and(|run| !run.is_empty()) {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn push_run(grams: &mut String, run: &[char], with_last: bool) {
    for pair in run.windows(2) {
        if let [one, two] = pair {
            // Writing into a String cannot fail.
            let _ = write!(grams, " {:x}z{:x}", u32::from(*one), u32::from(*two));
        }
    }
    if let Some(last) = run.last().filter(|_| with_last) {
        let _ = write!(grams, " {:x}z", u32::from(*last));
    }
}

fn push_code(grams: &mut String, mark: char, code: &str) {
    grams.push(' ');
    grams.push(mark);
    for byte in code.bytes() {
        let _ = write!(grams, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_becomes_pairs_and_its_last_character() {
        let mut grams = String::new();
        push_run(&mut grams, &runs("占道经")[0], true);
        assert_eq!(grams, " 5360z9053 9053z7ecf 7ecfz");
    }

    #[test]
    fn full_width_and_capital_letters_are_found_as_typed_otherwise() {
        assert_eq!(runs("苏Ａ·8K"), [vec!['苏', 'a'], vec!['8', 'k']]);
        assert_eq!(pattern("占", &[], &[]).unwrap(), "(5360z *)");
        assert_eq!(pattern("占道 8k", &[], &[]).unwrap(), "(\"5360z9053\" AND \"38z6b\")");
        assert_eq!(pattern("", &["PK01".into()], &[]).unwrap(), "m504b3031");
        assert_eq!(pattern(" 、。", &[], &[]), None);
    }
}
