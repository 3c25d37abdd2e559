//! What waits and what is signed for: nothing else than the journal, the vault and the station's receipts decides it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use patrol_domain::port::Clock as _;
use patrol_domain::{BootMs, ClockOffset, Head, PhotoSource, Seq, Sha256Hash};
use patrol_store::{
    ClockMeasurement, Counts, LostPhoto, PendingPhoto, PhotoProblem, ReceiptOf, SignedPhoto, Store, StoredReceipt,
};
use patrol_testkit::HandClock;
use patrol_testkit::op::{log_id, original, original_lost};
use phone::{Phone, connect, station_ms};

fn signed(sha256: Sha256Hash, station_ms: i64) -> SignedPhoto {
    let receipt = "{}".into();
    SignedPhoto {
        sha256,
        station_ms,
        receipt,
    }
}

fn photo(seed: u64) -> Vec<u8> {
    original(seed, 1_000 + usize::try_from(seed).unwrap())
}

fn hash(seed: u64) -> Sha256Hash {
    Sha256Hash::of(&photo(seed))
}

fn waiting(seed: u64) -> PendingPhoto {
    PendingPhoto {
        sha256: hash(seed),
        bytes: 1_000 + seed,
        source: PhotoSource::Import,
        begun: false,
    }
}

/// Op 2: photos 1 and 2. Op 3: photo 3. Op 4: none. Op 5: photos 4 and 1 again.
fn recorded() -> Phone {
    let mut phone = Phone::new();
    phone.record(1, &[&photo(1), &photo(2)], Some("占道"));
    phone.record(2, &[&photo(3)], None);
    phone.record(3, &[], None);
    phone.record(4, &[&photo(4), &photo(1)], None);
    phone
}

fn originals(store: &Store) -> Vec<Sha256Hash> {
    hashes(store.pending_originals(100).unwrap())
}

fn thumbnails(store: &Store) -> Vec<Sha256Hash> {
    hashes(store.pending_thumbnails(100, 20_000).unwrap())
}

fn hashes(pending: Vec<PendingPhoto>) -> Vec<Sha256Hash> {
    pending.into_iter().map(|photo| photo.sha256).collect()
}

fn counts(phone: &Phone) -> Counts {
    phone.store().counts().unwrap()
}

#[test]
fn before_any_receipt_nothing_is_signed_for_and_no_photo_may_go() {
    let phone = recorded();
    let progress = phone.store().progress().unwrap();
    assert_eq!(progress.acked, Head::start(log_id(1)));
    assert_eq!((progress.epoch, progress.receipt), (None, None));
    assert!(thumbnails(phone.store()).is_empty() && originals(phone.store()).is_empty());
    let expected = Counts {
        cases_on_phone: 4,
        photos_on_phone: 4,
        bytes_on_phone: 4_010,
        cases_at_station: 0,
        photos_at_station: 0,
    };
    assert_eq!(counts(&phone), expected);
    assert_eq!(
        phone.store().waiting_cases(100).unwrap(),
        phone.store().cases(None, 100).unwrap().cases
    );
}

#[test]
fn a_receipt_moves_the_counter_and_is_there_after_opening_again() {
    let mut phone = recorded();
    for seq in [2, 4] {
        phone.ack(seq);
        let progress = phone.reopen().progress().unwrap();
        let head = phone.store().hash_at(Seq(seq)).unwrap().unwrap();
        assert_eq!(
            progress.acked,
            Head {
                seq: Seq(seq),
                hash: head
            }
        );
        assert_eq!(progress.epoch.as_deref(), Some("epoch"));
        let receipt = StoredReceipt {
            seq: Seq(seq),
            head,
            station_ms: station_ms(seq),
            beacon: "beacon".into(),
        };
        assert_eq!(progress.receipt, Some(receipt));
    }
    let cases = phone.store().cases(None, 100).unwrap().cases;
    let covered: Vec<_> = cases
        .iter()
        .map(|case| (case.record_at_station, case.receipt_ms))
        .collect();
    let signed = (true, Some(station_ms(4)));
    assert_eq!(covered, [(false, None), signed, signed, signed]);
    assert_eq!(
        cases.iter().filter(|case| case.at_station()).count(),
        1,
        "the one without photos"
    );
    assert_eq!((counts(&phone).cases_at_station, counts(&phone).cases_on_phone), (1, 3));
}

#[test]
fn photos_wait_only_behind_their_op_and_the_newest_case_goes_first() {
    let phone = recorded();
    phone.ack(2);
    assert_eq!(
        phone.store().pending_thumbnails(9, 20_000).unwrap(),
        [waiting(1), waiting(2)]
    );
    assert_eq!(phone.store().pending_originals(9).unwrap(), [waiting(1), waiting(2)]);
    phone.ack(4);
    assert_eq!(thumbnails(phone.store()), [3, 1, 2].map(hash));
    phone.ack(5);
    let newest_first = [4, 1, 3, 2].map(hash);
    assert_eq!(
        thumbnails(phone.store()),
        newest_first,
        "a photo of two cases goes with the newer"
    );
    assert_eq!(originals(phone.store()), newest_first);
    assert_eq!(hashes(phone.store().pending_originals(2).unwrap()), newest_first[..2]);
    assert!(phone.store().pending_thumbnails(0, 20_000).unwrap().is_empty());
    let originals = originals(phone.store()).len();
    assert!(originals > 0, "originals wait");
    assert!(
        phone.store().pending_thumbnails(9, 0).unwrap().is_empty(),
        "one that the station does not take waits for nothing"
    );
}

#[test]
fn a_thumbnail_goes_once_and_its_original_still_waits() {
    let mut phone = recorded();
    phone.ack(5);
    for seed in [4, 3] {
        phone.store().record_thumbnail(hash(seed)).unwrap();
    }
    assert_eq!(thumbnails(phone.reopen()), [1, 2].map(hash));
    assert_eq!(originals(phone.store()).len(), 4);
    assert_eq!(counts(&phone).photos_on_phone, 4);
}

#[test]
fn an_original_that_was_begun_is_asked_for_first() {
    let mut phone = recorded();
    phone.ack(5);
    phone.store().record_begun(&[hash(3)]).unwrap();
    phone.store().record_thumbnail(hash(3)).unwrap();
    phone.store().record_begun(&[hash(3)]).unwrap();
    let pending = phone.reopen().pending_originals(9).unwrap();
    let begun: Vec<_> = pending.iter().map(|photo| photo.begun).collect();
    assert_eq!(begun, [false, false, true, false]);
    assert!(!thumbnails(phone.store()).contains(&hash(3)));
}

#[test]
fn a_case_is_at_the_station_when_its_op_and_all_its_photos_are_signed_for() {
    let mut phone = recorded();
    phone.store().record_photo_receipts(&[signed(hash(3), 77)]).unwrap();
    assert_eq!(counts(&phone).cases_at_station, 0, "its op is not");
    phone.ack(5);
    assert_eq!(counts(&phone).cases_at_station, 2);
    for (seed, cases) in [(2, 2), (1, 3), (4, 4)] {
        phone.store().record_photo_receipts(&[signed(hash(seed), 77)]).unwrap();
        assert_eq!(counts(&phone).cases_at_station, cases);
    }
    let expected = Counts {
        cases_on_phone: 0,
        photos_on_phone: 0,
        bytes_on_phone: 0,
        cases_at_station: 4,
        photos_at_station: 4,
    };
    phone.reopen();
    assert_eq!(counts(&phone), expected);
    assert!(phone.store().waiting_cases(9).unwrap().is_empty());
    assert!(originals(phone.store()).is_empty());
    assert!(
        phone
            .store()
            .cases(None, 9)
            .unwrap()
            .cases
            .iter()
            .all(|case| case.at_station())
    );
}

#[test]
fn a_station_restored_to_an_earlier_state_gets_everything_again() {
    let mut phone = recorded();
    phone.ack(5);
    for seed in 1..=4 {
        phone.store().record_thumbnail(hash(seed)).unwrap();
        phone.store().record_photo_receipts(&[signed(hash(seed), 77)]).unwrap();
    }
    let progress = phone.store().progress().unwrap();
    let time = phone.store().latest_station_time().unwrap();
    assert!(time.is_some());
    phone.store().rewind().unwrap();
    assert_eq!(phone.reopen().progress().unwrap().acked, Head::start(log_id(1)));
    for _ in 0..2 {
        let before = phone.reopen().signed_before().unwrap().unwrap();
        assert_eq!(
            (before.seq, Some(before.epoch)),
            (progress.acked.seq, progress.epoch.clone())
        );
        // Set back once more before it was told: it is still to be told.
        phone.store().rewind().unwrap();
    }
    assert_eq!(
        (counts(&phone).cases_on_phone, counts(&phone).photos_at_station),
        (4, 4)
    );
    let gone = [hash(4), hash(2), Sha256Hash::of(b"not ours")];
    assert_eq!(phone.store().forget_photo_receipts(&gone).unwrap(), 2);
    assert_eq!(
        phone.store().forget_photo_receipts(&gone).unwrap(),
        0,
        "said once is enough"
    );
    phone.ack(5);
    assert_eq!(phone.store().signed_before().unwrap(), None, "it has answered");
    assert_eq!(thumbnails(phone.reopen()), [4, 1, 3, 2].map(hash));
    let pending = phone.store().pending_originals(9).unwrap();
    let begun = |seed| PendingPhoto {
        begun: true,
        ..waiting(seed)
    };
    assert_eq!(pending, [begun(4), begun(2)], "a part may still lie there");
    assert_eq!(
        (counts(&phone).photos_on_phone, counts(&phone).photos_at_station),
        (2, 2)
    );
    phone.store().record_photo_receipts(&[signed(hash(4), 99)]).unwrap();
    phone.store().record_photo_receipts(&[signed(hash(2), 99)]).unwrap();
    assert_eq!(counts(&phone).cases_at_station, 4);
}

#[test]
fn a_lost_original_is_said_in_an_op_and_is_never_taken_for_arrived() {
    let mut phone = recorded();
    phone.ack(5);
    for (seed, problem) in [(3, PhotoProblem::Lost), (2, PhotoProblem::Damaged)] {
        let op = original_lost(seed, hash(seed));
        phone.store().record_problem(hash(seed), problem, &op).unwrap();
        phone.wrote(op, Vec::new());
    }
    assert_eq!(phone.reopen().digest().unwrap(), phone.expected_digest());
    assert_eq!(phone.store().head().unwrap().0.seq, Seq(7));
    assert_eq!(originals(phone.store()), [4, 1, 3, 2].map(hash), "it may come back");
    assert!(phone.store().has_problem(hash(3)).unwrap() && !phone.store().has_problem(hash(4)).unwrap());
    let cases = phone.store().cases(None, 9).unwrap().cases;
    let lost: Vec<_> = cases
        .iter()
        .flat_map(|case| &case.photos)
        .filter(|photo| photo.lost)
        .collect();
    assert_eq!(lost.len(), 2);
    assert!(lost.iter().all(|photo| !photo.at_station));
    let before = counts(&phone);
    assert_eq!(
        (before.photos_on_phone, before.photos_at_station),
        (4, 0),
        "what is lost has not arrived"
    );
    phone.store().record_photo_receipts(&[signed(hash(3), 99)]).unwrap();
    assert!(!phone.store().has_problem(hash(3)).unwrap(), "it came back and arrived");
    assert_eq!(
        (counts(&phone).photos_on_phone, counts(&phone).photos_at_station),
        (3, 1)
    );
}

#[test]
fn an_op_that_fails_leaves_no_mark() {
    let phone = recorded();
    phone.ack(5);
    let mut op = original_lost(3, hash(3));
    op.photos = vec![patrol_testkit::op::photo_ref(b"x"); 600];
    assert!(phone.store().record_problem(hash(3), PhotoProblem::Lost, &op).is_err());
    assert!(originals(phone.store()).contains(&hash(3)));
    assert_eq!(phone.store().head().unwrap().0.seq, Seq(5));
}

#[test]
fn the_clock_offset_is_known_only_for_the_boot_it_was_measured_in() {
    let mut phone = Phone::new();
    let clock = HandClock::new(0);
    let offset = |store: &Store| store.moment(clock.boot_id(), clock.boot()).unwrap().offset;
    assert_eq!(offset(phone.store()), None);
    let measure = |offset_ms| ClockMeasurement {
        offset_ms,
        err_ms: 40,
        boot_id: clock.boot_id(),
        boot: clock.boot(),
        is_synchronised: Some(true),
    };
    phone.store().record_clock(measure(-350)).unwrap();
    clock.set_wall(i64::MIN);
    clock.advance(3_600_000);
    let expected = ClockOffset {
        ms: -350,
        err: 40,
        age: 3_600_000,
        synchronised: true,
    };
    assert_eq!(offset(phone.reopen()), Some(expected));
    let earlier = phone.store().moment(clock.boot_id(), BootMs(0)).unwrap().offset;
    assert_eq!(earlier.map(|offset| offset.age), Some(0), "never from the future");
    phone.store().record_clock(measure(86_400_000)).unwrap();
    assert_eq!(
        offset(phone.store()),
        Some(ClockOffset {
            ms: 86_400_000,
            err: 40,
            age: 0,
            synchronised: true,
        })
    );
    clock.reboot();
    assert_eq!(offset(phone.store()), None, "after a restart the age is unknown");
    for (said, counts) in [(None, false), (Some(false), false), (Some(true), true)] {
        let measured = ClockMeasurement {
            is_synchronised: said,
            boot_id: clock.boot_id(),
            ..measure(1)
        };
        phone.store().record_clock(measured).unwrap();
        let told = offset(phone.store()).unwrap();
        assert_eq!((told.ms, told.is_within_a_second()), (1, counts), "{said:?}");
    }
}

#[test]
fn receipts_are_leafed_through_newest_first_and_each_names_its_case_and_its_key() {
    let phone = recorded();
    phone.ack(5);
    let mut photos: Vec<SignedPhoto> = (1..=4).map(|seed| signed(hash(seed), 10 * seed as i64)).collect();
    photos
        .iter_mut()
        .for_each(|photo| photo.receipt = r#"{"key_id":"k1"}"#.into());
    phone.store().record_photo_receipts(&photos).unwrap();
    let all = phone.store().receipts(None, 100).unwrap();
    assert_eq!(all.len(), 5, "one of the journal, four of originals");
    assert!(all.is_sorted_by(|newer, older| (newer.station_ms, newer.hash) > (older.station_ms, older.hash)));
    let of_photo = all.iter().find(|receipt| receipt.hash == hash(3)).unwrap();
    assert_eq!((of_photo.key_id.as_str(), of_photo.station_ms), ("k1", 30));
    assert!(matches!(&of_photo.of, ReceiptOf::Photo(Some(_))));
    assert!(all.iter().any(|receipt| receipt.of == ReceiptOf::Records(Seq(5))));
    let (mut leafed, mut mark) = (Vec::new(), None);
    loop {
        let page = phone.store().receipts(mark, 2).unwrap();
        let Some(last) = page.last() else { break };
        mark = Some((last.station_ms, last.hash));
        leafed.extend(page);
    }
    assert_eq!(leafed, all);
}

#[test]
fn an_original_that_is_lost_is_named_until_the_station_has_signed_for_it() {
    let phone = recorded();
    phone.ack(5);
    let op = original_lost(3, hash(3));
    phone.store().record_problem(hash(3), PhotoProblem::Lost, &op).unwrap();
    let lost = phone.store().lost_photos(9).unwrap();
    assert!(matches!(
        lost.as_slice(),
        [LostPhoto {
            problem: PhotoProblem::Lost,
            number: Some(_),
            ..
        }]
    ));
    assert_eq!(lost.iter().map(|photo| photo.sha256).collect::<Vec<_>>(), [hash(3)]);
    phone.store().record_photo_receipts(&[signed(hash(3), 30)]).unwrap();
    assert!(phone.store().lost_photos(9).unwrap().is_empty());
}

#[test]
fn what_the_sync_page_shows_is_read_without_a_look_at_what_does_not_wait() {
    let mut phone = recorded();
    phone.close();
    let connection = connect(&phone.folder().join("patrol.db"));
    for sql in [
        include_str!("../src/case/count_cases.sql"),
        include_str!("../src/case/count_photos.sql"),
        include_str!("../src/case/list_waiting.sql"),
        include_str!("../src/outbox/list_originals.sql"),
        include_str!("../src/outbox/list_thumbnails.sql"),
        include_str!("../src/receipt/list_lost.sql"),
        include_str!("../src/receipt/list_photos.sql"),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan: Vec<String> = statement
            .raw_query()
            .mapped(|row| row.get(3))
            .collect::<Result<_, _>>()
            .unwrap();
        let is_scan = |line: &&String| line.starts_with("SCAN ");
        for scan in plan.iter().filter(is_scan) {
            let small = [
                "SCAN j",
                "SCAN w",
                "SCAN l",
                "SCAN waiting",
                "SCAN sync_count",
                "SCAN (",
                "SCAN CONSTANT",
            ];
            // Each of these indexes holds what waits and nothing else.
            let waits = ["sync_photo_unsigned", "sync_photo_thumbless", "sync_photo_lost"];
            let is_known =
                small.iter().any(|known| scan.starts_with(known)) || waits.iter().any(|one| scan.contains(one));
            assert!(is_known, "{sql}\n{plan:#?}");
        }
    }
}
