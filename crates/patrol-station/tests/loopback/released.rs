//! A station that an older program made is opened by this one, and everything that was set aside is applied.
//!
//! `tests/released/1` is a station as the program of the first migration wrote it: it showed a case as it was opened and
//! held every later op of it as a kind of the future. The journals are written here once more, byte by byte the same.

use std::path::{Path, PathBuf};

use patrol_domain::case::CaseState;
use patrol_domain::op::{CaseAmended, CaseVoided, Emptied, PhotoAdded, Step, StepTaken, VoidCause};
use patrol_domain::{Body, Op, Seq};
use patrol_station::{CaseRow, Overview};
use patrol_wire::{PushReply, Quarantined};
use reqwest::StatusCode;

use crate::phone::{Phone, part, photo_ref, picture, step};
use crate::server::Server;

fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/1")
}

/// Puts the old program's files in the place of the new ones.
pub(crate) fn put_released(data: &Path) {
    for file in ["station.db", "keys/receipt.key"] {
        std::fs::copy(released().join(file), data.join(file)).unwrap();
    }
    for shelf in std::fs::read_dir(released().join("photos")).unwrap() {
        let shelf = shelf.unwrap();
        let place = data.join("photos").join(shelf.file_name());
        std::fs::create_dir_all(&place).unwrap();
        for photo in std::fs::read_dir(shelf.path()).unwrap() {
            let photo = photo.unwrap();
            std::fs::copy(photo.path(), place.join(photo.file_name())).unwrap();
        }
    }
}

/// The phone whose journal the station holds already.
async fn phone(server: &Server, number: u8) -> Phone {
    let mut phone = Phone::stranger(server, number);
    let overview = server.station.store().overview().await.unwrap();
    let journal = overview
        .journals
        .iter()
        .find(|journal| journal.log == phone.log)
        .unwrap();
    phone.device = journal.device;
    phone
}

/// What the first phone wrote; gives back the case that others act on, and its last op.
fn write_first(one: &mut Phone) -> (Op, Op) {
    one.open_log();
    one.bind_person("N-099");
    let case = one.add_case("车主不在场", vec![photo_ref(&picture(3, 900))]);
    let note = part("note", "已贴告知单");
    let posted = StepTaken {
        step: Step::NoticePosted,
        note: Some(note.seal()),
    };
    let posted = one.act(&case, &[&case], Body::StepTaken(posted), vec![], vec![note]);
    let photo = vec![photo_ref(&picture(5, 700))];
    let photo = one.act(&case, &[&posted], Body::PhotoAdded(PhotoAdded {}), photo, vec![]);
    let (words, reason) = (part("note", "车主已到场"), part("reason", "写错了"));
    let amended = CaseAmended {
        matter: None,
        plate: None,
        place: None,
        note: Some(words.seal()),
        emptied: vec![Emptied::Plate],
        reason: reason.seal(),
        form: None,
    };
    let amended = one.act(
        &case,
        &[&photo],
        Body::CaseAmended(amended),
        vec![],
        vec![words, reason],
    );
    let twice = one.add_case("重复的", vec![]);
    let voided = CaseVoided {
        cause: VoidCause::Duplicate,
        reason: None,
    };
    one.act(&twice, &[&twice], Body::CaseVoided(voided), vec![], vec![]);
    one.add_bytes(vec![0xff, 0x00, 0x7f], vec![]);
    let (op, _) = one.case("未来", vec![]);
    let newer = String::from_utf8(op.encode().unwrap().into_vec()).unwrap();
    one.add_bytes(newer.replace("case_opened", "case_sung").into_bytes(), vec![]);
    (case, amended)
}

fn case<'all>(overview: &'all Overview, op: &Op) -> &'all CaseRow {
    overview.cases.iter().find(|row| Some(row.case) == op.case).unwrap()
}

fn quarantined(seq: u64, code: &str) -> Quarantined {
    Quarantined {
        seq: Seq(seq),
        code: code.into(),
    }
}

#[tokio::test]
async fn what_the_first_program_held_as_kinds_of_the_future_is_applied_when_this_one_opens_its_station() {
    let server = Server::start_prepared(put_released).await;
    let (mut one, mut two) = (phone(&server, 1).await, phone(&server, 2).await);
    let (first, amended) = write_first(&mut one);
    two.open_log();
    two.act(&first, &[&amended], step(Step::Left), vec![], vec![]);

    let overview = server.station.store().overview().await.unwrap();
    let row = case(&overview, &first);
    assert_eq!(
        (row.state, row.steps, row.amendments, row.note.as_deref()),
        (CaseState::Handled, 2, 1, Some("车主已到场"))
    );
    assert_eq!((row.plate.0.as_str(), row.officer.as_str()), ("", "N-099"));
    let photos: Vec<_> = row
        .photos
        .iter()
        .map(|photo| (photo.sha256, photo.stored, photo.counts))
        .collect();
    let sha256 = |seed, length| photo_ref(&picture(seed, length)).sha256;
    assert_eq!(photos, [(sha256(3, 900), true, true), (sha256(5, 700), false, true)]);
    let counts = overview.counts;
    assert_eq!(
        (counts.cases, counts.open, counts.voided, counts.quarantined),
        (2, 0, 1, 3)
    );

    // The same bytes are held under the same receipts, and what is still set aside is told.
    let reply = one.push(1, one.ops.len()).await;
    assert_eq!(
        reply.quarantined,
        [quarantined(9, "unreadable"), quarantined(10, "unknown_kind")]
    );
    let again: PushReply = two.push_response(1, 2).await.json().await.unwrap();
    assert_eq!(again.acked_seq, Seq(3));
    let (changes, _) = one.pull_all(None, 100).await;
    let kinds = |kind: &str| changes.iter().filter(|change| change.kind == kind).count();
    assert_eq!((kinds("case"), kinds("outcome")), (2, 2));
    assert_eq!(
        one.put(&picture(5, 700)).await.status(),
        StatusCode::OK,
        "it can be brought after all"
    );
}

#[tokio::test]
async fn a_step_that_waited_since_the_first_program_counts_as_soon_as_its_case_is_opened() {
    let server = Server::start_prepared(put_released).await;
    let two = phone(&server, 2).await;
    let waiting = |changes: &[patrol_wire::Change]| {
        let outcomes = changes.iter().filter(|change| change.kind == "outcome");
        outcomes
            .map(|change| change.body.as_ref().map(ToString::to_string))
            .collect::<Vec<_>>()
    };
    let (changes, end) = two.pull_all(None, 100).await;
    assert_eq!(waiting(&changes), [Some("{\"code\":\"depends_on\"}".to_owned())]);
    let mut three = Phone::enrol(&server, 3).await;
    let opened = three.add_case("后到的", vec![]);
    assert!(three.push(1, 1).await.quarantined.is_empty());
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!(case(&overview, &opened).state, CaseState::Handled);
    assert_eq!(overview.counts.quarantined, 2);
    let (changes, _) = two.pull_all(Some(end.next), 100).await;
    assert_eq!(waiting(&changes), [None], "the outcome has gone");
    assert!(changes.iter().any(|change| change.kind == "case"));
}

#[tokio::test]
async fn reading_everything_again_by_hand_changes_nothing_that_was_read_before() {
    let server = Server::start_prepared(put_released).await;
    let one = phone(&server, 1).await;
    let before = server.station.store().overview().await.unwrap();
    let (_, end) = one.pull_all(None, 100).await;
    let replayed = server.station.replay().await.unwrap();
    assert_eq!(
        (replayed.ops, replayed.quarantined_before, replayed.quarantined),
        (13, 3, 3)
    );
    assert_eq!(server.station.store().overview().await.unwrap(), before);
    let (changes, again) = one.pull_all(Some(end.next.clone()), 100).await;
    assert!(
        changes.is_empty() && again.next == end.next,
        "nobody is told what he knows"
    );
}
