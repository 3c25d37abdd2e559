//! A case is what all its ops make of it, whichever journals bring them and in whatever order.

use patrol_domain::case::CaseState;
use patrol_domain::op::{CaseAmended, CaseVoided, MatterChoice, PackVersion, PhotoAdded, Step, VoidCause};
use patrol_domain::{Body, Op, Seq};
use patrol_station::CaseRow;
use patrol_wire::Quarantined;
use reqwest::StatusCode;

use crate::phone::{Phone, client, part, photo_ref, picture, step};
use crate::server::Server;

fn amended(note: &patrol_domain::Part, reason: &patrol_domain::Part) -> Body {
    Body::CaseAmended(CaseAmended {
        matter: Some(MatterChoice {
            code: "PK02".into(),
            pack: PackVersion {
                name: "catalogue".into(),
                version: "2026.11.1".into(),
            },
        }),
        plate: None,
        place: None,
        note: Some(note.seal()),
        emptied: vec![],
        reason: reason.seal(),
        form: None,
    })
}

fn voided() -> Body {
    Body::CaseVoided(CaseVoided {
        cause: VoidCause::Mistake,
        reason: None,
    })
}

async fn cases(server: &Server) -> Vec<CaseRow> {
    server.station.store().overview().await.unwrap().cases
}

/// Three phones that act on one case: the first opens it, the second amends and concludes it, the third sees that it is
/// there again and brings a photo.
async fn phones(server: &Server) -> [Phone; 3] {
    let mut one = Phone::enrol(server, 1).await;
    one.open_log();
    let opened = one.add_case("第一", vec![photo_ref(&picture(3, 500))]);
    let mut two = Phone::enrol(server, 2).await;
    let (note, reason) = (part("note", "第二"), part("reason", "看错"));
    let amended = two.act(&opened, &[&opened], amended(&note, &reason), vec![], vec![note, reason]);
    let left = two.act(&opened, &[&amended], step(Step::Left), vec![], vec![]);
    let mut three = Phone::enrol(server, 3).await;
    let again = three.act(&opened, &[&left], step(Step::Recurred), vec![], vec![]);
    let photo = vec![photo_ref(&picture(4, 400)), photo_ref(&picture(3, 500))];
    three.act(&opened, &[&again], Body::PhotoAdded(PhotoAdded {}), photo, vec![]);
    [one, two, three]
}

#[tokio::test]
async fn facts_from_three_journals_make_the_same_case_in_any_order_of_arrival() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut seen = Vec::new();
    for order in orders {
        let server = Server::start().await;
        let phones = phones(&server).await;
        for number in order {
            let phone = &phones[number];
            phone.push(1, phone.ops.len()).await;
        }
        let overview = server.station.store().overview().await.unwrap();
        assert_eq!(
            (overview.counts.cases, overview.counts.open, overview.counts.quarantined),
            (1, 1, 0),
            "{order:?}"
        );
        let row = overview.cases[0].clone();
        assert_eq!(
            (row.state, row.matter.as_str(), row.steps),
            (CaseState::Recorded, "PK02", 2)
        );
        assert_eq!(
            (row.note.as_deref(), row.photos.len()),
            (Some("第二"), 2),
            "the same bytes twice are one photo"
        );
        seen.push(row);
    }
    assert!(seen.iter().all(|row| *row == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn ops_of_a_case_that_nobody_has_opened_wait_and_block_nothing() {
    let server = Server::start().await;
    let [one, mut two, _] = phones(&server).await;
    two.add_case("别的", vec![]);
    let reply = two.push(1, 3).await;
    assert_eq!(reply.acked_seq, Seq(3));
    let waits = |seq| Quarantined {
        seq: Seq(seq),
        code: "depends_on".into(),
    };
    assert_eq!(reply.quarantined, [waits(1), waits(2)]);
    assert_eq!(cases(&server).await.len(), 1);
    one.push(1, 2).await;
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.quarantined), (2, 0));
    assert!(
        two.push(1, 3).await.quarantined.is_empty(),
        "and its phone hears so when it asks again"
    );
}

#[tokio::test]
async fn an_adopted_op_is_stored_and_not_applied_twice_and_its_words_and_photos_may_come_with_it() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    let photo = picture(3, 500);
    let opened = one.add_case("话", vec![photo_ref(&photo)]);
    one.act(&opened, &[&opened], step(Step::Advised), vec![], vec![]);
    let words = std::mem::take(&mut one.ops[0].parts);
    one.push(1, 2).await;
    assert_eq!(cases(&server).await[0].note, None);
    let mut two = Phone::enrol(&server, 2).await;
    two.open_log();
    two.ops.extend(one.ops.clone());
    two.ops[1].parts = words;
    let reply = two.push(1, 3).await;
    assert!(reply.quarantined.is_empty() && reply.missing_parts.is_empty());
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.ops), (1, 5));
    assert_eq!(
        (overview.cases[0].steps, overview.cases[0].note.as_deref()),
        (1, Some("话"))
    );
    // The phone that adopted it brings the photo, and the case has it.
    assert_eq!(two.put(&photo).await.status(), StatusCode::OK);
    assert!(cases(&server).await[0].photos[0].stored);
    let (changes, _) = two.pull_all(None, 10).await;
    assert_eq!(changes[0].body.as_ref().unwrap()["stored"], 1);
}

#[tokio::test]
async fn which_of_two_openings_stands_does_not_depend_on_which_came_first() {
    let mut stood = Vec::new();
    for turned in [false, true] {
        let server = Server::start().await;
        let mut one = Phone::enrol(&server, 1).await;
        let mut two = Phone::enrol(&server, 2).await;
        let first = one.add_case("第一", vec![]);
        let (second, note) = two.case("第二", vec![]);
        let second = Op {
            case: first.case,
            ..second
        };
        two.add(&second, vec![note]);
        let phones = if turned { [&two, &one] } else { [&one, &two] };
        for phone in phones {
            phone.push(1, 1).await;
        }
        let unlawful = [one.push(1, 1).await.quarantined, two.push(1, 1).await.quarantined];
        let overview = server.station.store().overview().await.unwrap();
        assert_eq!((overview.counts.cases, overview.counts.quarantined), (1, 1));
        stood.push((unlawful, overview.cases[0].note.clone()));
    }
    assert_eq!(stood[0], stood[1]);
    assert_eq!(stood[0].1.as_deref(), Some("第一"));
}

#[tokio::test]
async fn the_page_shows_where_a_case_stands_and_does_not_count_a_void_one_as_open() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    let open = one.add_case("未处置的", vec![photo_ref(&picture(3, 500))]);
    let handled = one.add_case("处置了的", vec![]);
    one.act(&handled, &[&handled], step(Step::Cleared), vec![], vec![]);
    let void = one.add_case("作废的", vec![]);
    let after = one.act(&void, &[&void], voided(), vec![], vec![]);
    let late = vec![photo_ref(&picture(9, 300))];
    one.act(&void, &[&after], Body::PhotoAdded(PhotoAdded {}), late, vec![]);
    let (note, reason) = (part("note", "更正过的话"), part("reason", "写错"));
    one.act(&open, &[&open], amended(&note, &reason), vec![], vec![note, reason]);
    one.push(1, one.ops.len()).await;
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!(
        (overview.counts.cases, overview.counts.open, overview.counts.voided),
        (3, 1, 1)
    );
    let row = overview
        .cases
        .iter()
        .find(|row| row.state == CaseState::Voided)
        .unwrap();
    assert!(!row.photos[0].counts, "what comes after the voiding is evidence");
    let page = client().get(&server.url).send().await.unwrap().text().await.unwrap();
    for shown in [
        "已记录",
        "已处置",
        "tr class=\"void\"",
        "更正过的话",
        "更正 1 次",
        "处置 1 次",
        "旁证 1",
        "照片 0/1",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(
        !page.contains("未处置的"),
        "the words as they were are in the journal only"
    );
}

#[tokio::test]
async fn the_page_lists_what_was_set_aside_and_why() {
    let server = Server::start().await;
    let [one, two, _] = phones(&server).await;
    two.push(1, 2).await;
    let page = async || client().get(&server.url).send().await.unwrap().text().await.unwrap();
    let shown = page().await;
    assert!(
        shown.contains("等待所属记录") && shown.contains(&two.log.to_string()),
        "{shown}"
    );
    one.push(1, 2).await;
    assert!(!page().await.contains("id=\"quarantine\""));
}

#[tokio::test]
async fn two_hundred_ops_of_one_case_in_one_push_are_folded_once() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    let opened = one.add_case("长", vec![]);
    let mut last = opened.clone();
    for _ in 0..200 {
        last = one.act(&opened, &[&last], step(Step::Advised), vec![], vec![]);
    }
    one.push(1, 201).await;
    assert_eq!(cases(&server).await[0].steps, 200);
    let (changes, _) = one.pull_all(None, 10).await;
    let body = changes[0].body.as_ref().unwrap();
    assert_eq!((changes.len(), changes[0].seq), (1, 1), "one change for the whole push");
    assert_eq!(body["heads"], serde_json::json!([last.id.to_string()]));
}
