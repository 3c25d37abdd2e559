//! What cannot be read or applied is held, acknowledged and set aside: no op blocks another.

use patrol_domain::op::{OriginalLost, PackVersion};
use patrol_domain::{Body, Op, Seq};
use patrol_wire::{MissingPart, Quarantined};
use reqwest::StatusCode;

use crate::phone::{Phone, photo_ref, picture};
use crate::server::Server;

fn quarantined(seq: u64, code: &str) -> Quarantined {
    Quarantined {
        seq: Seq(seq),
        code: code.into(),
    }
}

#[tokio::test]
async fn a_station_takes_pushes_while_another_process_reads_everything_again() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    for number in 0..2_400 {
        phone.add_bytes(format!("rubbish {number}").into_bytes(), vec![]);
    }
    for first in (1..=phone.ops.len()).step_by(500) {
        phone.push(first, (first + 499).min(phone.ops.len())).await;
    }
    let data = server.data();
    let reading = std::thread::spawn(move || crate::command::run(&["replay", "--data", data.to_str().unwrap()]));
    let mut pushed = 0;
    while !reading.is_finished() {
        phone.add_case("边重读边上传", vec![]);
        phone.push(phone.ops.len(), phone.ops.len()).await;
        pushed += 1;
        assert!(pushed < 10_000, "it comes to an end beside whoever pushes");
    }
    let read = reading.join().unwrap();
    assert!(read.status.success(), "{}", crate::command::text(&read.stderr));
    assert!(pushed > 2, "between its steps: {pushed}");
    let before = server.station.store().overview().await.unwrap();
    assert_eq!((before.counts.cases, before.counts.quarantined), (pushed, 2_400));
    let again = server.station.replay().await.unwrap();
    assert_eq!((again.ops, again.quarantined), (before.counts.ops, 2_400));
    assert_eq!(server.station.store().overview().await.unwrap(), before);
}

#[tokio::test]
async fn rubbish_and_unknown_kinds_are_acked_and_what_comes_behind_them_is_applied() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    phone.add_bytes(vec![0xff, 0x00, 0x7f], vec![]);
    let photo = picture(5, 900);
    let (op, note) = phone.case("新版的话", vec![photo_ref(&photo)]);
    let newer = String::from_utf8(op.encode().unwrap().into_vec())
        .unwrap()
        .replace("case_opened", "case_sung");
    phone.add_bytes(newer.into_bytes(), vec![note]);
    phone.add_case("后面的", vec![]);
    let reply = phone.push(1, 4).await;
    assert_eq!(reply.acked_seq, Seq(4));
    assert_eq!(
        reply.quarantined,
        [quarantined(2, "unreadable"), quarantined(3, "unknown_kind")]
    );
    assert_eq!(phone.push(1, 4).await.quarantined, reply.quarantined);
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.quarantined), (1, 2));
    assert_eq!(
        phone.put(&photo).await.status(),
        StatusCode::OK,
        "an unknown op's photo counts as named"
    );
    let digest = server.station.digest(None).await.unwrap()[0].to_string();
    assert!(digest.contains("part 3 note "), "and its words are kept: {digest}");
}

#[tokio::test]
async fn a_photo_named_with_a_role_of_a_later_version_can_be_brought() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    let photo = picture(6, 700);
    let (op, _) = phone.case("x", vec![photo_ref(&photo)]);
    let newer = String::from_utf8(op.encode().unwrap().into_vec())
        .unwrap()
        .replace("\"scene\"", "\"plate\"");
    phone.add_bytes(newer.into_bytes(), vec![]);
    let reply = phone.push(1, 1).await;
    assert_eq!(reply.quarantined, [quarantined(1, "unreadable")]);
    assert_eq!(reply.missing_photos, [photo_ref(&photo).sha256]);
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_same_op_twice_is_stored_twice_and_applied_once_and_another_op_with_its_id_is_a_conflict() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    let first = phone.add_case("第一", vec![]);
    phone.add_bytes(first.encode().unwrap().into_vec(), vec![]);
    let Body::CaseOpened(body) = first.body.clone() else {
        unreachable!()
    };
    let pack = PackVersion {
        name: "catalogue".into(),
        version: "other".into(),
    };
    let other = Op {
        body: Body::CaseOpened(patrol_domain::op::CaseOpened { pack, ..body }),
        ..first
    };
    phone.add(&other, vec![]);
    let reply = phone.push(1, 3).await;
    assert_eq!(reply.quarantined, [quarantined(3, "id_conflict")]);
    let note = |seq| MissingPart {
        seq: Seq(seq),
        field: "note".into(),
    };
    assert_eq!(reply.missing_parts, [note(2), note(3)]);
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.ops), (1, 3));
    assert_eq!(overview.cases[0].note.as_deref(), Some("第一"));
}

#[tokio::test]
async fn a_case_opened_twice_or_without_a_case_is_set_aside() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    let first = phone.add_case("第一", vec![]);
    let (second, _) = phone.case("第二", vec![]);
    phone.add(
        &Op {
            case: first.case,
            ..second.clone()
        },
        vec![],
    );
    let third = Op {
        case: None,
        id: phone.id(),
        ..second
    };
    phone.add(&third, vec![]);
    let reply = phone.push(1, 3).await;
    assert_eq!(
        reply.quarantined,
        [quarantined(2, "unlawful"), quarantined(3, "unlawful")]
    );
}

#[tokio::test]
async fn a_lost_original_is_not_asked_for_again_and_still_taken() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    let photo = picture(8, 600);
    phone.add_case("x", vec![photo_ref(&photo)]);
    assert_eq!(phone.push(1, 1).await.missing_photos.len(), 1);
    let lost = phone.op(Body::OriginalLost(OriginalLost {
        sha256: photo_ref(&photo).sha256,
    }));
    phone.add(&lost, vec![]);
    assert!(phone.push(2, 2).await.missing_photos.is_empty());
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!(
        overview.cases[0].photos[0].condition,
        Some(patrol_station::PhotoCondition::Lost)
    );
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn officers_are_told_by_the_person_who_recorded() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.add_case("x", vec![]);
    phone.push(1, 1).await;
    let officer = |overview: patrol_station::Overview| overview.cases[0].officer.clone();
    assert_eq!(
        officer(server.station.store().overview().await.unwrap()),
        "N-017",
        "the phone's, to begin with"
    );
    phone.bind_person("N-099");
    phone.push(2, 2).await;
    assert_eq!(officer(server.station.store().overview().await.unwrap()), "N-099");
}

#[tokio::test]
async fn a_journal_that_was_opened_with_another_key_is_acked_and_its_first_op_set_aside() {
    let server = Server::start().await;
    let mut other = Phone::enrol(&server, 2).await;
    other.open_log();
    let mut phone = Phone::enrol(&server, 1).await;
    // Said before in the journal that it belongs to: that does not make it lawful here.
    other.push(1, 1).await;
    phone.ops.clone_from(&other.ops);
    phone.add_case("后面的", vec![]);
    let reply = phone.push(1, 2).await;
    assert_eq!(reply.acked_seq, Seq(2));
    assert_eq!(reply.quarantined, [quarantined(1, "unlawful")]);
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.quarantined), (1, 1));
}
