//! Journals: appended once, answered alike, told to nobody else.

use std::sync::Arc;

use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer as _;
use patrol_domain::op::{PhotoAdded, Step};
use patrol_domain::{Body, Head, Op, Seq, Sha256Hash};
use patrol_station::StoreError;
use patrol_wire::frame::FrameOp;
use patrol_wire::signature::SignatureError;
use patrol_wire::station_journal::{
    IdConflict, KIND_STATION_OP, OpPlace, StationOp, StationOpBody, StationOpKind, StationOpenReason,
};
use patrol_wire::{Counter, PushHead, PushReply, Quarantined, Receipt, Signed};

use crate::Stage;
use crate::phone::{Phone, officer, photo_ref, request, step};

fn quarantined(seq: u64, code: &str) -> Quarantined {
    Quarantined {
        seq: Seq(seq),
        code: code.into(),
    }
}

pub(crate) async fn a_repeated_push_gets_the_same_receipt(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    let opened = phone.open_case(vec![photo_ref(b"one")]);
    phone.act(&opened, step(Step::Left), vec![]);
    let first = phone.push_all(stage).await;
    stage.clock.advance(60_000);
    let again = phone.push_all(stage).await;
    let now = again.server_ms;
    assert_eq!(
        PushReply {
            server_ms: now,
            ..first
        },
        again
    );
    let counts = stage.store.overview().await.unwrap().counts;
    assert_eq!((counts.cases, counts.ops), (1, 2));
}

pub(crate) async fn an_overlap_is_skipped_and_a_gap_and_a_fork_are_refused_whole(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    for _ in 0..6 {
        phone.open_case(vec![]);
    }
    let gap = phone.try_push(stage, 3, 4).await;
    assert!(
        matches!(gap, Err(StoreError::Gap { head }) if head.seq == Seq(0)),
        "{gap:?}"
    );
    assert_eq!(phone.push(stage, 1, 2).await.acked_seq, Seq(2));
    assert_eq!(phone.push(stage, 2, 4).await.acked_seq, Seq(4));
    let behind = phone.push(stage, 1, 3).await;
    assert_eq!((behind.acked_seq, behind.head_hash), (Seq(4), phone.head(4).hash));
    let before = stage.store.digest(None).await.unwrap();
    phone.ops[3] = FrameOp {
        op: b"{}".to_vec(),
        parts: vec![],
    };
    for from in [1, 4, 5] {
        let fork = phone.try_push(stage, from, 6).await;
        assert!(
            matches!(fork, Err(StoreError::Forked { head }) if head.seq == Seq(4)),
            "{fork:?}"
        );
    }
    assert_eq!(stage.store.digest(None).await.unwrap(), before);
}

pub(crate) async fn eight_identical_pushes_at_once_get_the_same_answer(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    phone.add_bytes(b"rubbish".to_vec(), vec![]);
    for number in 0..40u8 {
        let opened = phone.open_case(vec![photo_ref(&[number])]);
        phone.act(&opened, step(Step::Left), vec![]);
    }
    let unknown = Op {
        case: Some(phone.id()),
        ..phone.op(step(Step::Left))
    };
    phone.add(&unknown, vec![]);
    let phone = Arc::new(phone);
    let pushes = (0..8).map(|_| phone.push_all(stage));
    let replies = futures_util::future::join_all(pushes).await;
    assert_eq!(
        replies[0].quarantined,
        [quarantined(1, "unreadable"), quarantined(82, "depends_on")]
    );
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(stage.store.overview().await.unwrap().counts.cases, 40);
}

pub(crate) async fn the_first_of_two_ops_with_one_id_stands(stage: &Stage) {
    let mut one = Phone::enrol(stage, 1).await;
    let mut two = Phone::enrol(stage, 2).await;
    let first = one.open_case(vec![photo_ref(b"one")]);
    let other = Op {
        photos: vec![photo_ref(b"two")],
        ..first.clone()
    };
    two.add(&other, vec![]);
    // The same op as bytes: adopted.
    two.ops.push(one.ops[0].clone());
    assert!(one.push_all(stage).await.quarantined.is_empty());
    assert_eq!(two.push_all(stage).await.quarantined, [quarantined(1, "id_conflict")]);
    let overview = stage.store.overview().await.unwrap();
    assert_eq!(
        (overview.counts.cases, overview.counts.ops, overview.counts.quarantined),
        (1, 3, 1)
    );
    assert_eq!(overview.cases[0].photos[0].sha256, photo_ref(b"one").sha256);
    assert_eq!(overview.cases[0].photos.len(), 1);
}

pub(crate) async fn what_waits_for_an_opening_counts_when_it_comes(stage: &Stage) {
    let mut one = Phone::enrol(stage, 1).await;
    let mut two = Phone::enrol(stage, 2).await;
    let opened = one.open_case(vec![]);
    let step = two.act(&opened, step(Step::Cleared), vec![]);
    two.act(&step, Body::PhotoAdded(PhotoAdded {}), vec![photo_ref(b"two")]);
    let waits = [quarantined(1, "depends_on"), quarantined(2, "depends_on")];
    assert_eq!(two.push_all(stage).await.quarantined, waits);
    assert_eq!(stage.store.overview().await.unwrap().counts.cases, 0);
    one.push_all(stage).await;
    let overview = stage.store.overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.quarantined), (1, 0));
    assert_eq!((overview.cases[0].steps, overview.cases[0].photos.len()), (1, 1));
}

pub(crate) async fn garbage_and_kinds_of_the_future_block_nothing(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    phone.add_bytes(vec![0xff; 64 * 1024], vec![]);
    let future = phone.open_case(vec![photo_ref(b"future")]);
    let bytes = String::from_utf8(future.encode().unwrap().into_vec()).unwrap();
    phone.ops[1].op = bytes.replace("case_opened", "case_sung").into_bytes();
    phone.open_case(vec![]);
    let reply = phone.push_all(stage).await;
    assert_eq!((reply.acked_seq, reply.head_hash), (Seq(3), phone.head(3).hash));
    assert_eq!(
        reply.quarantined,
        [quarantined(1, "unreadable"), quarantined(2, "unknown_kind")]
    );
    assert_eq!(
        reply.missing_photos,
        [photo_ref(b"future").sha256],
        "its photo is wanted all the same"
    );
    assert_eq!(stage.store.overview().await.unwrap().counts.cases, 1);
}

pub(crate) async fn a_head_is_told_as_far_as_the_journal_is_held(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    for _ in 0..3 {
        phone.open_case(vec![]);
    }
    phone.push_all(stage).await;
    for seq in 0..=3 {
        let reply = stage
            .store
            .head(phone.device.id, phone.log, Seq(seq as u64))
            .await
            .unwrap();
        assert_eq!((reply.seq, reply.head_hash), (Seq(seq as u64), phone.head(seq).hash));
    }
    let beyond = stage.store.head(phone.device.id, phone.log, Seq(4)).await;
    assert!(matches!(beyond, Err(StoreError::NotFound)), "{beyond:?}");
}

pub(crate) async fn an_audit_counts_what_is_stored(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    let photo = b"a photo of some length".to_vec();
    phone.open_case(vec![photo_ref(&photo), photo_ref(b"still on the phone")]);
    phone.add_bytes(b"rubbish".to_vec(), vec![]);
    phone.push_all(stage).await;
    phone.bring(stage, &photo).await.unwrap();
    let mut counter = Counter::new(phone.log);
    phone.ops.iter().for_each(|op| counter.add_op(&op.op));
    counter.add_photo(Sha256Hash::of(&photo), photo.len() as u64);
    let count = counter.finish();
    let audit = async |count| stage.store.audit(phone.device.id, phone.log, count).await.unwrap();
    let reply = audit(count.clone()).await;
    assert!(reply.equal, "{reply:?}");
    let more = patrol_wire::JournalCount {
        photos: 2,
        ..count.clone()
    };
    let reply = audit(more).await;
    assert_eq!((reply.equal, reply.station), (false, count));
}

pub(crate) async fn a_code_makes_one_device(stage: &Stage) {
    let code = stage.store.make_code(officer()).await.unwrap();
    let first = stage.store.enrol(request(code.clone(), 1)).await.unwrap();
    let again = stage.store.enrol(request(code.clone(), 1)).await.unwrap();
    assert_eq!(first, again);
    let other = stage.store.enrol(request(code, 2)).await;
    assert!(matches!(other, Err(StoreError::CodeUnknown)), "{other:?}");
    let wrong = stage.store.admit(first.device, Sha256Hash::of(b"guess")).await;
    assert!(matches!(wrong, Err(StoreError::Unauthorised)), "{wrong:?}");
}

pub(crate) async fn nothing_of_a_journal_is_told_to_another_device(stage: &Stage) {
    let mut owner = Phone::enrol(stage, 1).await;
    let mut other = Phone::enrol(stage, 2).await;
    owner.open_case(vec![photo_ref(b"one")]);
    let count = {
        let mut counter = Counter::new(owner.log);
        counter.add_op(&owner.ops[0].op);
        counter.finish()
    };
    let is_gone = |refused: Option<StoreError>| assert!(matches!(refused, Some(StoreError::NotFound)), "{refused:?}");
    let (stranger, log) = (other.device.id, owner.log);
    // The same before and after the journal is there.
    for round in 0..2 {
        is_gone(stage.store.head(stranger, log, Seq(1)).await.err());
        is_gone(stage.store.audit(stranger, log, count.clone()).await.err());
        if round == 0 {
            owner.push_all(stage).await;
        }
    }
    // It looks like a journal that nobody has.
    let status = stage.store.log_status(stranger, log, None).await.unwrap();
    assert_eq!((status.acked_seq, status.missing_photos.len()), (Seq(0), 0));
    other.ops.clone_from(&owner.ops);
    other.log = owner.log;
    is_gone(other.try_push(stage, 1, 1).await.err());
    assert_eq!(other.pull(stage, None, 10).await.0, []);
}

/// Every op of every journal of the station's own, chained again; each behind the signed heads of all.
pub(crate) async fn own_journals(stage: &Stage) -> Vec<Vec<StationOp>> {
    let mut journals = Vec::new();
    for signed in stage.store.station_heads().await.unwrap() {
        let head = signed.verify(&stage.key).unwrap();
        let (mut at, mut ops) = (Head::start(head.log), Vec::new());
        while at.seq < head.seq {
            for row in stage.store.station_ops(head.log, at.seq).await.unwrap() {
                at = at.extend(&row.bytes);
                assert_eq!(at, row.at, "the chain breaks");
                ops.push(StationOp::decode(&row.bytes).unwrap());
            }
        }
        assert_eq!(at, head.at());
        journals.push(ops);
    }
    journals
}

pub(crate) async fn a_conflict_stands_in_the_stations_journal_once_and_is_told_to_those_who_hold_the_id(stage: &Stage) {
    let mut one = Phone::enrol(stage, 1).await;
    let mut two = Phone::enrol(stage, 2).await;
    let mut three = Phone::enrol(stage, 3).await;
    let first = one.open_case(vec![]);
    let other = Op {
        photos: vec![photo_ref(b"two")],
        ..first.clone()
    };
    two.add(&other, vec![]);
    three.open_case(vec![]);
    for phone in [&one, &two, &three] {
        phone.push_all(stage).await;
    }
    // The same push again, and a reading of everything: said once for all.
    two.push_all(stage).await;
    stage.store.replay().await.unwrap();
    let journals = own_journals(stage).await;
    let [ops] = journals.as_slice() else {
        panic!("{journals:?}")
    };
    let [opened, conflict] = ops.as_slice() else {
        panic!("{ops:?}")
    };
    let StationOpKind::Opened(opened) = &opened.body else {
        panic!("{opened:?}")
    };
    let facts = stage.store.facts().await.unwrap();
    assert_eq!((opened.station, &opened.epoch), (facts.station, &facts.epoch));
    assert_eq!(opened.key_thumbprint, Some(stage.key.thumbprint()));
    assert_eq!((opened.reason, &opened.predecessor), (StationOpenReason::First, &None));
    let place = |phone: &Phone| OpPlace {
        log: phone.log,
        seq: Seq(1),
        sha256: Sha256Hash::of(&phone.ops[0].op),
    };
    assert_eq!(
        conflict.body,
        StationOpKind::IdConflict(IdConflict {
            op: first.id,
            stands: place(&one),
            set_aside: place(&two),
        })
    );
    for (phone, told) in [(&one, 1), (&two, 1), (&three, 0)] {
        let rows = phone.pull(stage, None, 10).await.0;
        let own: Vec<_> = rows.iter().filter(|row| row.kind == KIND_STATION_OP).collect();
        assert_eq!(own.len(), told, "{rows:?}");
        for row in own {
            let body: StationOpBody = serde_json::from_value(row.body.clone().unwrap()).unwrap();
            let bytes = patrol_domain::canonical::encode(&body.op).unwrap();
            assert_eq!(StationOp::decode(&bytes).unwrap(), *conflict);
        }
    }
}

pub(crate) async fn a_new_epoch_opens_a_journal_that_names_the_one_before(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    phone.open_case(vec![]);
    phone.push_all(stage).await;
    let before = stage.store.station_heads().await.unwrap();
    // Signed for more than is held: the machine was set back.
    let receipt = Receipt {
        log: phone.log,
        seq: Seq(9),
        head: Sha256Hash::of(b"lost"),
        station_ms: stage
            .store
            .log_status(phone.device.id, phone.log, None)
            .await
            .unwrap()
            .server_ms,
        beacon: "b".into(),
        epoch: Some(stage.store.facts().await.unwrap().epoch),
    };
    let signed = Signed::sign(receipt, &stage.key.key_id(), |message| {
        let signature: Signature = stage.signing.sign(message);
        Ok::<[u8; 64], SignatureError>(signature.to_bytes().into())
    });
    let told = PushHead {
        signed: Some(signed.unwrap()),
        ..phone.push_head(1, 1)
    };
    let pushed = phone.ops.clone();
    let reply = stage.store.append(phone.device.clone(), phone.log, told, pushed).await;
    let epoch = reply.unwrap().epoch;
    let journals = own_journals(stage).await;
    assert_eq!(journals.len(), 2);
    let StationOpKind::Opened(opened) = &journals[1][0].body else {
        panic!("{journals:?}")
    };
    assert_eq!((&opened.epoch, opened.reason), (&epoch, StationOpenReason::SetBack));
    let last = &before[0].content;
    let predecessor = opened.predecessor.as_ref().unwrap();
    assert_eq!(
        (predecessor.log, predecessor.seq, predecessor.h),
        (last.log, last.seq, last.head)
    );
    let rows = phone.pull(stage, None, 10).await.0;
    let own: Vec<_> = rows.iter().filter(|row| row.kind == KIND_STATION_OP).collect();
    let present = &stage.store.station_heads().await.unwrap()[1].content;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].id, format!("{}.1", present.log));
}
