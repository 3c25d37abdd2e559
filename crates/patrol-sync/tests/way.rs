//! A phone's rounds with a station that says what a test wants it to say: another life, less than it signed for, a phone
//! it does not know, rows that do not add up. A network that stands in for HTTP; the phone's memory is the true one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "way/phone.rs"]
mod phone;
#[path = "way/station.rs"]
mod station;

use patrol_domain::{Seq, Sha256Hash, StationMs};
use patrol_store::{DeviceStanding, Mirror};
use patrol_sync::{Finished, SyncError, run_audit, run_round};
use patrol_testkit::op::FIRST_MS;
use patrol_wire::changes::{fold_checksum, row_hash};
use patrol_wire::{Caps, Change, DeviceState, ScopeSum};
use phone::Phone;
use serde_json::json;
use station::{Station, public_key};

#[tokio::test]
async fn a_station_that_does_not_know_the_phone_is_shown_its_certificate_once() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 3);
    station.with(|set| set.knows_phone = false);
    assert_eq!(run_round(&station, &phone).await.unwrap(), Finished::Whole);
    assert_eq!(station.asked("readmit"), 1);
    assert_eq!(station.held(), 5);
}

#[tokio::test]
async fn a_phone_that_is_refused_with_its_certificate_is_told_so_and_keeps_and_records_everything() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 3);
    for readmits in [false, true] {
        // Refused at once, or let in and refused all the same.
        station.with(|set| (set.knows_phone, set.readmits, set.keeps_refusing) = (false, readmits, readmits));
        let before = station.asked("readmit");
        let ended = run_round(&station, &phone).await;
        assert!(matches!(ended, Err(SyncError::NotAccepted)), "{ended:?}");
        assert_eq!(station.asked("readmit") - before, 1, "shown once");
        assert_eq!(phone.store().device_standing().unwrap(), DeviceStanding::Refused);
    }
    phone.record(9, 1);
    assert_eq!(phone.store().head().unwrap().0.seq, Seq(6));
    station.with(|set| (set.knows_phone, set.keeps_refusing) = (true, false));
    run_round(&station, &phone).await.unwrap();
    assert_eq!(phone.store().device_standing().unwrap(), DeviceStanding::Active);
    assert_eq!(station.held(), 6);
}

#[tokio::test]
async fn another_epoch_is_stored_and_what_was_safe_in_the_old_one_is_not_safe_in_it() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 2);
    station.with(|set| set.safe = Some(Seq(4)));
    run_round(&station, &phone).await.unwrap();
    // The mark is given with the status, and the first status came before the push.
    run_round(&station, &phone).await.unwrap();
    assert_eq!(phone.store().progress().unwrap().epoch.as_deref(), Some("K7Q2"));
    station.with(|set| {
        set.epoch = "B2B2".into();
        set.safe = None;
    });
    run_round(&station, &phone).await.unwrap();
    assert_eq!(phone.store().progress().unwrap().epoch.as_deref(), Some("B2B2"));
    assert_eq!(
        phone.store().progress().unwrap().acked.seq,
        Seq(4),
        "nothing is sent again that is there"
    );
}

#[tokio::test]
async fn a_station_set_back_with_its_marker_is_told_what_it_had_signed_for() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 4);
    run_round(&station, &phone).await.unwrap();
    station.with(|set| set.logs.values_mut().for_each(|ops| ops.truncate(2)));
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.held(), 6);
    let told = station.with(|set| set.heads.last().unwrap().clone());
    assert_eq!(
        (told.from_seq, told.acked_seq),
        (Seq(1), Some(Seq(6))),
        "sent from the start, and told"
    );
    assert_eq!(told.epoch.as_deref(), Some("K7Q2"));
    let signed = told.signed.unwrap();
    let receipt = signed.verify(&public_key()).unwrap();
    assert_eq!(
        (receipt.seq, receipt.epoch.as_deref()),
        (Seq(6), Some("K7Q2")),
        "by its own word"
    );
    phone.record(100, 1);
    run_round(&station, &phone).await.unwrap();
    let next = station.with(|set| set.heads.last().unwrap().clone());
    assert_eq!(
        (next.from_seq, next.acked_seq, next.signed),
        (Seq(7), None, None),
        "once"
    );
}

#[tokio::test]
async fn a_phone_that_was_cut_off_before_it_could_tell_tells_in_a_later_round() {
    let (mut phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 4);
    run_round(&station, &phone).await.unwrap();
    station.with(|set| {
        set.logs.values_mut().for_each(|ops| ops.truncate(2));
        set.cut_pushes = 2;
    });
    for _ in 0..2 {
        assert!(run_round(&station, &phone).await.unwrap_err().is_network());
        assert_eq!(station.held(), 2);
        phone.reopen();
        // What a certificate is held against does not go back with the receipt.
        assert_eq!(phone.store().latest_station_time().unwrap(), Some(StationMs(FIRST_MS)));
    }
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.held(), 6);
    let told = station.with(|set| set.heads.last().unwrap().clone());
    let signed = told.signed.unwrap();
    assert_eq!(signed.verify(&public_key()).unwrap().seq, Seq(6));
    assert_eq!(phone.store().signed_before().unwrap(), None);
}

#[tokio::test]
async fn the_phones_clock_counts_as_right_only_against_a_station_that_says_its_own_is() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    for (said, off_ms, counts) in [
        (None, 0, false),
        (Some(false), 0, false),
        (Some(true), 990, true),
        (Some(true), 1_500, false),
    ] {
        station.with(|set| (set.clock_synchronised, set.now) = (said, FIRST_MS + off_ms));
        run_round(&station, &phone).await.unwrap();
        let offset = phone.moment().offset.unwrap();
        assert_eq!(offset.is_within_a_second(), counts, "{said:?} {offset:?}");
    }
}

#[tokio::test]
async fn a_pause_holds_what_waits_and_where_nothing_waits_there_is_nothing_to_hold() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    run_round(&station, &phone).await.unwrap();
    phone.pause();
    let asked = station.asked("status");
    assert_eq!(run_round(&station, &phone).await.unwrap(), Finished::Whole);
    phone.record(1, 1);
    assert_eq!(run_round(&station, &phone).await.unwrap(), Finished::Held);
    assert_eq!(station.asked("status"), asked, "nobody is called");
}

#[tokio::test]
async fn a_fork_is_found_in_few_round_trips_and_left_behind() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 200);
    run_round(&station, &phone).await.unwrap();
    let log = phone.store().journal().unwrap().unwrap().log;
    // The other phone of a pair of copies went on here; and the station was put back before.
    for keeps in [60, 100] {
        let before = phone.store().journal().unwrap().unwrap().log;
        phone.record(1000 + keeps as u64, 2);
        station.with(|set| {
            let ops = set.logs.get_mut(&before).unwrap();
            ops.truncate(keeps);
            ops.push((b"{}".to_vec(), Sha256Hash::of(b"another")));
        });
        let asked = station.asked("head");
        run_round(&station, &phone).await.unwrap();
        let trips = station.asked("head") - asked;
        assert!((1..=12).contains(&trips), "{trips} round trips");
        let now = phone.store().journal().unwrap().unwrap().log;
        assert_ne!(now, before);
        let head = phone.store().head().unwrap().0;
        assert_eq!(station.with(|set| set.logs[&now].len() as u64), head.seq.0);
        assert_eq!(phone.store().progress().unwrap().acked, head);
    }
    assert_ne!(phone.store().journal().unwrap().unwrap().log, log);
    assert_eq!(phone.store().counts().unwrap().cases_on_phone, 0);
    assert_eq!(phone.store().verify().unwrap().differences, Vec::new());
}

#[tokio::test]
async fn a_station_that_forks_each_journal_ends_the_round_instead_of_going_on_for_ever() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 1);
    station.with(|set| set.forks_always = true);
    let ended = run_round(&station, &phone).await;
    assert!(matches!(ended, Err(SyncError::Forked)), "{ended:?}");
    assert_eq!(phone.store().counts().unwrap().cases_on_phone, 1);
    assert_eq!(phone.store().verify().unwrap().differences, Vec::new());
}

#[tokio::test]
async fn the_stations_limits_bound_each_push_and_its_wish_for_rest_is_granted() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 9);
    station.with(|set| {
        set.caps = Some(Caps {
            max_ops_per_push: 4,
            max_raw_bytes_per_push: 1 << 20,
            max_thumbnail_bytes: 20_000,
            photos_in_flight: 1,
        });
        set.retry_after_ms = Some(60);
    });
    let begun = tokio::time::Instant::now();
    run_round(&station, &phone).await.unwrap();
    let pushed: Vec<u64> = station.with(|set| set.heads.iter().map(|head| head.count).collect());
    assert_eq!(pushed, [4, 4, 3]);
    assert!(begun.elapsed().as_millis() >= 180, "three rests");
}

#[tokio::test]
async fn a_round_compares_once_and_again_only_where_the_station_may_lack_more_than_it_named() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    run_round(&station, &phone).await.unwrap();
    let statuses = |missing: Vec<Sha256Hash>| {
        let (phone, station) = (&phone, &station);
        async move {
            station.with(|set| set.missing = missing);
            phone.record(station.held() as u64, 1);
            let asked = ["status", "push", "changes"].map(|what| station.asked(what));
            run_round(station, phone).await.unwrap();
            ["status", "push", "changes"]
                .iter()
                .zip(asked)
                .map(|(what, before)| station.asked(what) - before)
                .collect::<Vec<_>>()
        }
    };
    let named = |count: u64| (0..count).map(|number| Sha256Hash::of(&number.to_be_bytes())).collect();
    assert_eq!(statuses(named(0)).await, [1, 1, 1]);
    assert_eq!(statuses(named(199)).await, [1, 1, 1]);
    assert_eq!(statuses(named(200)).await, [2, 1, 1], "a full list may hide others");
    station.with(|set| set.epoch = "B2B2".into());
    assert_eq!(statuses(named(0)).await, [2, 1, 1], "another life");
}

#[tokio::test]
async fn a_retired_phone_brings_what_it_has_and_asks_for_nothing() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 2);
    station.with(|set| set.device_state = Some(DeviceState::Retired));
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.held(), 4);
    assert_eq!((station.asked("changes"), station.asked("audit")), (0, 0));
    assert_eq!(phone.store().device_standing().unwrap(), DeviceStanding::Retired);
}

fn row(seq: u64, id: &str, n: i64) -> Change {
    Change {
        seq,
        kind: "case".into(),
        id: id.into(),
        body: Some(json!({ "n": n })),
    }
}

fn sum(rows: &[Change]) -> ScopeSum {
    let hashes = rows
        .iter()
        .map(|row| row_hash(&row.kind, &row.id, row.body.as_ref().unwrap()).unwrap());
    ScopeSum {
        rows: rows.len() as u64,
        checksum: hashes.fold(Sha256Hash::from_bytes([0; 32]), fold_checksum),
    }
}

#[tokio::test]
async fn pages_are_taken_up_to_the_sum_and_a_cut_between_two_goes_on_with_the_second() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    let rows: Vec<Change> = (1..=450).map(|seq| row(seq, &format!("{seq}"), 1)).collect();
    station.with(|set| (set.changes, set.cut_changes_at) = (rows.clone(), Some(2)));
    assert!(run_round(&station, &phone).await.unwrap_err().is_network());
    assert_eq!(phone.store().mirror_hashes(Mirror::Shown).unwrap().len(), 200);
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.asked("changes"), 4, "the first page once");
    let held = phone.store().mirror_hashes(Mirror::Shown).unwrap();
    assert_eq!(
        held.into_iter().fold(Sha256Hash::from_bytes([0; 32]), fold_checksum),
        sum(&rows).checksum
    );
}

#[tokio::test]
async fn a_mirror_that_differs_or_a_cursor_that_is_gone_is_read_anew_and_swapped() {
    for is_gone in [false, true] {
        let (phone, station) = (Phone::enrolled(), Station::new());
        station.with(|set| set.changes = vec![row(1, "a", 1), row(2, "b", 1)]);
        run_round(&station, &phone).await.unwrap();
        // Another life of the station: other rows under the same numbers, or none of these numbers.
        station.with(|set| {
            set.changes = vec![row(1, "c", 1), row(2, "d", 7)];
            set.gone_below = if is_gone { u64::MAX } else { 0 };
        });
        run_round(&station, &phone).await.unwrap();
        let ids: Vec<String> = phone
            .store()
            .mirror_rows("case")
            .unwrap()
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(ids, ["c", "d"], "gone: {is_gone}");
        assert_eq!(phone.store().mirror_cursors().unwrap().shadow, None);
    }
}

#[tokio::test]
async fn rows_that_never_add_up_leave_what_is_shown_and_are_said() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    station.with(|set| set.changes = vec![row(1, "a", 1)]);
    run_round(&station, &phone).await.unwrap();
    station.with(|set| {
        set.changes = vec![row(1, "a", 1), row(2, "b", 1)];
        set.lies_about_sum = true;
    });
    phone.record(1, 1);
    let ended = run_round(&station, &phone).await;
    assert!(matches!(ended, Err(SyncError::Mirror(_))), "{ended:?}");
    assert_eq!(
        station.held(),
        3,
        "what the phone had to bring has arrived all the same"
    );
}

#[tokio::test]
async fn both_sides_are_counted_once_a_day_and_when_asked_and_a_difference_is_named() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 5);
    run_round(&station, &phone).await.unwrap();
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.asked("audit"), 1, "once a day");
    assert!(phone.store().last_audit().unwrap().unwrap().is_equal);
    station.with(|set| {
        set.now += 24 * 60 * 60 * 1000;
        set.miscounts = true;
    });
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.asked("audit"), 2);
    let audit = phone.store().last_audit().unwrap().unwrap();
    assert!(!audit.is_equal && audit.days == ["2026-06-18"], "{audit:?}");
    station.with(|set| set.miscounts = false);
    assert!(run_audit(&station, &phone).await.unwrap().unwrap().is_equal);
}

#[tokio::test]
async fn the_sealed_root_goes_once_and_again_to_a_station_in_another_life() {
    let (phone, station) = (Phone::enrolled(), Station::new());
    phone.record(1, 1);
    for _ in 0..2 {
        run_round(&station, &phone).await.unwrap();
    }
    assert_eq!(station.asked("recovery"), 1);
    let envelope = station.with(|set| set.recovery.clone().unwrap());
    assert_eq!((envelope.enc.len(), envelope.key_id.len()), (130, 16));
    station.with(|set| set.epoch = "B2B2".into());
    run_round(&station, &phone).await.unwrap();
    assert_eq!(station.asked("recovery"), 2);
}
