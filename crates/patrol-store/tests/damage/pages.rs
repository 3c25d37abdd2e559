//! Every page of a phone's database is damaged, one at a time; each time the phone has to come back with all that stood
//! elsewhere.
//!
//! What stood on a page is known from the sound file. So what is missing afterwards is compared with it op by op, and with
//! what the salvage names as gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use patrol_domain::LogId;
use patrol_domain::op::OpenReason;
use patrol_sqlite::rusqlite::types::Value;
use patrol_store::{DraftFields, StoreError};

use crate::check::check;
use crate::ledger::Written;
use crate::officer::Officer;
use crate::raw::{PAGE, rows};

/// A phone with sixty cases; the station has signed for the first part of them.
pub(crate) fn phone() -> Officer {
    let mut officer = Officer::new(1);
    officer.start().unwrap();
    let mut cases = Vec::new();
    for number in 0..60 {
        officer
            .type_words(&format!("第{number}件：{}", "占道经营，已劝离。".repeat(number % 12)))
            .unwrap();
        if number % 2 == 0 {
            officer.shoot(300).unwrap();
        }
        if number == 20 {
            for _ in 0..30 {
                officer.shoot(10).unwrap();
            }
            officer.type_words(&"𠮷囧😀e\u{301}".repeat(400)).unwrap();
        }
        cases.push(officer.save().unwrap());
        if number == 24 {
            officer.ack(100).unwrap();
        }
    }
    officer.amend(cases[3], "更正后的话", "看错").unwrap();
    officer.void(cases[4], "重复").unwrap();
    officer.type_words("还没有写完").unwrap();
    officer.shoot(400).unwrap();
    officer.shoot(500).unwrap();
    officer.store().mark_leaving().unwrap();
    officer.store().checkpoint().unwrap();
    officer.close_for_good();
    officer
}

pub(crate) type Word = (u64, String);

/// What stands on the pages of a file.
#[derive(Default)]
pub(crate) struct Map {
    /// Table by leaf.
    pub(crate) tables: BTreeMap<u32, String>,
    /// Positions of ops by leaf.
    pub(crate) ops: BTreeMap<u32, BTreeSet<u64>>,
    /// Words by leaf.
    pub(crate) words: BTreeMap<u32, BTreeSet<Word>>,
    /// Positions whose op or words go on on pages of their own.
    pub(crate) long: BTreeSet<u64>,
    /// Up to where the station has signed.
    acked: u64,
}

impl Map {
    pub(crate) fn of(officer: &Officer) -> Self {
        let mut map = Self::default();
        for row in rows(officer) {
            // By their shape, because a damaged file may not give the table's name.
            match row.values.as_slice() {
                [
                    Value::Blob(_),
                    Value::Integer(seq),
                    Value::Blob(_),
                    Value::Blob(bytes),
                    Value::Blob(_),
                ] => {
                    let seq = u64::try_from(*seq).unwrap();
                    map.ops.entry(row.page).or_default().insert(seq);
                    map.long.extend((bytes.len() > 3_500).then_some(seq));
                }
                [
                    Value::Blob(_),
                    Value::Integer(seq),
                    Value::Text(field),
                    Value::Blob(_),
                    Value::Text(value),
                ] => {
                    let seq = u64::try_from(*seq).unwrap();
                    map.words.entry(row.page).or_default().insert((seq, field.clone()));
                    map.long.extend((value.len() > 3_500).then_some(seq));
                }
                [
                    Value::Blob(_),
                    Value::Integer(acked),
                    Value::Blob(_),
                    Value::Text(_),
                    ..,
                ] => {
                    map.acked = u64::try_from(*acked).unwrap();
                }
                _ => {}
            }
            map.tables.insert(row.page, row.table.unwrap_or_default());
        }
        map
    }

    /// What stood on a page, or went on there, as far as the damaged file shows.
    fn lost(&self, page: u32, damaged: &Self) -> (BTreeSet<u64>, BTreeSet<Word>) {
        let ops = missing(&self.ops, &damaged.ops);
        let words = missing(&self.words, &damaged.words);
        match self.tables.get(&page).map(String::as_str) {
            Some("journal_op") => assert_eq!(ops, self.ops[&page]),
            Some("journal_part") => assert_eq!(words, self.words[&page]),
            Some(_) => assert!(ops.is_empty() && words.is_empty()),
            None => assert!(
                ops.iter()
                    .chain(words.iter().map(|(seq, _)| seq))
                    .all(|seq| self.long.contains(seq))
            ),
        }
        (ops, words)
    }
}

pub(crate) fn missing<T: Ord + Clone>(
    all: &BTreeMap<u32, BTreeSet<T>>,
    left: &BTreeMap<u32, BTreeSet<T>>,
) -> BTreeSet<T> {
    let left: BTreeSet<_> = left.values().flatten().collect();
    all.values()
        .flatten()
        .filter(|one| !left.contains(one))
        .cloned()
        .collect()
}

/// What came of one damaged page.
#[derive(Debug)]
struct Outcome {
    kind: String,
    lost_ops: BTreeSet<u64>,
    lost_words: usize,
    found_late: bool,
}

/// What sort of page it was, where the sound file's rows do not say; asked without changing anything.
fn kind(officer: &mut Officer, page: u32, table: &str) -> String {
    let surveyed = patrol_store::survey(&officer.options()).unwrap().unwrap();
    let gone = surveyed.report.gone.iter().find(|gone| gone.page == page);
    let overflows = surveyed.report.lost.iter().any(|lost| lost.overflow == Some(page));
    match (table, gone.and_then(|gone| gone.table.as_deref())) {
        _ if page == 1 => "the first page".into(),
        ("other", Some(gone)) => format!("interior page of {gone}"),
        ("other", None) if overflows => "overflow page".into(),
        ("other", None) => "index, table without row numbers, or free page".into(),
        (table, _) => format!("leaf of {table}"),
    }
}

/// Starts a phone with a damaged file; whether the damage was found in the background only.
pub(crate) fn start_damaged(officer: &mut Officer, what: &str) -> bool {
    officer.start().expect(what);
    if officer.salvaged.is_some() {
        return false;
    }
    // As the app does it in the background; it may stumble itself.
    match officer.recover() {
        Ok(is_damaged) => assert!(is_damaged, "{what}: nobody sees the damage"),
        Err(StoreError::Database(error)) => assert!(matches!(error, patrol_store::DatabaseError::Damaged), "{error}"),
        Err(error) => panic!("{error}"),
    }
    officer.close();
    officer.due = Some(OpenReason::Salvage);
    officer.start().unwrap();
    assert!(
        officer.salvaged.is_some(),
        "a start that knows of the damage saves what it can"
    );
    true
}

/// A file that opened was written to until the damage was found; the damaged page is as it was.
fn is_kept(officer: &Officer, aside: &Path, damaged: &[u8], page: u32, found_late: bool) -> bool {
    let kept = officer.disk.read(aside).unwrap();
    let page = usize::try_from(u64::from(page - 1) * PAGE).unwrap()..usize::try_from(u64::from(page) * PAGE).unwrap();
    if found_late {
        kept.get(page.clone()) == damaged.get(page)
    } else {
        kept == damaged
    }
}

pub(crate) fn gaps(officer: &Officer, log: LogId) -> BTreeSet<u64> {
    let salvaged = officer.salvaged.as_ref().unwrap();
    let named = salvaged.logs.iter().find(|one| one.log == log);
    let gaps = named.into_iter().flat_map(|log| log.gaps.clone());
    gaps.flat_map(|(from, to)| from..=to).collect()
}

/// Takes out of the ledger what is gone, so that the rest can be compared.
pub(crate) fn forget(officer: &mut Officer, table: &str, lost: &BTreeSet<u64>, words: &BTreeSet<Word>) {
    let known = &mut officer.ledger.known;
    known.ops.retain(|seq, _| !lost.contains(seq));
    for (seq, field) in words {
        if let Some(written) = known.ops.get_mut(seq) {
            let parts: Vec<_> = written
                .parts
                .iter()
                .filter(|part| &part.field != field)
                .cloned()
                .collect();
            *written = Written::new(&written.op, &parts);
        }
    }
    match table {
        "draft_case" => known.fields = DraftFields::default(),
        "draft_case_photo" => known.draft.clear(),
        _ => {}
    }
}

#[test]
fn a_flipped_bit_on_any_page_takes_only_what_stood_on_it() {
    damage_each("flipped", |officer, page, at| {
        let offset = at + u64::from(page) * 37 % PAGE;
        officer.disk.flip(&officer.database(), offset, 0x10).unwrap();
    });
}

#[test]
fn a_dead_page_anywhere_takes_only_what_stood_on_it() {
    damage_each("zeroed", |officer, _, at| {
        officer.disk.zero(&officer.database(), at..at + PAGE).unwrap();
    });
}

/// What came of all pages of one kind.
#[derive(Debug, Default)]
struct Sum {
    pages: usize,
    ops: usize,
    words: usize,
    late: usize,
}

fn damage_each(what: &str, change: impl Fn(&Officer, u32, u64)) {
    let sound = phone();
    let map = Map::of(&sound);
    let mut kinds: BTreeMap<String, Sum> = BTreeMap::new();
    let length = sound.disk.read(&sound.database()).unwrap().len() as u64;
    for page in 1..=u32::try_from(length / PAGE).unwrap() {
        let mut officer = sound.fork(u64::from(page));
        change(&officer, page, u64::from(page - 1) * PAGE);
        let name = map.tables.get(&page).cloned().unwrap_or_else(|| "other".into());
        let outcome = damage(&mut officer, &map, page, &name);
        let sum = kinds.entry(outcome.kind).or_default();
        sum.pages += 1;
        sum.ops += outcome.lost_ops.len();
        sum.words += outcome.lost_words;
        sum.late += usize::from(outcome.found_late);
    }
    let all = sound.ledger.known.ops.len();
    println!("{what}, one page at a time, of a phone with {all} ops:");
    for (
        kind,
        Sum {
            pages,
            ops,
            words,
            late,
        },
    ) in kinds
    {
        println!("  {kind}: {pages} pages took {ops} ops and {words} words; {late} were found in the background");
    }
}

fn damage(officer: &mut Officer, map: &Map, page: u32, name: &str) -> Outcome {
    let log = officer.ledger.known.log.unwrap();
    let damaged = officer.disk.read(&officer.database()).unwrap();
    officer.due = Some(OpenReason::Salvage);
    // The ledger has to forget before the new journal adopts.
    let left = Map::of(officer);
    let (lost, words) = map.lost(page, &left);
    let whole = officer.ledger.known.ops.len();
    let kind = kind(officer, page, name);
    forget(officer, name, &lost, &words);
    let found_late = start_damaged(officer, &format!("page {page} ({name})"));
    assert_eq!(gaps(officer, log), lost, "page {page} ({name}) of {whole} ops");
    let alone = words.iter().filter(|(seq, _)| !lost.contains(seq)).count() as u64;
    assert_eq!(
        officer.salvaged.as_ref().unwrap().lost_words,
        alone,
        "page {page} ({name})"
    );
    let aside = officer.salvaged.as_ref().unwrap().set_aside.clone().unwrap();
    let began = officer.began.clone().unwrap();
    let last = *left.ops.values().flatten().max().unwrap();
    let [adopted] = began.adopted[..] else {
        panic!("page {page} ({name}): {:?}", began.adopted)
    };
    assert_eq!(began.reason, OpenReason::Salvage);
    assert_eq!(began.predecessor.map(|one| (one.log, one.seq.0)), Some((log, last)));
    assert_eq!(
        (adopted.log, adopted.from_seq.0, adopted.to_seq.0),
        (log, left.acked + 1, last),
        "what the station has not signed for"
    );
    let losses = check(officer);
    assert!(losses.is_empty(), "page {page} ({name}): {losses:#?}");
    assert!(
        is_kept(officer, &aside, &damaged, page, found_late),
        "page {page} ({name}): the damaged file is not kept as it was"
    );
    Outcome {
        kind,
        lost_ops: lost,
        lost_words: words.len(),
        found_late,
    }
}
