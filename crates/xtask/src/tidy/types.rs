//! The TypeScript in ui/shared/bindings is exactly what the Rust types export.

use super::Failure;
use crate::bindings::{self, Bindings, PLACE};
use crate::checkout::Checkout;

const REMEDY: &str = "run `cargo xtask gen-types`";

/// Types that drifted apart. What cannot be exported is a failure too, and does not hide the other checks.
pub(super) fn check(checkout: &Checkout) -> Vec<Failure> {
    let both = bindings::export(checkout).and_then(|exported| Ok((exported, bindings::kept(checkout)?)));
    match both {
        Ok((exported, kept)) => compare(&exported, &kept),
        Err(error) => vec![Failure::new(
            "crates/patrol-app",
            1,
            format!("{error:#}"),
            "make it compile, then look again",
        )],
    }
}

fn compare(exported: &Bindings, kept: &Bindings) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (name, text) in exported {
        let place = format!("{PLACE}/{name}");
        match kept.get(name) {
            None => failures.push(Failure::new(place, 1, "is missing", REMEDY)),
            Some(old) if old != text => {
                let same = old
                    .lines()
                    .zip(text.lines())
                    .take_while(|(old, new)| old == new)
                    .count();
                failures.push(Failure::new(place, same + 1, "is not what Rust exports", REMEDY));
            }
            Some(_) => {}
        }
    }
    for name in kept.keys().filter(|name| !exported.contains_key(*name)) {
        failures.push(Failure::new(
            format!("{PLACE}/{name}"),
            1,
            "has no Rust type any more",
            REMEDY,
        ));
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::super::testing::places;
    use super::*;

    fn bindings(files: &[(&str, &str)]) -> Bindings {
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_missing_a_changed_and_a_stale_type_are_seen() {
        let exported = bindings(&[("Case.ts", "a\nb\n"), ("Fix.ts", "c\n"), ("Same.ts", "d\n")]);
        let kept = bindings(&[("Case.ts", "a\nx\n"), ("Gone.ts", "e\n"), ("Same.ts", "d\n")]);
        let expected = ["Case.ts:2", "Fix.ts:1", "Gone.ts:1"].map(|name| format!("{PLACE}/{name}"));
        assert_eq!(places(&compare(&exported, &kept)), expected);
    }
}
