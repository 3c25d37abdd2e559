//! Pull: nothing is missed, and the sum proves it (I10).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use patrol_domain::Sha256Hash;
use patrol_domain::op::Step;
use patrol_station::StoreError;
use patrol_wire::changes::{KIND_CASE, KIND_OUTCOME, fold_checksum, row_hash};
use patrol_wire::{Change, Cursor, ScopeSum};
use serde_json::Value;

use crate::Stage;
use crate::phone::{Phone, photo_ref, step};

/// A mirror as a phone keeps it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Mirror(BTreeMap<(String, String), Value>);

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
        let hashes = self
            .0
            .iter()
            .map(|((kind, id), body)| row_hash(kind, id, body).unwrap());
        ScopeSum {
            rows: self.0.len() as u64,
            checksum: hashes.fold(Sha256Hash::from_bytes([0; 32]), fold_checksum),
        }
    }
}

/// Reads on and on in small pages, until the writers are done and everything is read.
async fn read_on(stage: &Stage, reader: &Phone, is_done: &AtomicBool) -> Mirror {
    let (mut mirror, mut cursor, mut last) = (Mirror::default(), None, 0);
    loop {
        let was_done = is_done.load(Ordering::Acquire);
        let reply = reader.changes(stage, cursor, 3).await.unwrap();
        for change in &reply.changes {
            assert!(change.seq > last, "numbers rise");
            last = change.seq;
        }
        mirror.take(&reply.changes);
        if let Some(sum) = reply.scope {
            assert_eq!(sum, mirror.sum(), "at change {}", reply.next.seq);
            if was_done {
                return mirror;
            }
            tokio::task::yield_now().await;
        }
        cursor = Some(reply.next);
    }
}

pub(crate) async fn a_reader_misses_nothing_while_many_commit(stage: &Stage) {
    let mut reader = Phone::enrol(stage, 1).await;
    let cases: Vec<_> = (0..12).map(|_| reader.open_case(vec![photo_ref(b"shared")])).collect();
    reader.push_all(stage).await;
    let mut writers = Vec::new();
    for number in 2..10 {
        let mut phone = Phone::enrol(stage, number).await;
        for (position, case) in cases.iter().cycle().skip(usize::from(number)).take(20).enumerate() {
            let done = if position % 4 == 3 { Step::Left } else { Step::Recurred };
            phone.act(
                case,
                step(done),
                vec![photo_ref(&[number, u8::try_from(position).unwrap()])],
            );
        }
        writers.push((number, phone));
    }
    let is_done = AtomicBool::new(false);
    let write = async {
        let pushes = writers.iter().map(|(number, phone)| async move {
            for op in 1..=phone.ops.len() {
                phone.push(stage, op, op).await;
                // The photo of its fifth op, again and again.
                if op % 5 == 0 {
                    phone.bring(stage, &[*number, 4]).await.unwrap();
                }
            }
        });
        futures_util::future::join_all(pushes).await;
        is_done.store(true, Ordering::Release);
    };
    let (mirror, ()) = tokio::join!(read_on(stage, &reader, &is_done), write);
    let mut snapshot = Mirror::default();
    snapshot.take(&reader.pull(stage, None, 500).await.0);
    assert_eq!(mirror, snapshot);
    assert_eq!(mirror.0.len(), 12);
    for (_, phone) in &writers {
        let (changes, end) = phone.pull(stage, None, 2).await;
        let mut own = Mirror::default();
        own.take(&changes);
        assert_eq!(Some(own.sum()), end.scope);
        assert!(
            own.0.iter().all(|(key, row)| mirror.0.get(key) == Some(row)),
            "all see the same case"
        );
    }
}

pub(crate) async fn the_checksum_is_that_of_the_rows(stage: &Stage) {
    let mut one = Phone::enrol(stage, 1).await;
    let mut two = Phone::enrol(stage, 2).await;
    let (mut mirror, mut cursor) = (Mirror::default(), None);
    let awaited = two.open_case(vec![]);
    one.act(&awaited, step(Step::Left), vec![]);
    for round in 0..6 {
        let opened = one.open_case(vec![]);
        one.act(&opened, step(Step::Left), vec![]);
        one.add_bytes(format!("rubbish {round}").into_bytes(), vec![]);
        one.push_all(stage).await;
        if round == 3 {
            two.push_all(stage).await;
        }
        let (changes, end) = one.pull(stage, cursor, 2).await;
        mirror.take(&changes);
        assert_eq!(end.scope, Some(mirror.sum()), "round {round}");
        cursor = Some(end.next);
    }
    assert_eq!(mirror.0.len(), 6 + 6 + 1);
}

pub(crate) async fn a_cursor_of_another_scope_or_of_a_later_state_is_gone(stage: &Stage) {
    let mut one = Phone::enrol(stage, 1).await;
    let mut two = Phone::enrol(stage, 2).await;
    one.open_case(vec![]);
    two.open_case(vec![]);
    one.push_all(stage).await;
    two.push_all(stage).await;
    let good = one.pull(stage, None, 10).await.1.next;
    let bad = [
        Cursor {
            seq: good.seq + 1,
            ..good.clone()
        },
        Cursor {
            epoch: "OTHER".into(),
            ..good.clone()
        },
        two.pull(stage, None, 10).await.1.next,
    ];
    for cursor in bad {
        let refused = one.changes(stage, Some(cursor), 10).await;
        assert!(matches!(refused, Err(StoreError::CursorGone)), "{refused:?}");
    }
    assert!(one.changes(stage, Some(good), 10).await.is_ok());
}

pub(crate) async fn an_outcome_is_told_to_its_own_journals_device_only(stage: &Stage) {
    let mut one = Phone::enrol(stage, 1).await;
    let mut two = Phone::enrol(stage, 2).await;
    let opened = one.open_case(vec![]);
    let unknown = one.act(&opened, step(Step::Left), vec![]);
    let bytes = String::from_utf8(unknown.encode().unwrap().into_vec()).unwrap();
    one.ops[1].op = bytes.replace("step_taken", "step_sung").into_bytes();
    two.act(&opened, step(Step::Left), vec![]);
    one.push_all(stage).await;
    two.push_all(stage).await;
    let kinds = |changes: &[Change]| changes.iter().map(|change| change.kind.clone()).collect::<Vec<_>>();
    let (changes, _) = one.pull(stage, None, 10).await;
    let outcome = changes.iter().find(|change| change.kind == KIND_OUTCOME).unwrap();
    assert_eq!(outcome.id, format!("{}.2", one.log));
    assert_eq!(outcome.body, Some(serde_json::json!({ "code": "unknown_kind" })));
    let (changes, _) = two.pull(stage, None, 10).await;
    assert_eq!(kinds(&changes), [KIND_CASE]);
    // What nobody can read yet has to be named by whoever acts on the case next.
    let heads = changes[0].body.as_ref().unwrap()["heads"].to_string();
    assert!(heads.contains(&unknown.id.to_string()), "{heads}");
}
