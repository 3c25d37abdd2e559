//! Pull: what a phone is told of what changed, and when it has to read everything anew.

use std::collections::BTreeMap;
use std::path::Path;

use patrol_domain::op::Step;
use patrol_domain::{Seq, Sha256Hash};
use patrol_sqlite::rusqlite::Connection;
use patrol_wire::changes::{fold_checksum, row_hash};
use patrol_wire::{Change, Cursor, ErrorCode, ScopeSum};
use reqwest::StatusCode;

use crate::phone::{Phone, photo_ref, picture, refusal, step};
use crate::server::{Server, copy_folder};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A mirror as a phone keeps it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Mirror(BTreeMap<(String, String), serde_json::Value>);

impl Mirror {
    fn take(&mut self, changes: &[Change]) {
        for change in changes {
            let key = (change.kind.clone(), change.id.clone());
            match &change.body {
                Some(body) => self.0.insert(key, body.clone()),
                None => self.0.remove(&key),
            };
        }
    }

    fn sum(&self) -> ScopeSum {
        let hash = |((kind, id), body): (&(String, String), &serde_json::Value)| row_hash(kind, id, body).unwrap();
        ScopeSum {
            rows: self.0.len() as u64,
            checksum: self
                .0
                .iter()
                .map(hash)
                .fold(Sha256Hash::from_bytes([0; 32]), fold_checksum),
        }
    }
}

fn sql(server: &Server, statement: &str) {
    let connection = Connection::open(server.data().join("station.db")).unwrap();
    assert!(connection.execute(statement, []).unwrap() > 0, "{statement}");
}

#[tokio::test]
async fn both_phones_that_act_on_a_case_see_it_change_and_a_third_sees_nothing() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    let mut two = Phone::enrol(&server, 2).await;
    let three = Phone::enrol(&server, 3).await;
    let photo = picture(3, 600);
    let opened = one.add_case("x", vec![photo_ref(&photo)]);
    one.push(1, 1).await;
    let (mut mirror, mut other) = (Mirror::default(), Mirror::default());
    let (changes, first) = one.pull_all(None, 1).await;
    mirror.take(&changes);
    let key = ("case".to_owned(), opened.case.unwrap().to_string());
    assert_eq!(
        mirror.0[&key],
        serde_json::json!({
            "number": "0618-000", "state": "recorded", "heads": [opened.id.to_string()], "photos": 1, "stored": 0,
        })
    );
    assert_eq!(two.pull_all(None, 1).await.0, []);
    let left = two.act(&opened, &[&opened], step(Step::Left), vec![], vec![]);
    two.push(1, 1).await;
    one.put(&photo).await;
    let (changes, second) = one.pull_all(Some(first.next), 1).await;
    assert_eq!(changes.len(), 1, "the change in between is superseded and left out");
    mirror.take(&changes);
    let (changes, end) = two.pull_all(None, 1).await;
    other.take(&changes);
    assert_eq!(mirror, other);
    assert_eq!(
        (&mirror.0[&key]["state"], &mirror.0[&key]["stored"]),
        (&"handled".into(), &1.into())
    );
    assert_eq!(mirror.0[&key]["heads"], serde_json::json!([left.id.to_string()]));
    assert_eq!((second.scope, end.scope), (Some(mirror.sum()), Some(other.sum())));
    assert_eq!(three.pull_all(None, 1).await.1.scope, Some(Mirror::default().sum()));
}

#[tokio::test]
async fn any_page_size_gives_the_same_mirror_and_the_checksum_proves_it() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    for number in 0..23 {
        let opened = one.add_case("x", vec![]);
        if number % 3 == 0 {
            one.act(&opened, &[&opened], step(Step::Left), vec![], vec![]);
        }
    }
    one.add_bytes(b"rubbish".to_vec(), vec![]);
    for (from, to) in [(1, 7), (8, 8), (9, one.ops.len())] {
        one.push(from, to).await;
    }
    for limit in [1, 2, 7, 24, 10_000] {
        let (changes, end) = one.pull_all(None, limit).await;
        let mut mirror = Mirror::default();
        mirror.take(&changes);
        assert_eq!((end.scope, mirror.0.len()), (Some(mirror.sum()), 24), "limit {limit}");
    }
    let none = one
        .pull("limit=0")
        .await
        .json::<patrol_wire::ChangesReply>()
        .await
        .unwrap();
    assert_eq!(none.changes.len(), 1, "a page has at least one change");
}

#[tokio::test]
async fn a_cursor_that_was_not_given_out_is_gone_and_rubbish_is_malformed() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    one.add_case("x", vec![]);
    one.push(1, 1).await;
    let (_, end) = one.pull_all(None, 10).await;
    let good = end.next;
    let bad = [
        Cursor {
            epoch: "OTHER".into(),
            ..good.clone()
        },
        Cursor {
            hash: Sha256Hash::of(b"other rows"),
            ..good.clone()
        },
        Cursor { seq: 0, ..good.clone() },
    ];
    for cursor in bad {
        let gone = refusal(one.pull(&format!("cursor={cursor}")).await, 410).await;
        assert_eq!(gone.code, ErrorCode::CursorGone, "{cursor}");
    }
    for query in ["cursor=7", "limit=many", "limit=-1", "cursor=a.b.c"] {
        let refused = refusal(one.pull(query).await, 400).await;
        assert_eq!(refused.code, ErrorCode::Malformed, "{query}");
    }
    assert_eq!(one.pull(&format!("cursor={good}")).await.status(), StatusCode::OK);
    let two = Phone::enrol(&server, 2).await;
    let gone = refusal(two.pull(&format!("cursor={good}")).await, 410).await;
    assert_eq!(
        gone.code,
        ErrorCode::CursorGone,
        "a cursor is the phone's it was given to"
    );
    // One that the station never gave out proves nothing: no new epoch, and good cursors stay good.
    let made_up = Cursor {
        seq: good.seq + 1,
        ..good.clone()
    };
    let gone = refusal(one.pull(&format!("cursor={made_up}")).await, 410).await;
    assert_eq!(gone.code, ErrorCode::CursorGone);
    assert_eq!(one.pull(&format!("cursor={good}")).await.status(), StatusCode::OK);
}

/// The whole folder, marker included: nothing at the station knows, but a cursor that it gave out itself tells.
#[tokio::test]
async fn a_cursor_of_the_stations_own_above_what_it_made_begins_a_new_epoch_once() {
    let old = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    let server = server.restart_after(|data| copy_folder(data, old.path())).await;
    one.url.clone_from(&server.url);
    one.add_case("x", vec![]);
    one.push(1, 1).await;
    let (_, end) = one.pull_all(None, 10).await;
    let put_back = |data: &Path| {
        std::fs::remove_dir_all(data).unwrap();
        copy_folder(old.path(), data);
    };
    let server = server.restart_after(put_back).await;
    one.url.clone_from(&server.url);
    let epoch = async || server.station.store().facts().await.unwrap().epoch;
    assert_eq!(epoch().await, end.next.epoch, "nothing at the station tells");
    let before = epoch().await;
    for _ in 0..2 {
        let gone = refusal(one.pull(&format!("cursor={}", end.next)).await, 410).await;
        assert_eq!(gone.code, ErrorCode::CursorGone);
    }
    let after = epoch().await;
    assert_ne!(after, before);
    let gone = refusal(one.pull(&format!("cursor={}", end.next)).await, 410).await;
    assert_eq!(gone.code, ErrorCode::CursorGone);
    assert_eq!(epoch().await, after, "once");
}

#[tokio::test]
async fn a_retired_phone_may_push_and_pulls_nothing_and_a_lost_one_is_unknown() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    one.add_case("x", vec![]);
    sql(&server, "UPDATE device SET state = 2");
    assert_eq!(one.push(1, 1).await.acked_seq, Seq(1));
    assert_eq!(refusal(one.pull("").await, 403).await.code, ErrorCode::Retired);
    sql(&server, "UPDATE device SET state = 3");
    assert_eq!(refusal(one.pull("").await, 401).await.code, ErrorCode::Unauthorised);
}

/// A phone with three cases and an op that waited and then counted: its outcome came and went.
async fn phone_with_a_tombstone(server: &Server) -> Phone {
    let mut one = Phone::enrol(server, 1).await;
    let mut two = Phone::enrol(server, 2).await;
    let awaited = two.add_case("后到", vec![]);
    one.add_case("a", vec![]);
    one.add_case("b", vec![]);
    one.act(&awaited, &[&awaited], step(Step::Advised), vec![], vec![]);
    one.push(1, 3).await;
    two.push(1, 1).await;
    one
}

#[tokio::test]
async fn tombstones_are_cleared_away_after_ninety_days_and_who_missed_them_reads_everything_anew() {
    let server = Server::start().await;
    let mut one = phone_with_a_tombstone(&server).await;
    // The mirror of a phone that saw the outcome come and not go.
    let (changes, all) = one.pull_all(None, 100).await;
    assert!(changes.iter().any(|change| change.body.is_none()), "{changes:?}");
    let early: Cursor = {
        let page = one
            .pull("limit=2")
            .await
            .json::<patrol_wire::ChangesReply>()
            .await
            .unwrap();
        page.next
    };
    one.add_case("c", vec![]);
    server.clock.advance(89 * DAY_MS);
    one.push(4, 4).await;
    let (changes, _) = one.pull_all(Some(early.clone()), 1).await;
    assert!(changes.iter().any(|change| change.body.is_none()), "still there");
    server.clock.advance(2 * DAY_MS);
    one.add_case("d", vec![]);
    one.push(5, 5).await;
    let gone = refusal(one.pull(&format!("cursor={early}")).await, 410).await;
    assert_eq!(gone.code, ErrorCode::CursorGone);
    // A snapshot in small pages passes below what was cleared away and comes to its end.
    for limit in [1, 2, 100] {
        let (changes, end) = one.pull_all(None, limit).await;
        assert!(changes.iter().all(|change| change.body.is_some()));
        let mut mirror = Mirror::default();
        mirror.take(&changes);
        assert_eq!((end.scope, mirror.0.len()), (Some(mirror.sum()), 5));
    }
    // A phone that had everything goes on where it was, as long as its own cursor's change stands.
    let (changes, _) = one.pull_all(Some(one.pull_all(None, 3).await.1.next), 1).await;
    assert!(changes.is_empty());
    assert_eq!(one.pull(&format!("cursor={}", all.next)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_was_superseded_yesterday_is_kept_for_the_cursors_that_stand_there() {
    let server = Server::start().await;
    let mut one = Phone::enrol(&server, 1).await;
    let opened = one.add_case("x", vec![]);
    one.push(1, 1).await;
    let (_, seen) = one.pull_all(None, 10).await;
    server.clock.advance(100 * DAY_MS);
    let advised = one.act(&opened, &[&opened], step(Step::Advised), vec![], vec![]);
    one.push(2, 2).await;
    server.clock.advance(2 * DAY_MS);
    one.act(&opened, &[&advised], step(Step::Left), vec![], vec![]);
    one.push(3, 3).await;
    let (changes, _) = one.pull_all(Some(seen.next.clone()), 10).await;
    assert_eq!(
        changes.len(),
        1,
        "it was away for a hundred days and nothing had happened"
    );
    server.clock.advance(100 * DAY_MS);
    one.add_case("y", vec![]);
    one.push(4, 4).await;
    let gone = refusal(one.pull(&format!("cursor={}", seen.next)).await, 410).await;
    assert_eq!(gone.code, ErrorCode::CursorGone);
}
