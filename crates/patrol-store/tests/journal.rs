//! The journal on disk: what was saved is there, nothing else passes for it, and the views follow from it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use patrol_domain::chain::{ChainError, Verifier};
use patrol_domain::op::EncodeError;
use patrol_domain::{Head, Op, Seq, Sha256Hash};
use patrol_sqlite::DatabaseError;
use patrol_store::{CasePage, CaseRecord, Store, StoreError, VaultError};
use patrol_testkit::op::{case_opened, log_id, log_opened, number, original, original_lost, person, plate};
use phone::{Phone, ROOT, files, holds, journal, log_literal, open};

/// Three cases: two photos of which one is shared, one photo, none.
fn recorded() -> Phone {
    let mut phone = Phone::new();
    let (a, b) = (original(1, 70_000), original(2, 300));
    phone.record(1, &[&a, &b], Some("车主不在场，已贴单。囧𠮷😀"));
    phone.record(2, &[&a], None);
    phone.record(3, &[], Some(""));
    phone
}

fn pages(store: &Store, limit: usize) -> Vec<CasePage> {
    let mut pages = vec![store.cases(None, limit).unwrap()];
    while let Some(before) = pages.last().unwrap().next {
        pages.push(store.cases(Some(before), limit).unwrap());
    }
    pages
}

fn all(store: &Store) -> Vec<CaseRecord> {
    pages(store, 100).remove(0).cases
}

#[test]
fn what_was_saved_is_there_after_opening_again_and_after_a_kill() {
    let mut phone = recorded();
    let cases = all(phone.store());
    let ops = phone.store().ops_after(Seq(0), 100).unwrap();
    assert_eq!((cases.len(), ops.len()), (3, 4));
    let after_a_kill = phone.killed();
    let reopened = open(after_a_kill.path(), ROOT).unwrap();
    for store in [&reopened, phone.reopen()] {
        assert_eq!(all(store), cases);
        assert_eq!(store.ops_after(Seq(0), 100).unwrap(), ops);
        assert_eq!(store.journal().unwrap(), Some(journal(1)));
    }
}

#[test]
fn a_case_shows_what_its_op_says() {
    let phone = recorded();
    let cases = all(phone.store());
    let numbers: Vec<_> = cases.iter().map(|case| case.number.clone()).collect();
    assert_eq!(numbers, [3, 2, 1].map(number), "newest first");
    let (op, parts) = &phone.written[1];
    let case = &cases[2];
    assert_eq!((Some(case.case), &case.note), (op.case, &parts[0].value));
    assert_eq!(case.plate.as_ref().unwrap().0, plate(1));
    assert_eq!((case.opened, case.tz), (op.at.wall_ms, op.at.tz));
    let photos: Vec<_> = case.photos.iter().map(|photo| (photo.sha256, photo.bytes)).collect();
    assert_eq!(
        photos,
        op.photos
            .iter()
            .map(|photo| (photo.sha256, photo.bytes))
            .collect::<Vec<_>>()
    );
    assert!(!case.at_station() && case.receipt_ms.is_none());
    let counted = phone.store().save_draft(|to_save| {
        assert_eq!((to_save.next_number("0618-")?, to_save.next_number("0618-")?), (1, 2));
        assert_eq!(to_save.next_number("0619-")?, 1);
        Err::<(_, _, ()), _>(StoreError::NoJournal)
    });
    assert!(counted.is_err(), "what is refused is not saved");
}

#[test]
fn positions_are_dense_ids_are_kept_and_the_chain_verifies() {
    let mut phone = recorded();
    let lost = original_lost(9, Sha256Hash::of(b"gone"));
    phone.store().append(&lost, &[]).unwrap();
    phone.wrote(lost, Vec::new());
    let store = phone.store();
    let mut verifier = Verifier::start(log_id(1));
    let stored = store.ops_after(Seq(0), usize::MAX).unwrap();
    for (position, (one, (op, parts))) in (1..).zip(stored.iter().zip(&phone.written)) {
        assert_eq!(one.seq, Seq(position));
        verifier.check(one.seq, &one.bytes, one.hash).unwrap();
        assert_eq!((&Op::decode(&one.bytes).unwrap(), &one.parts), (op, parts));
        assert_eq!(store.hash_at(one.seq).unwrap(), Some(one.hash));
    }
    assert_eq!(stored.len(), phone.written.len());
    let last = phone.written.last().unwrap().0.id;
    assert_eq!(store.head().unwrap(), (verifier.head(), Some(last)));
    assert_eq!(store.hash_at(Seq(0)).unwrap(), Some(Head::start(log_id(1)).hash));
    assert_eq!(store.hash_at(Seq(6)).unwrap(), None);
    let middle = store.ops_after(Seq(2), 2).unwrap();
    assert_eq!(middle, stored[2..4]);
}

#[test]
fn the_digest_from_disk_is_the_digest_of_what_was_said() {
    let mut phone = recorded();
    let expected = phone.expected_digest().to_string();
    assert_eq!(phone.store().digest().unwrap().to_string(), expected);
    assert_eq!(phone.reopen().digest().unwrap().to_string(), expected);
    assert_eq!(phone.store().digest().unwrap().head(), phone.store().head().unwrap().0);
}

#[test]
fn more_ops_than_fit_into_memory_at_once_digest_and_rebuild_the_same() {
    let mut phone = Phone::new();
    for seed in 0..520 {
        let (op, parts) = case_opened(seed, &[], Some("占道"));
        phone.store().append(&op, &parts).unwrap();
        phone.wrote(op, parts);
    }
    let before = pages(phone.store(), 100);
    phone.store().rebuild_views().unwrap();
    assert_eq!(pages(phone.store(), 100), before);
    assert_eq!(phone.store().digest().unwrap(), phone.expected_digest());
}

/// What an attacker with the key, or a bad disk, does to the file; and where the chain must break.
#[test]
fn a_changed_removed_or_swapped_row_is_found_by_the_digest() {
    let broken = |seq| ChainError::Broken { seq };
    let gap = |expected, found| ChainError::Gap { expected, found };
    for (tampering, expected) in [
        (
            "UPDATE journal_op SET bytes = CAST(replace(bytes, 'PK01', 'PK02') AS BLOB) WHERE seq = 2",
            broken(2),
        ),
        (
            "UPDATE journal_op SET bytes = CAST(bytes || x'20' AS BLOB) WHERE seq = 1",
            broken(1),
        ),
        ("UPDATE journal_op SET hash = zeroblob(32) WHERE seq = 4", broken(4)),
        ("DELETE FROM journal_op WHERE seq = 1", gap(1, 2)),
        ("DELETE FROM journal_op WHERE seq = 3", gap(3, 4)),
        (
            "UPDATE journal_op SET seq = 99 WHERE seq = 2; UPDATE journal_op SET seq = 2 WHERE seq = 3; \
             UPDATE journal_op SET seq = 3 WHERE seq = 99",
            broken(2),
        ),
        ("UPDATE journal_op SET seq = 6 WHERE seq = 4", gap(4, 6)),
    ] {
        let mut phone = recorded();
        phone.tamper(&format!("PRAGMA foreign_keys = OFF; {tampering}"));
        match phone.store().digest() {
            Err(StoreError::Chain(found)) => assert_eq!(found, expected, "{tampering}"),
            other => panic!("{tampering}: {other:?}"),
        }
    }
}

/// What the chain cannot know (it holds no words, and a shorter journal is a journal) shows when digests are compared.
#[test]
fn a_changed_word_and_a_missing_end_show_in_the_digest() {
    for tampering in [
        "UPDATE journal_part SET value = value || '。' WHERE seq = 2",
        "UPDATE journal_part SET salt = zeroblob(32) WHERE seq = 2",
        "DELETE FROM journal_part WHERE seq = 2",
        "DELETE FROM journal_part WHERE seq = 4; DELETE FROM journal_op WHERE seq = 4",
    ] {
        let mut phone = recorded();
        phone.tamper(tampering);
        assert_ne!(phone.store().digest().unwrap(), phone.expected_digest(), "{tampering}");
    }
}

#[test]
fn a_damaged_or_missing_original_is_found_by_the_digest() {
    let phone = recorded();
    let sha256 = Sha256Hash::of(&original(2, 300));
    let name = format!("{sha256}.xgv");
    let vault = phone.folder().join("vault");
    let (path, _) = files(&vault)
        .into_iter()
        .find(|(path, _)| path.ends_with(&name))
        .unwrap();
    let path = vault.join(path);
    std::fs::write(&path, b"XGV1").unwrap();
    let said = phone.store().digest();
    assert!(matches!(said, Err(StoreError::Vault(VaultError::Damaged(which))) if which == sha256));
    std::fs::remove_file(&path).unwrap();
    let said = phone.store().digest();
    assert!(matches!(said, Err(StoreError::Vault(VaultError::Missing(which))) if which == sha256));
}

#[test]
fn views_made_again_are_the_views_that_were_written() {
    let mut phone = recorded();
    phone.ack(2);
    for limit in [1, 2, 3, 100] {
        let before = pages(phone.store(), limit);
        phone.store().rebuild_views().unwrap();
        assert_eq!(pages(phone.store(), limit), before);
    }
    let (before, counts) = (all(phone.store()), phone.store().counts().unwrap());
    phone.tamper("DELETE FROM view_case_photo; UPDATE view_case SET note = 'x', place_order = place_order + 50");
    assert_ne!(all(phone.store()), before);
    phone.store().rebuild_views().unwrap();
    assert_eq!((all(phone.store()), phone.store().counts().unwrap()), (before, counts));
}

#[test]
fn pages_hold_every_case_once_and_the_last_one_says_so() {
    let phone = recorded();
    let whole = all(phone.store());
    for limit in 1..=4 {
        let pages = pages(phone.store(), limit);
        assert_eq!(
            pages.len(),
            whole.len().div_ceil(limit),
            "no empty page at the end with {limit}"
        );
        let joined: Vec<_> = pages.into_iter().flat_map(|page| page.cases).collect();
        assert_eq!(joined, whole);
    }
    assert_eq!(phone.store().cases(None, 0).unwrap(), CasePage::default());
    assert_eq!(phone.store().waiting_cases(2).unwrap(), whole[..2]);
}

#[test]
fn a_second_journal_goes_on_from_the_same_cases() {
    let mut phone = recorded();
    let first = log_opened(2, person(1));
    phone.store().begin_journal(journal(2), &first, &[]).unwrap();
    assert_eq!(phone.store().head().unwrap().0.seq, Seq(1));
    phone.record(4, &[&original(3, 40)], Some("换了日志"));
    let before = all(phone.store());
    assert_eq!(before.len(), 4);
    phone.store().rebuild_views().unwrap();
    assert_eq!(all(phone.store()), before);
    assert_eq!(phone.reopen().journal().unwrap(), Some(journal(2)));
}

#[test]
fn without_a_journal_nothing_is_appended() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOT).unwrap();
    let (op, parts) = case_opened(1, &[], None);
    assert!(matches!(store.append(&op, &parts), Err(StoreError::NoJournal)));
    assert!(matches!(store.head(), Err(StoreError::NoJournal)));
    assert!(matches!(store.digest(), Err(StoreError::NoJournal)));
    assert_eq!(store.journal().unwrap(), None);
    store.rebuild_views().unwrap();
}

#[test]
fn an_op_that_is_said_twice_is_stored_and_applied_once() {
    let phone = recorded();
    let (before, head) = (all(phone.store()), phone.store().head().unwrap().0.seq);
    let (again, parts) = &phone.written[1];
    phone.store().append(again, parts).unwrap();
    assert_eq!(
        (all(phone.store()), phone.store().head().unwrap().0.seq),
        (before.clone(), head.next())
    );
    phone.store().rebuild_views().unwrap();
    assert_eq!(all(phone.store()), before);
}

#[test]
fn an_op_that_cannot_be_written_leaves_nothing() {
    let phone = recorded();
    let before = (phone.store().head().unwrap(), all(phone.store()));
    let (mut long, parts) = case_opened(8, &[], Some("x"));
    let photo = patrol_testkit::op::photo_ref(b"x");
    long.photos = vec![photo; 600];
    let failed = phone.store().append(&long, &parts);
    assert!(
        matches!(failed, Err(StoreError::Encode(EncodeError::TooLong { .. }))),
        "{failed:?}"
    );
    let (op, parts) = case_opened(8, &[], Some("x"));
    let twice = [parts.clone(), parts].concat();
    assert!(phone.store().append(&op, &twice).is_err(), "two parts for one field");
    assert_eq!((phone.store().head().unwrap(), all(phone.store())), before);
    assert_eq!(phone.store().digest().unwrap(), phone.expected_digest());
}

#[test]
fn a_wrong_root_key_is_refused_and_leaves_every_file_as_it_is() {
    let mut phone = recorded();
    phone.close();
    let before = files(phone.folder());
    let opened = open(phone.folder(), [0xa5; 32]);
    assert!(
        matches!(opened, Err(StoreError::Database(DatabaseError::Damaged))),
        "{opened:?}"
    );
    assert!(files(phone.folder()) == before, "byte-equal");
    assert_eq!(phone.reopen().digest().unwrap(), phone.expected_digest());
}

#[test]
fn a_wrong_root_key_after_a_kill_costs_nothing_of_what_was_saved() {
    let phone = recorded();
    let after_a_kill = phone.killed();
    let log = after_a_kill.path().join("patrol.db-wal");
    assert!(
        log.metadata().unwrap().len() > 0,
        "the last commits are only in the write-ahead log"
    );
    let mut before = files(after_a_kill.path());
    before.retain(|name, _| !name.ends_with("patrol.db-shm"));
    for _ in 0..2 {
        let opened = open(after_a_kill.path(), [0xa5; 32]);
        assert!(
            matches!(opened, Err(StoreError::Database(DatabaseError::Damaged))),
            "{opened:?}"
        );
    }
    let mut after = files(after_a_kill.path());
    after.retain(|name, _| !name.ends_with("patrol.db-shm"));
    assert!(after == before);
    let store = open(after_a_kill.path(), ROOT).unwrap();
    assert_eq!(store.digest().unwrap(), phone.expected_digest());
    assert_eq!(all(&store), all(phone.store()));
}

#[test]
fn no_file_holds_a_readable_word() {
    let phone = recorded();
    let all = files(phone.folder());
    assert!(all.len() >= 3);
    for (name, bytes) in all {
        for word in ["车主不在场", &plate(1), &number(1), "journal_op", "thumbnail of "] {
            assert!(!holds(&bytes, word.as_bytes()), "{word} in {}", name.display());
        }
        assert!(
            !holds(&bytes, &original(2, 300)[..16]),
            "an original in {}",
            name.display()
        );
    }
}

#[test]
fn the_file_of_a_later_program_is_refused() {
    let mut phone = recorded();
    phone.close();
    phone::connect(&phone.folder().join("patrol.db"))
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let opened = open(phone.folder(), ROOT);
    assert!(matches!(
        opened,
        Err(StoreError::Database(DatabaseError::Newer { found: 99, .. }))
    ));
}

#[test]
fn an_op_of_a_kind_of_tomorrow_is_kept_and_shows_nothing() {
    let mut phone = recorded();
    let before = all(phone.store());
    let (op, _) = case_opened(7, &[], None);
    let text = String::from_utf8(op.encode().unwrap().into_vec()).unwrap();
    let bytes = text.replace("case_opened", "case_opened_by_drone").into_bytes();
    let head = phone.store().head().unwrap().0.extend(&bytes);
    phone.tamper(&format!(
        "INSERT INTO journal_op (log, seq, op_id, bytes, hash) VALUES ({}, 5, zeroblob(16), x'{}', x'{}')",
        log_literal(log_id(1)),
        patrol_domain::hash::encode_hex(&bytes),
        head.hash
    ));
    phone.store().rebuild_views().unwrap();
    assert_eq!(all(phone.store()), before);
    assert_eq!(phone.store().digest().unwrap().head(), head);
}
