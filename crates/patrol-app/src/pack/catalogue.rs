//! The catalogue: what an officer can record, with its pictures, its form and its rule.
//!
//! One file in TOML. The station, or a hand, puts a later one into the data folder as `packs/catalogue.toml`; a new item
//! then appears without a build. One that this program cannot read is refused, and the shipped one goes on: a pack must
//! never keep an officer from recording.

use std::collections::BTreeMap;
use std::path::Path;

use patrol_domain::PhotoRole;
use serde::Deserialize;

use super::form::Field;
use crate::error::{AppError, ErrorCode};
use crate::view::{ChoiceView, FieldKind, FieldView, MatterView, ShotView, UnitView};

/// The latest form of the pack that this program reads.
const SCHEMA: u32 = 2;

/// Where a later pack lies in the data folder.
const PLACE: &str = "packs/catalogue.toml";

/// The matters that an officer can record.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pack: Pack,
    /// The shipped pack, while a later one stands in its place: names of matters that are gone still show.
    shipped: Option<Pack>,
    /// Why the pack in the data folder was not taken.
    pub(crate) problem: Option<ErrorCode>,
}

#[derive(Debug, Deserialize)]
struct Schema {
    schema: u32,
}

#[derive(Debug, Deserialize)]
struct Pack {
    version: String,
    #[serde(default)]
    tiles: Vec<String>,
    #[serde(default)]
    timer: Timer,
    #[serde(default)]
    class: BTreeMap<String, Class>,
    #[serde(default)]
    unit: BTreeMap<String, String>,
    #[serde(default)]
    shot: BTreeMap<String, Shot>,
    #[serde(default)]
    photo: BTreeMap<String, PhotoRule>,
    #[serde(default)]
    law: BTreeMap<String, Law>,
    #[serde(default)]
    subject: BTreeMap<String, String>,
    #[serde(default)]
    form: BTreeMap<String, Vec<Field>>,
    item: Vec<Item>,
}

/// The intervals between the two pictures of a vehicle, in seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Timer {
    /// What the station's rule asks for.
    pub(crate) rule_interval_s: u32,
    /// Less than this proves nothing.
    pub(crate) evidence_interval_s: u32,
}

impl Default for Timer {
    fn default() -> Self {
        Self {
            rule_interval_s: 300,
            evidence_interval_s: 10,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Class {
    icon: String,
}

#[derive(Debug, Deserialize)]
struct Shot {
    zh: String,
    en: String,
    role: PhotoRole,
    #[serde(default)]
    why_zh: String,
    #[serde(default)]
    why_en: String,
}

#[derive(Debug, Deserialize)]
struct PhotoRule {
    #[serde(default)]
    interval_s: u32,
    #[serde(default)]
    shots: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Law {
    text: String,
}

#[derive(Debug, Deserialize)]
struct Item {
    code: String,
    zh: String,
    en: String,
    short_zh: Option<String>,
    short_en: Option<String>,
    class: String,
    subject: String,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    laws: Vec<String>,
    #[serde(default)]
    photo: String,
    form: Option<String>,
    icon: Option<String>,
}

/// One picture of a matter's shot list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShotRule {
    /// What it shows.
    pub(crate) role: PhotoRole,
}

impl Catalogue {
    /// The shipped catalogue, or a later one that lies in the data folder.
    pub(crate) fn open(data: &Path) -> Result<Self, AppError> {
        let shipped: Pack = toml::from_str(include_str!("../../../../assets/packs/catalogue.toml"))?;
        let (later, problem) = match std::fs::read_to_string(data.join(PLACE)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (None, None),
            Err(error) => {
                tracing::warn!(%error, "the catalogue in the data folder cannot be read");
                (None, Some(ErrorCode::PackBroken))
            }
            Ok(text) => match read(&text) {
                Ok(pack) => (Some(pack), None),
                Err(problem) => (None, Some(problem)),
            },
        };
        Ok(match later.filter(|pack| is_later(&pack.version, &shipped.version)) {
            Some(pack) => Self {
                pack,
                shipped: Some(shipped),
                problem,
            },
            None => Self {
                pack: shipped,
                shipped: None,
                problem,
            },
        })
    }

    /// The version that goes into the ops.
    pub(crate) fn version(&self) -> &str {
        &self.pack.version
    }

    /// The intervals between two pictures.
    pub(crate) fn timer(&self) -> Timer {
        self.pack.timer
    }

    /// The matters of the first screen, in their places.
    pub(crate) fn tiles(&self) -> Vec<String> {
        let known = self.pack.tiles.iter().filter(|code| self.contains(code));
        known.cloned().collect()
    }

    pub(crate) fn views(&self) -> Vec<MatterView> {
        self.pack.item.iter().map(|item| self.pack.view(item)).collect()
    }

    /// Codes of the matters of a class.
    pub(crate) fn of_class(&self, class: &str) -> Vec<String> {
        let items = self.pack.item.iter().filter(|item| item.class == class);
        items.map(|item| item.code.clone()).collect()
    }

    /// Codes of the matters whose name contains `small`, a word in small letters, or is shortened to it.
    pub(crate) fn named_like(&self, small: &str) -> Vec<String> {
        let is_like = |item: &&Item| {
            item.zh.contains(small) || item.en.to_lowercase().contains(small) || is_short_for(small, &item.zh)
        };
        let items = self.pack.item.iter().filter(is_like);
        items.map(|item| item.code.clone()).collect()
    }

    pub(crate) fn contains(&self, code: &str) -> bool {
        self.pack.item(code).is_some()
    }

    /// Chinese and English name; the code itself for a matter that no catalogue here has (any more).
    pub(crate) fn names<'a>(&'a self, code: &'a str) -> (&'a str, &'a str) {
        let shipped = self.shipped.as_ref().and_then(|pack| pack.item(code));
        let item = self.pack.item(code).or(shipped);
        item.map_or((code, code), |item| (&item.zh, &item.en))
    }

    /// A matter with its words; the shipped ones for a matter that a later pack has dropped.
    pub(crate) fn matter(&self, code: &str) -> Option<MatterView> {
        let packs = [Some(&self.pack), self.shipped.as_ref()].into_iter().flatten();
        packs
            .into_iter()
            .find_map(|pack| pack.item(code).map(|item| pack.view(item)))
    }

    /// The fields of a matter's form, the quantity first.
    pub(crate) fn fields(&self, code: &str) -> &[Field] {
        let item = self.pack.item(code);
        item.map(|item| self.pack.form(item)).unwrap_or_default()
    }

    /// The words of the units that a matter is counted in.
    pub(crate) fn units(&self, code: &str) -> &[String] {
        self.pack
            .item(code)
            .map(|item| item.units.as_slice())
            .unwrap_or_default()
    }

    /// Seconds that have to lie between a matter's two pictures; 0 when its rule asks for none.
    pub(crate) fn interval_s(&self, code: &str) -> u32 {
        self.pack.item(code).map_or(0, |item| self.pack.interval_s(item))
    }

    /// A picture by its name in the shot lists.
    pub(crate) fn shot(&self, slot: &str) -> Option<ShotRule> {
        let Shot { role, .. } = self.pack.shot.get(slot)?;
        Some(ShotRule { role: *role })
    }
}

impl Pack {
    fn item(&self, code: &str) -> Option<&Item> {
        self.item.iter().find(|item| item.code == code)
    }

    fn form(&self, item: &Item) -> &[Field] {
        let name = item.form.as_ref().or_else(|| self.subject.get(&item.subject));
        let form = name.and_then(|name| self.form.get(name));
        form.map(Vec::as_slice).unwrap_or_default()
    }

    fn interval_s(&self, item: &Item) -> u32 {
        match self.photo.get(&item.photo).map_or(0, |rule| rule.interval_s) {
            0 => 0,
            rule => rule.max(self.timer.rule_interval_s).max(self.timer.evidence_interval_s),
        }
    }

    fn view(&self, item: &Item) -> MatterView {
        let icon = item.icon.clone().or_else(|| {
            let class = self.class.get(&item.class)?;
            Some(class.icon.clone())
        });
        let laws = item.laws.iter().filter_map(|law| self.law.get(law));
        MatterView {
            code: item.code.clone(),
            zh: item.zh.clone(),
            en: item.en.clone(),
            short_zh: item.short_zh.clone().unwrap_or_else(|| item.zh.clone()),
            short_en: item.short_en.clone().unwrap_or_else(|| item.en.clone()),
            class: item.class.clone(),
            subject: item.subject.clone(),
            icon: icon.unwrap_or_else(|| "other".into()),
            plate: item.subject == "vehicle",
            interval_s: self.interval_s(item),
            shots: self.shots(item),
            fields: self.fields(item),
            units: item.units.iter().map(|unit| self.unit(unit)).collect(),
            law: laws.map(|law| law.text.clone()).collect(),
        }
    }

    fn unit(&self, zh: &str) -> UnitView {
        UnitView {
            zh: zh.to_owned(),
            en: self.unit.get(zh).cloned().unwrap_or_else(|| zh.to_owned()),
        }
    }

    fn shots(&self, item: &Item) -> Vec<ShotView> {
        let Some(rule) = self.photo.get(&item.photo) else {
            return Vec::new();
        };
        let wanted = rule.shots.iter().map(|slot| (slot, 1));
        let offered = rule.optional.iter().map(|slot| (slot, 0));
        let view = |(slot, min): (&String, u32)| {
            let shot = self.shot.get(slot)?;
            Some(ShotView {
                slot: slot.clone(),
                zh: shot.zh.clone(),
                en: shot.en.clone(),
                min,
                role: shot.role,
                why_zh: shot.why_zh.clone(),
                why_en: shot.why_en.clone(),
            })
        };
        wanted.chain(offered).filter_map(view).collect()
    }

    fn fields(&self, item: &Item) -> Vec<FieldView> {
        let quantity = item.units.first().map(|unit| {
            let unit = self.unit(unit);
            FieldView {
                name: super::form::QUANTITY.into(),
                zh: "数量".into(),
                en: "Quantity".into(),
                kind: FieldKind::Number,
                unit_zh: Some(unit.zh),
                unit_en: Some(unit.en),
                choices: Vec::new(),
                required: false,
                personal: false,
            }
        });
        let own = self.form(item).iter().map(|field| {
            let unit = field.unit.as_deref().map(|unit| self.unit(unit));
            FieldView {
                name: field.name.clone(),
                zh: field.zh.clone(),
                en: field.en.clone(),
                kind: field.kind,
                unit_zh: unit.as_ref().map(|unit| unit.zh.clone()),
                unit_en: unit.map(|unit| unit.en),
                choices: field
                    .choices
                    .iter()
                    .map(|choice| ChoiceView {
                        value: choice.value.clone(),
                        zh: choice.zh.clone(),
                        en: choice.en.clone(),
                    })
                    .collect(),
                required: field.required,
                personal: field.personal,
            }
        });
        quantity.into_iter().chain(own).collect()
    }
}

fn read(text: &str) -> Result<Pack, ErrorCode> {
    let broken = |error: toml::de::Error| {
        tracing::warn!(%error, "the catalogue in the data folder cannot be read");
        ErrorCode::PackBroken
    };
    // First and alone: the rest of a later schema may be anything.
    let Schema { schema } = toml::from_str(text).map_err(broken)?;
    if schema > SCHEMA {
        tracing::warn!(schema, "the catalogue in the data folder is of a later program");
        return Err(ErrorCode::PackNewer);
    }
    toml::from_str(text).map_err(broken)
}

/// Whether a version such as `2026.11.2` comes after another; what is no number counts as 0.
fn is_later(one: &str, other: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let parts = version.split('.');
        parts.map(|part| part.parse().unwrap_or(0)).collect()
    };
    numbers(one) > numbers(other)
}

/// Whether a word is what people make of a long Chinese name: two to four of its characters in their order, 违停 for
/// 机动车违法停放.
fn is_short_for(word: &str, name: &str) -> bool {
    let is_han = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    let mut rest = name.chars();
    (2..=4).contains(&word.chars().count()) && word.chars().all(|one| is_han(one) && rest.any(|other| other == one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data_with(pack: &str) -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("packs")).unwrap();
        std::fs::write(data.path().join(PLACE), pack).unwrap();
        data
    }

    fn shipped() -> Catalogue {
        Catalogue::open(Path::new("/nowhere")).unwrap()
    }

    #[test]
    fn every_shipped_matter_has_an_icon_a_unit_a_picture_and_a_short_form() {
        let catalogue = shipped();
        let matters = catalogue.views();
        assert_eq!(matters.len(), 47);
        for matter in &matters {
            let code = &matter.code;
            assert!(matter.icon != "other" && !matter.units.is_empty(), "{code}");
            assert!(matter.units.iter().all(|unit| unit.zh != unit.en), "{code}");
            assert!(matter.shots.iter().any(|shot| shot.min > 0), "{code}");
            assert!((1..=6).contains(&matter.fields.len()), "{code}");
            assert!(!matter.law.is_empty(), "{code}");
            for field in &matter.fields {
                let chooses = matches!(field.kind, FieldKind::Choice | FieldKind::Many);
                assert_eq!(chooses, !field.choices.is_empty(), "{code} {}", field.name);
                assert!(
                    field.unit_zh.is_none() || field.unit_zh != field.unit_en,
                    "{code} {}",
                    field.name
                );
                let is_about_a_person =
                    field.name.ends_with("_name") && field.name != "shop_name" && field.name != "site_name";
                assert!(!is_about_a_person || field.personal, "{code} {}", field.name);
            }
        }
        assert_eq!(catalogue.tiles().len(), 8);
    }

    #[test]
    fn a_parked_car_waits_for_the_rule_and_a_stall_for_nothing() {
        let catalogue = shipped();
        assert_eq!(catalogue.interval_s("PK01"), 300);
        assert_eq!(catalogue.interval_s("ST01"), 0);
    }

    #[test]
    fn a_later_pack_takes_the_place_and_names_of_what_is_gone_still_show() {
        let pack = r#"
            schema = 1
            version = "2027.1.10"
            [[item]]
            code = "XX01"
            zh = "新事项"
            en = "New matter"
            class = "other"
            subject = "place"
        "#;
        let data = data_with(pack);
        let catalogue = Catalogue::open(data.path()).unwrap();
        assert_eq!((catalogue.version(), catalogue.problem), ("2027.1.10", None));
        assert_eq!(catalogue.views().len(), 1);
        assert!(!catalogue.contains("PK01"));
        assert_eq!(catalogue.names("PK01").0, "机动车违停：人行道");
        assert_eq!(catalogue.names("ZZ99"), ("ZZ99", "ZZ99"));
    }

    #[test]
    fn an_earlier_pack_is_left_alone_and_one_that_cannot_be_read_is_refused_with_its_reason() {
        for (pack, problem) in [
            ("schema = 2\nversion = \"2020.1\"\nitem = []", None),
            (
                "schema = 3\nversion = \"2099.1\"\n[what]\never = 1",
                Some(ErrorCode::PackNewer),
            ),
            ("schema = 2\nversion = 7", Some(ErrorCode::PackBroken)),
            ("😀", Some(ErrorCode::PackBroken)),
        ] {
            let data = data_with(pack);
            let catalogue = Catalogue::open(data.path()).unwrap();
            assert_eq!(catalogue.problem, problem, "{pack}");
            assert_eq!(catalogue.version(), shipped().version(), "{pack}");
        }
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_later("2026.11.10", "2026.11.9"));
        assert!(is_later("2026.11.2.1", "2026.11.2"));
        assert!(!is_later("2026.11.2", "2026.11.2"));
        assert!(!is_later("x", "2026"));
    }

    #[test]
    fn a_short_word_is_some_characters_of_the_name_in_their_order() {
        assert!(is_short_for("违停", "机动车违法停放"));
        assert!(!is_short_for("停违", "机动车违法停放"));
        assert!(!is_short_for("停", "机动车违法停放"));
        assert!(!is_short_for("违法停放机", "机动车违法停放"));
        assert!(!is_short_for("AB", "AAB"));
    }
}
