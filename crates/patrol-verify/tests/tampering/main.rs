//! An export is tampered with in every way, by somebody without the exporter's key and by somebody with it, and each way
//! has its own name.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod shared;
mod station;
mod ways;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use patrol_domain::Sha256Hash;
use patrol_verify::{Report, compare, find_forks, verify};
use patrol_wire::export::Exporter;
use proptest::prelude::*;
use shared::{
    DEVICE, Files, STATION, STRANGER, World, public, put_together, put_together_sealed, take_apart, with_adopted, world,
};
use ways::{Tamper, WITH_THE_KEY, WITHOUT_THE_KEY, file, position};

fn check(export: &[u8]) -> Report {
    verify(export, &[public(STATION).thumbprint()]).unwrap()
}

fn codes(report: &Report) -> BTreeSet<&'static str> {
    report.failures.iter().map(|failure| failure.code()).collect()
}

fn table(rows: &[(&str, Tamper, &[&str])], together: impl Fn(&Files) -> Vec<u8>) {
    table_of(Exporter::Phone, rows, together);
}

fn table_of(exporter: Exporter, rows: &[(&str, Tamper, &[&str])], together: impl Fn(&Files) -> Vec<u8>) {
    let whole = take_apart(&world(4).export(exporter));
    let mut wrong = Vec::new();
    for (what, tamper, expected) in rows {
        let mut files = whole.clone();
        tamper(&mut files);
        let found = codes(&check(&together(&files)));
        let expected: BTreeSet<&str> = expected.iter().copied().collect();
        if found != expected {
            wrong.push(format!("{what}: found {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_export_as_it_was_written_is_fine_and_the_same_bytes_each_time() {
    for exporter in [Exporter::Phone, Exporter::Station] {
        let export = with_adopted(world(4)).export(exporter);
        assert_eq!(export, with_adopted(world(4)).export(exporter));
        let report = check(&export);
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        assert!(report.absences.is_empty(), "{:?}", report.absences);
        assert_eq!(
            (report.counts.ops, report.counts.distinct_ops, report.counts.photos),
            (10, 8, 4)
        );
        assert_eq!(put_together(&take_apart(&export)), export);
        assert_eq!(
            put_together_sealed(
                &take_apart(&export),
                if exporter == Exporter::Phone { DEVICE } else { STATION }
            ),
            export
        );
    }
}

#[test]
fn who_cannot_sign_as_the_exporter_is_found_at_the_file_and_at_what_it_means() {
    table(WITHOUT_THE_KEY, put_together);
}

#[test]
fn who_can_sign_as_the_exporter_is_found_by_what_others_have_signed_and_chained() {
    table(WITH_THE_KEY, |files| put_together_sealed(files, DEVICE));
}

#[test]
fn a_rewritten_journal_is_given_away_by_the_stations_receipts() {
    let mut forged = world(4);
    let receipts = world(4);
    forged.journals[0].ops.remove(2);
    forged.photos.remove(1);
    let mut files = take_apart(&forged.export(Exporter::Phone));
    let genuine = take_apart(&receipts.export(Exporter::Phone));
    *file(&mut files, "/receipts/") = genuine[position(&genuine, "/receipts/")].1.clone();
    let found = codes(&check(&put_together_sealed(&files, DEVICE)));
    assert_eq!(found, BTreeSet::from(["receipt_head"]));
}

#[test]
fn another_station_s_key_believes_nothing_of_it() {
    let report = verify(
        world(3).export(Exporter::Phone).as_slice(),
        &[public(STRANGER).thumbprint()],
    )
    .unwrap();
    assert_eq!(
        codes(&report),
        BTreeSet::from(["certificate_key", "photo_receipt_key", "receipt_key"])
    );
    let report = verify(
        world(3).export(Exporter::Station).as_slice(),
        &[public(STRANGER).thumbprint()],
    )
    .unwrap();
    assert!(codes(&report).contains("exporter_key"));
    let report = verify(world(3).export(Exporter::Station).as_slice(), &[]).unwrap();
    assert!(report.failures.is_empty() && !report.is_anchored);
}

#[test]
fn an_op_that_was_taken_over_must_be_the_very_op() {
    let mut world = with_adopted(world(4));
    let text = String::from_utf8(world.journals[1].ops[3].0.clone()).unwrap();
    world.journals[1].ops[3].0 = text.replace("PK01", "PK02").into_bytes();
    assert_eq!(
        codes(&check(&world.export(Exporter::Phone))),
        BTreeSet::from(["adopted_changed"])
    );
}

#[test]
fn what_may_rightly_be_missing_is_no_tampering() {
    let mut world = world(4);
    world.journals[0].ops[2].1.clear();
    let missing: BTreeSet<Sha256Hash> = world.photos.iter().map(|photo| Sha256Hash::of(photo)).collect();
    let not_receipted = *missing.iter().next_back().unwrap();
    let mut files = take_apart(&world.export(Exporter::Station));
    files.retain(|(name, _)| !name.contains(&not_receipted.to_string()));
    let report = check(&put_together_sealed(&files, STATION));
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let found: BTreeSet<&str> = report.absences.iter().map(|absence| absence.code()).collect();
    assert_eq!(found, BTreeSet::from(["photo_not_arrived", "words"]));
    // The same one, when the station has signed for it, was taken out.
    let mut files = take_apart(&world.export(Exporter::Station));
    let receipted = missing.iter().next().unwrap().to_string();
    files.retain(|(name, _)| !name.contains(&receipted));
    assert_eq!(
        codes(&check(&put_together_sealed(&files, STATION))),
        BTreeSet::from(["photo_missing"])
    );
}

#[test]
fn station_and_phone_are_equal_exactly_when_they_hold_the_same() {
    let phone = check(&with_adopted(world(4)).export(Exporter::Phone));
    let station = check(&with_adopted(world(4)).export(Exporter::Station));
    assert_eq!(
        compare(&[&phone.content], &[&station.content]),
        patrol_verify::Comparison::default()
    );
    let mut behind = with_adopted(world(4));
    behind.journals[1].ops.pop();
    behind.journals[0].ops[1].1.clear();
    behind.photos.remove(0);
    let station = check(&behind.export(Exporter::Station));
    let found = compare(&[&phone.content], &[&station.content]);
    assert_eq!(found.differences.len(), 4, "{:#?}", found.differences);
    assert_eq!(
        found.taken_over, 0,
        "what stands in the earlier journal is missing in the later"
    );
    assert!(find_forks(&[&phone.content, &station.content]).is_empty());
}

/// The phone left its first journal behind op 3 and took over what follows; at the station another copy went on there.
fn forked() -> (World, World) {
    let mut phone = with_adopted(world(4));
    let first = phone.journals[0].clone();
    phone.journals[0].ops.truncate(3);
    // What the phone adopted stands at positions 2 and 3 of its first journal; the station never got them there.
    let mut station = phone.clone();
    station.journals[0].ops.truncate(1);
    station.journals[0].ops.push(first.ops[4].clone());
    (phone, station)
}

fn equal(phone: &World, station: &World) -> patrol_verify::Comparison {
    let (phone, station) = (
        check(&phone.export(Exporter::Phone)),
        check(&station.export(Exporter::Station)),
    );
    compare(&[&phone.content], &[&station.content])
}

fn sentences(found: &patrol_verify::Comparison) -> Vec<String> {
    found.differences.iter().map(ToString::to_string).collect()
}

#[test]
fn behind_a_fork_what_was_taken_over_counts_and_what_only_the_other_side_has_is_named() {
    let (phone, station) = forked();
    let found = equal(&phone, &station);
    let log = phone.journals[0].log;
    let said = sentences(&found);
    assert_eq!(found.taken_over, 2);
    assert_eq!(said[0], format!("journal {log}: ops 2 to 2 are only on the right side"));
    assert!(
        said[1..]
            .iter()
            .all(|one| one.contains("words `note` of op 2") && one.contains("right")),
        "{said:?}"
    );
    // With the copy's own export beside the phone's, nothing is left.
    let mut copy = station.clone();
    copy.journals.truncate(1);
    let exports = [phone.export(Exporter::Phone), copy.export(Exporter::Phone)].map(|export| check(&export));
    let there = check(&station.export(Exporter::Station));
    let found = compare(&[&exports[0].content, &exports[1].content], &[&there.content]);
    assert_eq!(sentences(&found), Vec::<String>::new());
    assert_eq!(found.taken_over, 2);
    let forks = find_forks(&[&exports[0].content, &exports[1].content, &there.content]);
    assert!(forks.is_empty(), "the phone left it and says so: {forks:?}");
    // The station holds nothing of the first journal: all of it was taken over.
    let mut only_later = phone.clone();
    only_later.journals.remove(0);
    let found = equal(&phone, &only_later);
    assert_eq!((sentences(&found), found.taken_over), (vec![], 2));
}

#[test]
fn behind_a_fork_every_loss_and_every_change_still_fails_by_its_name() {
    let (phone, mut station) = forked();
    station.journals[0].ops.truncate(1);
    assert_eq!(
        sentences(&equal(&phone, &station)),
        Vec::<String>::new(),
        "nothing is wrong yet"
    );
    let (first, second) = (phone.journals[0].log, phone.journals[1].log);
    type Change = fn(&mut World, &mut World);
    let changes: [(&str, Change, Vec<String>); 6] = [
        (
            "the later journal lacks the last op that was taken over",
            |_, station| drop(station.journals[1].ops.pop()),
            vec![
                format!("journal {first}: ops 3 to 3 are only on the left side"),
                format!("journal {second}: ops 4 to 4 are only on the left side"),
            ],
        ),
        (
            "the later journal is not there at all",
            |_, station| drop(station.journals.pop()),
            vec![
                format!("journal {second} (4 ops) is only on the left side"),
                format!("journal {first}: ops 2 to 3 are only on the left side"),
            ],
        ),
        (
            "an op behind what was taken over was never taken over",
            |phone, _| {
                let (op, parts) = patrol_testkit::op::case_opened(77, &[] as &[patrol_domain::PhotoRef], None);
                phone.journals[0].add(&op, parts);
            },
            vec![format!("journal {first}: ops 4 to 4 are only on the left side")],
        ),
        (
            "words of an op that was taken over are gone",
            |_, station| station.journals[1].ops[3].1.clear(),
            vec![
                format!("journal {first}: the words `note` of op 3 are only on the left side, or differ"),
                format!("journal {second}: the words `note` of op 4 are only on the left side, or differ"),
            ],
        ),
        (
            "an original is gone",
            |_, station| drop(station.photos.remove(0)),
            vec!["is only on the left side".into()],
        ),
        (
            "another op stands in its place, in the later journal",
            |_, station| {
                let (op, parts) = patrol_testkit::op::case_opened(78, &[] as &[patrol_domain::PhotoRef], None);
                station.journals[1].ops.pop();
                station.journals[1].add(&op, parts);
            },
            vec![
                format!("journal {first}: ops 3 to 3 are only on the left side"),
                format!("journal {second}: the sides hold other ops from 4 on"),
            ],
        ),
    ];
    for (what, change, expected) in changes {
        let (mut phone, mut station) = (phone.clone(), station.clone());
        change(&mut phone, &mut station);
        let said = sentences(&equal(&phone, &station));
        for sentence in &expected {
            assert!(
                said.iter().any(|one| one.contains(sentence)),
                "{what}: {sentence}\nin {said:#?}"
            );
        }
    }
}

#[test]
fn an_original_that_the_phone_cleared_away_counts_when_the_station_has_it_and_is_missed_when_not() {
    let whole = world(4);
    let receipted = take_apart(&whole.export(Exporter::Phone));
    let signed = (0..whole.photos.len()).map(|at| Sha256Hash::of(&whole.photos[at]).to_string());
    let receipts = &receipted[position(&receipted, "photos/receipts")].1;
    let receipts = String::from_utf8(receipts.clone()).unwrap();
    let sha256 = signed.into_iter().find(|sha256| receipts.contains(sha256)).unwrap();
    let mut cleared = receipted.clone();
    cleared.retain(|(name, _)| !name.contains(&sha256) || name.contains("receipt"));
    let phone = check(&put_together_sealed(&cleared, DEVICE));
    assert!(phone.failures.is_empty(), "{:?}", phone.failures);
    let station = check(&whole.export(Exporter::Station));
    let found = compare(&[&phone.content], &[&station.content]);
    assert_eq!((sentences(&found), found.cleared_away), (vec![], 1));

    let mut files = take_apart(&whole.export(Exporter::Station));
    files.retain(|(name, _)| !name.contains(&sha256) || name.contains("receipt"));
    let station = check(&put_together_sealed(&files, STATION));
    let found = compare(&[&phone.content], &[&station.content]);
    let said = sentences(&found);
    assert_eq!(
        said,
        [format!(
            "original {sha256} is on neither side, and the station has signed for it"
        )]
    );
}

#[test]
fn two_exports_that_tell_one_journal_differently_are_a_fork_and_a_longer_one_is_none() {
    let (short, mut other): (World, World) = (world(3), world(4));
    // The same journal goes on with another op: 3 cases, then either a kind from the future or a fourth case.
    let (one, two) = (
        check(&short.export(Exporter::Phone)),
        check(&other.export(Exporter::Phone)),
    );
    let forks = find_forks(&[&one.content, &two.content]);
    assert_eq!(forks.iter().map(|fork| fork.to_string()).collect::<Vec<_>>().len(), 1);
    other.journals[0].ops.truncate(3);
    other.photos.truncate(2);
    other.receipted = vec![1];
    assert!(find_forks(&[&two.content, &check(&other.export(Exporter::Phone)).content]).is_empty());
}

#[test]
fn a_file_that_breaks_off_anywhere_says_so() {
    let whole = world(2).export(Exporter::Phone);
    for length in (0..whole.len()).step_by(97) {
        let found = codes(&check(&whole[..length]));
        assert!(found.contains("cut_off"), "{length}: {found:?}");
    }
    assert_eq!(
        codes(&check(&[whole, vec![0]].concat())),
        BTreeSet::from(["trailing_bytes"])
    );
    assert!(codes(&check(b"XGE1 and so on, long enough for a whole block")).contains("cut_off"));
}

/// Made once: its signatures are most of the work.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| world(2).export(Exporter::Phone));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_flipped_byte_passes(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut export = SMALL.clone();
        let at = at.index(export.len());
        export[at] ^= 1 << bit;
        prop_assert!(!check(&export).failures.is_empty(), "byte {at}");
    }

    #[test]
    fn no_bytes_make_the_verifier_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let _ = verify(bytes.as_slice(), &[]);
        let log = patrol_testkit::op::log_id(1);
        let names = ["manifest.json".into(), format!("logs/{log}/000000000001.chain"), format!("logs/{log}/000000000001.ops")];
        let files: Files = names.map(|name: String| (name, bytes.clone())).to_vec();
        prop_assert!(!verify(put_together_sealed(&files, DEVICE).as_slice(), &[]).unwrap().failures.is_empty());
    }
}

#[test]
fn what_an_honest_exporter_never_writes_is_named_too() {
    let mut other_length = world(4);
    // The op of a kind from the future names the same photo.
    other_length.journals[0].ops.pop();
    other_length.receipted = vec![1];
    let op = &mut other_length.journals[0].ops[1].0;
    let text = String::from_utf8(op.clone()).unwrap();
    assert!(text.contains("\"bytes\":700,"));
    *op = text.replace("\"bytes\":700,", "\"bytes\":702,").into_bytes();
    let found = codes(&check(&other_length.export(Exporter::Station)));
    assert!(found.contains("photo_length"), "{found:?}");

    let mut files = take_apart(&world(2).export(Exporter::Phone));
    file(&mut files, "/receipts/").resize(9 * 1024 * 1024, b' ');
    let found = codes(&check(&put_together_sealed(&files, DEVICE)));
    assert!(found.contains("file_too_large"), "{found:?}");

    let mut files = take_apart(&world(2).export(Exporter::Phone));
    let mut manifest: patrol_wire::export::Manifest = serde_json::from_slice(&files[0].1).unwrap();
    manifest.devices[0].key = public(STRANGER);
    files[0].1 = serde_json::to_vec(&manifest).unwrap();
    let found = codes(&check(&put_together_sealed(&files, DEVICE)));
    assert_eq!(
        found,
        BTreeSet::from(["certificate_device", "exporter_key", "head_key"])
    );

    let sealed = [b"XGE1".as_slice(), &[0; 600]].concat();
    assert_eq!(codes(&check(&sealed)), BTreeSet::from(["sealed"]));
}
