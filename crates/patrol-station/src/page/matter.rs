//! What a matter's code is called.
//!
//! Only the names are read from the catalogue that the phones carry too: the page shows what was recorded and judges
//! nothing. A code of a later catalogue stands alone.

use std::collections::HashMap;
use std::sync::LazyLock;

use maud::{Markup, html};
use serde::Deserialize;

use super::Lang;

const CATALOGUE: &str = include_str!("../../../../assets/packs/catalogue.toml");

#[derive(Default, Deserialize)]
struct Catalogue {
    item: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    code: String,
    zh: String,
    en: String,
}

/// Chinese and English by code.
static NAMES: LazyLock<HashMap<String, (String, String)>> = LazyLock::new(|| {
    // A test reads it; if it were damaged all the same, the page would show codes alone.
    let Catalogue { item } = toml::from_str(CATALOGUE).unwrap_or_default();
    item.into_iter().map(|Item { code, zh, en }| (code, (zh, en))).collect()
});

/// The name, if there is one, and the code.
pub(super) fn named(code: &str, lang: Lang) -> Markup {
    let name = NAMES.get(code).map(|(zh, en)| match lang {
        Lang::Zh => zh.as_str(),
        Lang::En => en.as_str(),
    });
    html! { @if let Some(name) = name { span.matter { (name) } " " } span.code.clip { (code) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_catalogue_has_a_name_and_another_stands_alone() {
        let known = named("PK01", Lang::Zh).into_string();
        assert!(
            known.contains("机动车违停：人行道") && known.contains("PK01"),
            "{known}"
        );
        assert!(named("PK01", Lang::En).into_string().contains("Car parked on pavement"));
        let unknown = named("ZZ99", Lang::Zh).into_string();
        assert_eq!(unknown, "<span class=\"code clip\">ZZ99</span>");
    }
}
