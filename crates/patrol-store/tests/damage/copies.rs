//! A phone that is not the one it was: copied without its marker, set back to an older state, with a clock of ten years
//! ago, with the database of a later program.

use std::collections::BTreeSet;

use patrol_domain::id::IdMint;
use patrol_domain::op::{OpenReason, Step};
use patrol_domain::{CaseId, Seq, WallMs};
use patrol_sqlite::{Database, Migration};
use patrol_store::{CaseQuery, CaseRecord, Disk as _, StoreError};

use crate::check::check;
use crate::officer::Officer;
use crate::raw::key;

fn phone() -> (Officer, Vec<CaseId>) {
    let mut officer = Officer::new(1);
    officer.start().unwrap();
    let mut cases = Vec::new();
    for number in 0..6 {
        officer.type_words(&format!("第{number}件")).unwrap();
        officer.shoot(300).unwrap();
        cases.push(officer.save().unwrap());
        if number == 2 {
            officer.ack(100).unwrap();
        }
    }
    officer.step(cases[1], Step::Advised, "劝导").unwrap();
    officer.shoot(200).unwrap();
    (officer, cases)
}

/// What an officer sees of a case; whether it has reached the station may change.
fn shown(cases: Vec<CaseRecord>) -> Vec<(String, String, String, usize, u64)> {
    let show = |case: CaseRecord| {
        (
            case.case.to_string(),
            case.number,
            case.note,
            case.photos.len(),
            case.steps,
        )
    };
    cases.into_iter().map(show).collect()
}

fn all(officer: &Officer) -> Vec<CaseRecord> {
    officer.store().cases(None, usize::MAX).unwrap().cases
}

/// The bytes of all ops behind `after`, less those about their journal.
fn ops(officer: &Officer, after: u64) -> Vec<Vec<u8>> {
    let ops = officer.store().ops_after(Seq(after), usize::MAX).unwrap();
    let keep = |bytes: &[u8]| !patrol_domain::Op::decode(bytes).unwrap().body.is_about_its_journal();
    ops.into_iter().map(|op| op.bytes).filter(|bytes| keep(bytes)).collect()
}

#[test]
fn a_copied_phone_goes_on_in_a_journal_of_its_own() {
    let (mut officer, _) = phone();
    let before = shown(all(&officer));
    let acked = officer.store().progress().unwrap().acked.seq;
    let (unsigned, head) = (ops(&officer, acked.0), officer.store().head().unwrap().0);
    let log = officer.ledger.known.log.unwrap();
    officer.close_for_good();
    officer.disk.remove(&officer.marker()).unwrap();
    officer.due = Some(OpenReason::Copy);
    officer.start().unwrap();
    let began = officer.began.clone().unwrap();
    assert_eq!(began.reason, OpenReason::Copy);
    let predecessor = began.predecessor.unwrap();
    assert_eq!(
        (predecessor.log, predecessor.seq, predecessor.h),
        (log, head.seq, head.hash)
    );
    let adopted = began.adopted[0];
    assert_eq!(
        (adopted.log, adopted.from_seq, adopted.to_seq),
        (log, acked.next(), head.seq)
    );
    assert_eq!(
        ops(&officer, 0),
        unsigned,
        "byte-identical, in their order, and no others"
    );
    assert_eq!(shown(all(&officer)), before, "each case once, as it was");
    assert_eq!(check(&mut officer), Vec::<String>::new());
    assert!(officer.began.is_none(), "the second start goes on");
    let numbers: BTreeSet<String> = all(&officer).into_iter().map(|case| case.number).collect();
    assert_eq!(numbers.len(), 7);
}

#[test]
fn a_database_that_was_set_back_overwrites_nothing() {
    let (mut officer, cases) = phone();
    officer.store().checkpoint().unwrap();
    officer.close_for_good();
    let (older, known) = (
        officer.disk.read(&officer.database()).unwrap(),
        officer.ledger.known.clone(),
    );
    officer.start().unwrap();
    officer.amend(cases[0], "后来的话", "更正").unwrap();
    let photo = officer.shoot(400).unwrap();
    let lost = officer.save().unwrap();
    officer.store().mark_leaving().unwrap();
    let left = officer.store().head().unwrap().0;
    officer.close_for_good();
    let photos = officer.ledger.known.photos.clone();
    officer.disk.write_raw(&officer.database(), &older).unwrap();
    officer.ledger.known = known;
    officer.ledger.known.photos = photos;
    officer.due = Some(OpenReason::Rollback);
    officer.start().unwrap();
    let began = officer.began.clone().unwrap();
    assert_eq!(began.reason, OpenReason::Rollback);
    assert!(began.predecessor.unwrap().seq < left.seq);
    assert!(officer.store().case(lost).is_err());
    officer.recover().unwrap();
    let found = officer.store().found_photos().unwrap();
    let on_draft = officer.store().draft().unwrap().photos;
    let is_there = found.iter().any(|(one, _)| *one == photo) || on_draft.iter().any(|one| one.facts.sha256 == photo);
    assert!(
        is_there,
        "the original is in the vault, and somebody is asked where it belongs"
    );
    officer.ledger.on_their_way.insert(photo);
    assert_eq!(check(&mut officer), Vec::<String>::new());
}

#[test]
fn a_copy_of_a_copy_begins_anew_each_time() {
    let (mut officer, _) = phone();
    let mut logs = BTreeSet::from([officer.ledger.known.log.unwrap()]);
    for _ in 0..3 {
        officer.close_for_good();
        officer.disk.remove(&officer.marker()).unwrap();
        officer.due = Some(OpenReason::Copy);
        officer.start().unwrap();
        assert!(
            logs.insert(officer.ledger.known.log.unwrap()),
            "a journal's id is never used again"
        );
        officer.save().unwrap();
    }
    assert_eq!(check(&mut officer), Vec::<String>::new());
    assert_eq!(officer.store().verify().unwrap().logs.len(), 4);
}

#[test]
fn a_clock_set_back_by_ten_years_changes_no_order_and_no_number() {
    let (mut officer, _) = phone();
    officer.turn_clock(-10 * 366 * 24 * 3_600_000);
    officer.type_words("十年前").unwrap();
    let last = officer.store().head().unwrap().1.unwrap();
    let id = IdMint::after(Some(last)).next(WallMs(0), [0xff; 10]);
    assert!(id.as_bytes() > last.as_bytes(), "ids rise");
    let old = officer.save().unwrap();
    officer.turn_clock(0);
    officer.type_words("今天").unwrap();
    let new = officer.save().unwrap();
    let cases = all(&officer);
    assert_eq!(
        (cases[0].case, cases[1].case),
        (new, old),
        "the order in which they were recorded"
    );
    assert!(cases[1].opened < cases[2].opened, "the clock is kept as it was");
    let numbers: Vec<_> = cases.iter().rev().map(|case| case.number.clone()).collect();
    let expected: Vec<_> = (1..=8).map(|number| format!("0618-{number:03}")).collect();
    assert_eq!(numbers, expected);
    let page = officer.store().cases(None, 3).unwrap();
    let rest = officer.store().cases(page.next, 99).unwrap();
    assert_eq!(
        [page.cases, rest.cases].concat(),
        cases,
        "paging goes by position, not by time"
    );
    officer.store().rebuild_views().unwrap();
    assert_eq!(all(&officer), cases);
    officer.close();
    assert_eq!(check(&mut officer), Vec::<String>::new());
}

#[test]
fn the_database_of_a_later_program_is_refused_and_left_as_it_is() {
    let (mut officer, _) = phone();
    officer.close_for_good();
    let texts = [
        include_str!("../../src/migrations/0001_phone.sql"),
        include_str!("../../src/migrations/0002_memory.sql"),
        include_str!("../../src/migrations/0003_station.sql"),
        include_str!("../../src/migrations/0004_proof.sql"),
        include_str!("../../src/migrations/0005_station_key.sql"),
        include_str!("../../src/migrations/0006_hand.sql"),
        include_str!("../../src/migrations/0007_draft_author.sql"),
        "CREATE TABLE later (n INTEGER NOT NULL) STRICT;",
    ];
    let migrations: Vec<Migration> = (1..)
        .zip(texts)
        .map(|(number, sql)| Migration { number, sql })
        .collect();
    drop(Database::open(&officer.database(), Some(key()), &migrations).unwrap());
    let before = officer.disk.read(&officer.database()).unwrap();
    let files = officer.disk.files();
    for _ in 0..2 {
        let refused = officer.start().unwrap_err();
        assert!(
            matches!(
                &refused,
                StoreError::Database(patrol_store::DatabaseError::Newer { found: 8, known: 7 })
            ),
            "{refused:?}"
        );
        assert_eq!(officer.disk.read(&officer.database()).unwrap(), before);
    }
    let left: Vec<_> = officer
        .disk
        .files()
        .into_iter()
        .filter(|path| !files.contains(path))
        .collect();
    assert!(
        left.iter().all(|path| officer.disk.read(path).unwrap().is_empty()),
        "{left:?}"
    );
}

#[test]
fn a_note_of_two_thousand_rare_characters_is_kept_found_and_shown_as_typed() {
    let (mut officer, _) = phone();
    let pieces = [
        "𠮷野家门口",
        "囧",
        "😀👨‍👩‍👧",
        "e\u{301}",
        "葛󠄀",
        "ｱﾊﾟｰﾄ",
        "مرحبا",
        "\u{200b}",
        "㐂𪚥",
        "！\n",
    ];
    let note: String = pieces
        .iter()
        .cycle()
        .flat_map(|piece| piece.chars())
        .take(2_000)
        .collect();
    assert_eq!(note.chars().count(), 2_000);
    officer.type_words(&note).unwrap();
    let case = officer.save().unwrap();
    officer.close();
    assert_eq!(check(&mut officer), Vec::<String>::new());
    let words = |words: &str| CaseQuery {
        words: words.into(),
        ..CaseQuery::default()
    };
    for part in [
        "𠮷野",
        "家门口",
        "囧",
        "e\u{301}",
        "é",
        "アパート",
        "مرحبا",
        "㐂𪚥",
        "𠮷野家门口",
    ] {
        let found = officer.store().find_cases(&words(part), None, 10).unwrap().cases;
        let found: Vec<_> = found.iter().map(|found| (found.case, found.note == note)).collect();
        assert_eq!(found, [(case, true)], "{part}");
    }
    for part in ["野𠮷", "口家", "não"] {
        assert!(
            officer
                .store()
                .find_cases(&words(part), None, 10)
                .unwrap()
                .cases
                .is_empty(),
            "{part}"
        );
    }
}
