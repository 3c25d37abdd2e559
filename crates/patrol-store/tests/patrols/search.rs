//! A search finds each case that contains what was typed, and no other.

use std::collections::BTreeSet;

use patrol_domain::CaseId;
use patrol_store::CaseQuery;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use crate::officer::Officer;

/// As `find/grams.rs` promises it: one form for all, small letters.
fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Every piece of two to four letters or digits.
fn pieces(text: &str) -> BTreeSet<String> {
    let letters: Vec<char> = text.chars().collect();
    let windows = (2..=4).flat_map(|length| letters.windows(length));
    let whole = windows.filter(|window| window.iter().all(|letter| letter.is_alphanumeric()));
    whole.map(|window| window.iter().collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_piece_of_a_note_a_plate_or_a_number_finds_the_cases_that_contain_it(
        notes in prop::collection::vec("[占道经营违停苏ABａé囧𠮷😀 ，0-3]{0,16}", 1..8)
    ) {
        let mut officer = Officer::new(1);
        officer.start().unwrap();
        for note in &notes {
            officer.type_words(note).unwrap();
            officer.save().unwrap();
        }
        // What is put right is found as it is now.
        let first = officer.store().cases(None, 1).unwrap().cases[0].case;
        officer.amend(first, "营经道占", "看错").unwrap();
        let texts: Vec<(CaseId, [String; 3])> = officer
            .store()
            .cases(None, usize::MAX)
            .unwrap()
            .cases
            .into_iter()
            .map(|case| {
                let plate = case.plate.map(|(text, _)| text).unwrap_or_default();
                (case.case, [plain(&case.number), plain(&plate), plain(&case.note)])
            })
            .collect();
        let typed: BTreeSet<String> = texts.iter().flat_map(|(_, texts)| texts.iter().flat_map(|text| pieces(text))).collect();
        let never = ["停违", "囧囧囧", "b3a", "09", "6180"].map(str::to_owned);
        for words in typed.iter().chain(&never) {
            let query = CaseQuery { words: words.clone(), ..CaseQuery::default() };
            let found = officer.store().find_cases(&query, None, usize::MAX).unwrap().cases;
            let found: Vec<CaseId> = found.iter().map(|case| case.case).collect();
            let contains = |(case, texts): &(CaseId, [String; 3])| {
                texts.iter().any(|text| text.contains(words.as_str())).then_some(*case)
            };
            let expected: Vec<CaseId> = texts.iter().filter_map(contains).collect();
            prop_assert_eq!(found, expected, "{}", words);
        }
    }
}
