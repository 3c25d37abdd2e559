//! What the station's word changes on the phone: a journal that succeeds a forked one, the mirror, originals that may go.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use patrol_domain::op::{Body, LogOpened, OpenReason};
use patrol_domain::{Head, LogId, Op, Seq, Sha256Hash, WallMs};
use patrol_store::{
    Beginning, DeviceStanding, Difference, Mirror, MirrorChange, Pruned, Settings, SignedPhoto, Store, StoreError,
    VaultError,
};
use patrol_testkit::op::{FIRST_MS, log_id, log_opened, original, person};
use phone::Phone;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// As `patrol-app` does it.
fn succeed(store: &Store, to: u64, from: LogId, confirmed: u64) -> Result<Option<Beginning>, StoreError> {
    let mut heard = None;
    store.succeed_journal(log_id(to), from, OpenReason::Fork, Seq(confirmed), |beginning| {
        heard = Some(beginning.clone());
        let op = |seed: u64, body: Body| Op {
            body,
            ..log_opened(seed, person(1))
        };
        let first = LogOpened {
            device_key_thumbprint: Sha256Hash::of(b"key"),
            app: "xunge 0.1.0".into(),
            station: None,
            reason: beginning.reason,
            predecessor: beginning.predecessor.clone(),
        };
        let adopted = (500..).zip(&beginning.adopted);
        let adopted = adopted.map(|(seed, adopted)| (op(seed, Body::Adopted(*adopted)), *adopted));
        Ok::<_, StoreError>((op(to, Body::LogOpened(first)), adopted.collect()))
    })?;
    Ok(heard)
}

fn sign(store: &Store, seq: u64, epoch: &str, safe: u64) {
    let hash = store.hash_at(Seq(seq)).unwrap().unwrap();
    let head = Head { seq: Seq(seq), hash };
    store
        .record_receipt(head, epoch, Seq(safe), FIRST_MS, "beacon", "{}")
        .unwrap();
}

#[test]
fn a_succeeding_journal_takes_over_what_is_not_confirmed_now_signed_for_once_or_not() {
    for (confirmed, from, ops) in [(5, 5, 1), (3, 4, 2), (0, 1, 4)] {
        let mut phone = Phone::new();
        for seed in 1..=4 {
            phone.record(seed, &[&original(seed, 900)], Some("占道"));
        }
        phone.ack(4);
        let written: Vec<Vec<u8>> = phone
            .store()
            .ops_after(Seq(1), 9)
            .unwrap()
            .into_iter()
            .map(|op| op.bytes)
            .collect();
        let began = succeed(phone.store(), 2, log_id(1), confirmed).unwrap().unwrap();
        let adopted = began.adopted[0];
        assert_eq!(
            (adopted.from_seq.0, adopted.to_seq.0),
            (from, 5),
            "confirmed {confirmed}"
        );
        let taken: Vec<_> = phone.store().ops_after(Seq(2), 9).unwrap();
        let taken: Vec<Vec<u8>> = taken.into_iter().map(|op| op.bytes).collect();
        assert_eq!(
            taken,
            written[written.len() - ops..],
            "byte-identical, control ops left out"
        );
        let counts = phone.store().counts().unwrap();
        assert_eq!(counts.cases_on_phone, 4, "their originals are not signed for");
        assert_eq!(phone.store().later_journal().unwrap(), Some(log_id(2)));
        assert_eq!(phone.store().verify().unwrap().differences, Vec::new());
        // It stays so after a start: the marker went along.
        phone.reopen();
        assert_eq!(phone.store().journal().unwrap().unwrap().log, log_id(2));
        phone.record(9, &[], None);
        assert_eq!(phone.store().cases(None, 9).unwrap().cases.len(), 5, "no case twice");
    }
}

#[test]
fn a_journal_that_is_not_in_use_any_more_is_not_succeeded_again_and_the_marker_stays() {
    let mut phone = Phone::new();
    phone.record(1, &[], None);
    succeed(phone.store(), 2, log_id(1), 0).unwrap();
    assert!(matches!(
        succeed(phone.store(), 3, log_id(1), 0),
        Err(StoreError::NoJournal)
    ));
    let before = phone.store().head().unwrap();
    phone.reopen();
    assert_eq!(phone.store().journal().unwrap().unwrap().log, log_id(2));
    assert_eq!(phone.store().head().unwrap(), before);
    assert_eq!(phone.store().verify().unwrap().differences, Vec::new());
}

#[test]
fn saves_beside_a_succession_stand_in_front_of_it_and_are_adopted_or_behind_it() {
    let mut phone = Phone::new();
    phone.record(1, &[], None);
    let store = phone.store();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for seed in 10..60 {
                let (op, parts) = patrol_testkit::op::case_opened(seed, &[], Some("占道"));
                phone::save(store, &op, &parts).unwrap();
            }
        });
        scope.spawn(|| {
            for to in 2..6 {
                succeed(store, to, log_id(to - 1), 0).unwrap();
            }
        });
    });
    let cases = store.cases(None, 100).unwrap().cases;
    assert_eq!(cases.len(), 51);
    // Everything that is unsigned stands in the journal that is in use.
    let held = store.ops_after(Seq(0), 1000).unwrap();
    let held: Vec<_> = held
        .iter()
        .filter_map(|op| Op::decode(&op.bytes).unwrap().case)
        .collect();
    assert_eq!(held.len(), 51);
    assert_eq!(store.verify().unwrap().differences, Vec::new());
}

#[test]
fn what_a_restored_station_lost_of_an_earlier_journal_follows_in_the_present_one_once() {
    let mut phone = Phone::new();
    for seed in 1..=3 {
        phone.record(seed, &[], Some("占道"));
    }
    phone.ack(4);
    succeed(phone.store(), 2, log_id(1), 4).unwrap();
    let store = phone.store();
    let earlier = store.earlier_logs().unwrap();
    assert_eq!(
        (earlier.len(), earlier[0].acked.seq, earlier[0].epoch.as_str()),
        (1, Seq(4), "epoch")
    );
    let adopt = |confirmed| {
        store.adopt_again(log_id(1), Seq(confirmed), |adopted| {
            assert_eq!((adopted.from_seq, adopted.to_seq), (Seq(confirmed + 1), Seq(4)));
            Ok::<_, StoreError>(Op {
                body: Body::Adopted(adopted),
                ..log_opened(900, person(1))
            })
        })
    };
    assert!(
        !store
            .adopt_again(log_id(1), Seq(4), |_| -> Result<Op, StoreError> { unreachable!() })
            .unwrap()
    );
    assert!(adopt(2).unwrap());
    assert_eq!(store.head().unwrap().0.seq, Seq(4), "opened, adopted, two ops");
    assert!(!adopt(2).unwrap(), "once");
    store.record_epoch(log_id(1), "another", Seq(1)).unwrap();
    assert_eq!(store.earlier_logs().unwrap()[0].epoch, "another");
    assert_eq!(store.cases(None, 9).unwrap().cases.len(), 3);
}

fn change(kind: &str, id: &str, body: Option<&str>) -> MirrorChange {
    MirrorChange {
        kind: kind.into(),
        id: id.into(),
        body: body.map(|body| (body.to_owned(), Sha256Hash::of(body.as_bytes()))),
    }
}

#[test]
fn a_mirror_is_read_page_by_page_beside_what_is_shown_and_swapped_whole() {
    let mut phone = Phone::new();
    let store = phone.store();
    let rows = [
        change("case", "a", Some("{}")),
        change("unheard_of", "b", Some("{\"x\":1}")),
    ];
    store.apply_changes(Mirror::Shown, &rows, "e.2.00").unwrap();
    store
        .apply_changes(Mirror::Shown, &[change("case", "a", None)], "e.3.00")
        .unwrap();
    assert_eq!(
        store.mirror_hashes(Mirror::Shown).unwrap(),
        [Sha256Hash::of(b"{\"x\":1}")]
    );
    store.begin_shadow().unwrap();
    store.apply_changes(Mirror::Shadow, &rows[..1], "f.1.00").unwrap();
    let store = phone.reopen();
    let cursors = store.mirror_cursors().unwrap();
    assert_eq!(
        (cursors.shown.as_deref(), cursors.shadow.as_deref()),
        (Some("e.3.00"), Some("f.1.00")),
        "a cut goes on where it happened"
    );
    assert_eq!(store.mirror_rows("case").unwrap(), [], "nothing of it is shown yet");
    store.swap_mirror().unwrap();
    let cursors = store.mirror_cursors().unwrap();
    assert_eq!((cursors.shown.as_deref(), cursors.shadow), (Some("f.1.00"), None));
    assert_eq!(store.mirror_rows("case").unwrap(), [("a".to_owned(), "{}".to_owned())]);
    assert!(store.mirror_rows("unheard_of").unwrap().is_empty());
}

#[test]
fn what_the_station_set_aside_is_told_with_its_case_and_pulled_heads_stand_in_front_of_new_words() {
    let mut phone = Phone::new();
    phone.record(1, &[], None);
    let case = phone.written[1].0.case.unwrap();
    let store = phone.store();
    let (own, other) = (phone.written[1].0.id, phone.written[0].0.id);
    let heads = format!("{{\"heads\":[\"{own}\",\"{other}\"]}}");
    let log = log_id(1);
    let rows = [
        change("outcome", &format!("{log}.2"), Some("{\"code\":\"unlawful\"}")),
        change("outcome", "rubbish", Some("{\"code\":\"unlawful\"}")),
        change("case", &case.to_string(), Some(&heads)),
    ];
    store.apply_changes(Mirror::Shown, &rows, "e.3.00").unwrap();
    let aside = store.set_aside().unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(
        (aside[0].seq, aside[0].code.as_str(), aside[0].case),
        (Seq(2), "unlawful", Some(case))
    );
    let mut named = Vec::new();
    let (op, parts) = patrol_testkit::op::case_opened(2, &[], None);
    let mut next = 0;
    let numbers = [change("case", "x", Some("{\"number\":\"0618-041\"}"))];
    store.apply_changes(Mirror::Shown, &numbers, "e.4.00").unwrap();
    store
        .save_draft(|to_save| {
            next = to_save.next_number("0618-")?;
            Ok::<_, StoreError>((op.clone(), parts.clone(), ()))
        })
        .unwrap();
    assert_eq!(next, 42, "a number that the station knows is not given out again");
    let refused = store.change_case::<(), StoreError>(case, |to_change| {
        named = to_change.case.heads.clone();
        Err(StoreError::NoJournal)
    });
    assert!(refused.is_err());
    let mut expected = vec![own, other];
    expected.sort_unstable();
    assert_eq!(named, expected, "own and pulled, each once");
}

#[test]
fn settings_and_the_stations_word_are_kept() {
    let mut phone = Phone::new();
    assert_eq!(phone.store().settings().unwrap(), Settings::default());
    let settings = Settings {
        is_paused: true,
        only_unmetered: true,
    };
    phone.store().write_settings(settings).unwrap();
    assert_eq!(phone.reopen().settings().unwrap(), settings);
    assert_eq!(phone.store().device_standing().unwrap(), DeviceStanding::Active);
}

/// A phone with one case of one original, `days` days before `now`, all of it signed for and safe.
fn prunable() -> (Phone, Sha256Hash, WallMs) {
    let mut phone = Phone::new();
    let photo = original(7, 5_000);
    phone.record(1, &[&photo], None);
    let sha256 = Sha256Hash::of(&photo);
    sign(phone.store(), 2, "epoch", 2);
    phone
        .store()
        .record_photo_receipts(&[SignedPhoto {
            sha256,
            station_ms: FIRST_MS,
            receipt: "{\"bytes\":5000}".into(),
        }])
        .unwrap();
    let wall = phone.written.get(1).unwrap().0.at.wall_ms.0.max(FIRST_MS);
    (phone, sha256, WallMs(wall + 30 * DAY + 1))
}

#[test]
fn an_original_goes_only_when_every_condition_holds_and_stays_when_one_is_off_by_one() {
    let none = Pruned::default();
    let stays = |what: &str, change: &dyn Fn(&Phone, Sha256Hash), days: u32, now: WallMs, epoch: &str| {
        let (phone, sha256, _) = prunable();
        change(&phone, sha256);
        assert_eq!(phone.store().prune_originals(days, now, epoch).unwrap(), none, "{what}");
        assert!(phone.store().vault().contains(sha256).unwrap(), "{what}");
    };
    let (mut phone, sha256, now) = prunable();
    let as_it_is = |_: &Phone, _: Sha256Hash| {};
    stays("a day too young", &as_it_is, 31, now, "epoch");
    stays("a millisecond too young", &as_it_is, 30, WallMs(now.0 - 1), "epoch");
    stays("another epoch", &as_it_is, 30, now, "epoch2");
    stays(
        "one op beyond the safe mark",
        &|phone, _| sign(phone.store(), 2, "epoch", 1),
        30,
        now,
        "epoch",
    );
    stays(
        "one op beyond the receipt",
        &|phone, _| sign(phone.store(), 1, "epoch", 2),
        30,
        now,
        "epoch",
    );
    stays(
        "no receipt of its own",
        &|phone, sha256| _ = phone.store().forget_photo_receipts(&[sha256]).unwrap(),
        30,
        now,
        "epoch",
    );
    stays(
        "a second case names it and has not arrived",
        &|phone, sha256| {
            let photo = original(7, 5_000);
            assert_eq!(Sha256Hash::of(&photo), sha256);
            phone.add_photo(&photo);
            let (op, parts) = patrol_testkit::op::case_opened(2, &[patrol_testkit::op::photo_ref(&photo)], None);
            phone::save(phone.store(), &op, &parts).unwrap();
        },
        30,
        now,
        "epoch",
    );
    stays(
        "it stands on the draft",
        &|phone, _| _ = phone.add_photo(&original(7, 5_000)),
        30,
        now,
        "epoch",
    );

    let pruned = phone.store().prune_originals(30, now, "epoch").unwrap();
    assert_eq!((pruned.originals, pruned.bytes), (1, 5_000));
    assert!(!phone.store().vault().contains(sha256).unwrap());
    assert_eq!(phone.store().prune_originals(30, now, "epoch").unwrap(), none, "once");
    let found = phone.reopen().verify().unwrap();
    assert_eq!((found.differences, found.pruned), (Vec::new(), 1));
    assert_eq!(
        phone.store().ops_after(Seq(0), 9).unwrap().len(),
        2,
        "ops are never cleared away"
    );

    // A station that lost it all the same asks again: the phone has to say that it is gone.
    phone.store().forget_photo_receipts(&[sha256]).unwrap();
    assert!(matches!(
        phone.store().vault().read(sha256),
        Err(VaultError::Missing(_))
    ));
    assert_eq!(phone.store().pending_originals(9).unwrap().len(), 1);
    // Taken once more it is an original like any other, and its loss would be one.
    phone.add_photo(&original(7, 5_000));
    let found = phone.store().verify().unwrap();
    assert_eq!((found.differences, found.pruned, found.originals), (Vec::new(), 0, 1));
    std::fs::remove_dir_all(phone.folder().join("vault")).unwrap();
    let lost = phone.store().verify().unwrap().differences;
    assert_eq!(lost, [Difference::OriginalMissing(sha256)]);
}
