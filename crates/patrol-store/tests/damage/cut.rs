//! A database whose end is gone, or whose log was damaged: all that is still there comes back.

use std::collections::BTreeSet;

use patrol_domain::op::OpenReason;

use crate::check::check;
use crate::officer::Officer;
use crate::pages::{Map, forget, gaps, missing, phone, start_damaged};
use crate::raw::PAGE;

/// Compares a damaged phone with what the damaged file still shows; how many ops and words are gone.
fn come_back(officer: &mut Officer, map: &Map, tables: &BTreeSet<String>, what: &str) -> (usize, usize) {
    let damaged = Map::of(officer);
    let (lost, words) = (missing(&map.ops, &damaged.ops), missing(&map.words, &damaged.words));
    let draft = officer.ledger.known.draft.clone();
    for table in tables {
        forget(officer, table, &BTreeSet::new(), &BTreeSet::new());
    }
    forget(officer, "", &lost, &words);
    if tables.contains("draft_case_photo") || (tables.contains("draft_case") && tables.contains("photo")) {
        // Its place on the draft is gone, or the draft and the photo's row: it is found, or on the draft that its file names
        // where its own row (which goes on on further pages) is gone too.
        officer.ledger.known.draft.clear();
    }
    let displaced: Vec<_> = draft
        .iter()
        .filter(|photo| !officer.ledger.known.draft.contains(photo))
        .collect();
    let log = officer.ledger.known.log.unwrap();
    officer.due = Some(OpenReason::Salvage);
    start_damaged(officer, what);
    assert_eq!(gaps(officer, log), lost, "{what}");
    officer.ledger.on_their_way.extend(displaced);
    let losses = check(officer);
    assert!(losses.is_empty(), "{what}: {losses:#?}");
    // The check has made a case of the draft.
    let mut shown: BTreeSet<_> = officer
        .store()
        .found_photos()
        .unwrap()
        .into_iter()
        .map(|(photo, _)| photo)
        .collect();
    for case in officer.store().cases(None, usize::MAX).unwrap().cases {
        shown.extend(case.photos.iter().map(|photo| photo.sha256));
    }
    for photo in draft {
        assert!(shown.contains(&photo), "{what}: {photo} is nowhere");
    }
    (lost.len(), words.len())
}

#[test]
fn a_file_that_was_cut_anywhere_gives_all_ops_in_front_of_the_cut() {
    let sound = phone();
    let map = Map::of(&sound);
    let length = sound.disk.read(&sound.database()).unwrap().len() as u64;
    for part in [5, 20, 40, 60, 80, 95] {
        for beyond in [0, 1_000] {
            let mut officer = sound.fork(part);
            let at = length * part / 100 / PAGE * PAGE + beyond;
            officer.disk.truncate_to(&officer.database(), at).unwrap();
            // A page that was cut is gone too.
            let last = u32::try_from(at / PAGE).unwrap();
            let behind: BTreeSet<u64> = map.ops.range(last + 1..).flat_map(|(_, ops)| ops.clone()).collect();
            let tables = map.tables.range(last + 1..).map(|(_, table)| table.clone()).collect();
            let shows = Map::of(&officer);
            let lost = missing(&map.ops, &shows.ops);
            assert!(lost.is_superset(&behind));
            assert!(
                lost.difference(&behind).all(|seq| map.long.contains(seq)),
                "in front of the cut, only a long op"
            );
            let what = format!("cut at {part} % + {beyond}");
            let (ops, words) = come_back(&mut officer, &map, &tables, &what);
            println!(
                "{what}: {ops} of {} ops and {words} words gone",
                sound.ledger.known.ops.len()
            );
        }
    }
}

#[test]
fn a_file_with_half_of_its_pages_dead_gives_the_other_half() {
    let sound = phone();
    let map = Map::of(&sound);
    let length = sound.disk.read(&sound.database()).unwrap().len() as u64;
    let pages = u32::try_from(length / PAGE).unwrap();
    for odd in [0, 1] {
        let mut officer = sound.fork(u64::from(odd));
        let dead: Vec<u32> = (1..=pages).filter(|page| page % 2 == odd).collect();
        for page in &dead {
            let at = u64::from(page - 1) * PAGE;
            officer.disk.zero(&officer.database(), at..at + PAGE).unwrap();
        }
        let tables = dead.iter().filter_map(|page| map.tables.get(page).cloned()).collect();
        let gone: BTreeSet<u64> = dead
            .iter()
            .flat_map(|page| map.ops.get(page).cloned().unwrap_or_default())
            .collect();
        let lost = missing(&map.ops, &Map::of(&officer).ops);
        assert!(lost.difference(&gone).all(|seq| map.long.contains(seq)));
        let (ops, words) = come_back(&mut officer, &map, &tables, &format!("each second page, from {odd}"));
        println!("{} of {pages} pages dead: {ops} ops and {words} words gone", dead.len());
    }
}

#[test]
fn a_damaged_frame_of_the_log_takes_no_op_that_proves_itself_elsewhere() {
    let mut running = Officer::new(3);
    running.start().unwrap();
    for number in 0..12 {
        running.type_words(&format!("第{number}件")).unwrap();
        running.save().unwrap();
    }
    running.store().mark_leaving().unwrap();
    let log = running.ledger.known.log.unwrap();
    let wal = running.database().with_extension("db-wal");
    let frame = PAGE + 24;
    let frames = (running.disk.read(&wal).unwrap().len() as u64 - 32) / frame;
    let (mut lost_ops, mut lost_nothing) = (0, 0);
    // Each second one: a commit has several.
    for number in (0..frames).step_by(2) {
        let mut officer = running.fork(number);
        let path = officer.database().with_extension("db-wal");
        officer.disk.flip(&path, 32 + number * frame + 24 + 900, 1).unwrap();
        officer.due = Some(OpenReason::Salvage);
        let what = format!("frame {number} of {frames}");
        // A damaged last commit looks like one that a power cut tore: the marker tells, and the phone begins anew.
        officer.start().expect(&what);
        assert!(officer.began.is_some(), "{what}");
        let stored = officer.store().ops_after(patrol_domain::Seq(0), usize::MAX).unwrap();
        let held: BTreeSet<Vec<u8>> = stored.into_iter().map(|op| op.bytes).collect();
        let written = running.ledger.known.ops.values();
        let lost = written
            .filter(|op| !op.op.body.is_about_its_journal() && !held.contains(&op.bytes))
            .count();
        if officer.salvaged.is_some() {
            let named = gaps(&officer, log).len();
            assert!(named >= lost, "{what}: {named} named, {lost} lost");
        }
        assert!(officer.store().verify().unwrap().differences.is_empty(), "{what}");
        officer.save().expect(&what);
        lost_ops += lost;
        lost_nothing += usize::from(lost == 0);
    }
    println!("{frames} frames, each second one damaged once: {lost_ops} ops lost in all, {lost_nothing} times none");
}

/// Nothing has left the phone, so neither marker nor receipt tells how far the journal went; words and views do.
#[test]
fn an_end_that_is_gone_is_named_by_what_stood_beside_it_and_no_number_comes_twice() {
    let mut officer = Officer::new(5);
    officer.start().unwrap();
    for number in 0..30 {
        officer.type_words(&format!("第{number}件")).unwrap();
        officer.save().unwrap();
    }
    officer.store().checkpoint().unwrap();
    officer.close_for_good();
    let log = officer.ledger.known.log.unwrap();
    let map = Map::of(&officer);
    let (page, lost) = map.ops.iter().next_back().unwrap();
    let at = u64::from(page - 1) * PAGE;
    officer.disk.zero(&officer.database(), at..at + PAGE).unwrap();
    forget(&mut officer, "", lost, &BTreeSet::new());
    officer.due = Some(OpenReason::Salvage);
    start_damaged(&mut officer, "the last leaf");
    assert_eq!(&gaps(&officer, log), lost);
    let case = officer.save().unwrap();
    let cases = officer.store().cases(None, 1).unwrap().cases;
    assert_eq!((cases[0].case, cases[0].number.as_str()), (case, "0618-031"));
    assert_eq!(check(&mut officer), Vec::<String>::new());
}
