//! Pushes: what is stored, what is refused, and that a repeated one gets the same answer.

use patrol_domain::digest::JournalDigest;
use patrol_domain::{Head, Seq};
use patrol_wire::frame::{self, FrameOp};
use patrol_wire::{ErrorCode, LogStatus, MissingPart, PushHead, PushReply, SignatureBytes};
use reqwest::{Method, StatusCode};

use crate::phone::{Phone, photo_ref, picture, refusal};
use crate::server::Server;

async fn phone_with_ops(server: &Server) -> Phone {
    let mut phone = Phone::enrol(server, 1).await;
    phone.open_log();
    phone.bind_person("N-017");
    for note in ["车主不在场，已贴单。", "囧𠮷😀\n第二行"] {
        phone.add_case(note, vec![photo_ref(&picture(3, 5000)), photo_ref(note.as_bytes())]);
    }
    phone
}

#[tokio::test]
async fn an_identical_push_gets_the_same_receipt_even_later() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    let first = phone.push(1, 4).await;
    assert_eq!(first.acked_seq, Seq(4));
    assert!(first.quarantined.is_empty() && first.missing_parts.is_empty());
    assert_eq!(first.missing_photos.len(), 3);
    server.clock.advance(60_000);
    let again = phone.push(1, 4).await;
    assert_eq!(again.receipt, first.receipt);
    assert_eq!(
        PushReply {
            server_ms: first.server_ms,
            ..again.clone()
        },
        first
    );
    assert_eq!(again.server_ms.0, first.server_ms.0 + 60_000);
}

#[tokio::test]
async fn an_overlap_is_skipped_and_an_older_push_hears_of_the_newer_head() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    let two = phone.push(1, 2).await;
    let four = phone.push(2, 4).await;
    assert_eq!((two.acked_seq, four.acked_seq), (Seq(2), Seq(4)));
    assert_eq!(phone.push(1, 3).await.receipt, four.receipt);
    let nothing = phone.push(5, 4).await;
    assert_eq!(
        nothing.receipt, four.receipt,
        "a push of no op is a call for the receipt"
    );
}

#[tokio::test]
async fn a_gap_says_where_to_begin() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    let empty = refusal(phone.push_response(2, 4).await, 409).await;
    assert_eq!(
        (empty.code, empty.acked_seq, empty.head_hash),
        (ErrorCode::Gap, Some(Seq(0)), Some(phone.head(0).hash))
    );
    phone.push(1, 2).await;
    let gap = refusal(phone.push_response(4, 4).await, 409).await;
    assert_eq!(
        (gap.code, gap.acked_seq, gap.head_hash),
        (ErrorCode::Gap, Some(Seq(2)), Some(phone.head(2).hash))
    );
}

#[tokio::test]
async fn another_op_at_a_held_position_is_a_fork_and_nothing_of_it_is_stored() {
    let server = Server::start().await;
    let mut phone = phone_with_ops(&server).await;
    phone.push(1, 3).await;
    let before = server.station.digest(None).await.unwrap();
    phone.ops[2] = FrameOp {
        op: b"{}".to_vec(),
        parts: vec![],
    };
    phone.ops.push(FrameOp {
        op: b"{\"more\":1}".to_vec(),
        parts: vec![],
    });
    for from in [1, 3, 4] {
        let forked = refusal(phone.push_response(from, 5).await, 409).await;
        assert_eq!(
            (forked.code, forked.acked_seq),
            (ErrorCode::Forked, Some(Seq(3))),
            "from {from}"
        );
    }
    assert_eq!(server.station.digest(None).await.unwrap(), before);
}

#[tokio::test]
async fn a_push_that_contradicts_itself_or_is_signed_by_another_key_stores_nothing() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    let other = Phone::enrol(&server, 2).await;
    let good = phone.push_head(1, 4);
    let body = frame::encode(&phone.ops).unwrap();
    let stolen = Phone {
        log: phone.log,
        ..other
    }
    .sign(phone.head(4));
    for (head, status, code) in [
        (
            PushHead {
                count: 3,
                ..good.clone()
            },
            400,
            ErrorCode::Malformed,
        ),
        (
            PushHead {
                head_hash: phone.head(3).hash,
                ..good.clone()
            },
            400,
            ErrorCode::Malformed,
        ),
        (
            PushHead {
                from_seq: Seq(0),
                ..good.clone()
            },
            400,
            ErrorCode::Malformed,
        ),
        (
            PushHead {
                from_seq: Seq(u64::MAX),
                ..good.clone()
            },
            400,
            ErrorCode::Malformed,
        ),
        (
            PushHead {
                head_signature: SignatureBytes([0; 64]),
                ..good.clone()
            },
            401,
            ErrorCode::Unauthorised,
        ),
        (
            PushHead {
                head_signature: stolen,
                ..good.clone()
            },
            401,
            ErrorCode::Unauthorised,
        ),
    ] {
        assert_eq!(
            refusal(phone.push_raw(&head, body.clone()).await, status).await.code,
            code
        );
    }
    let rubbish = refusal(phone.push_raw(&good, b"not zstd".to_vec()).await, 400).await;
    assert_eq!(rubbish.code, ErrorCode::Malformed);
    let bare = phone
        .call(Method::POST, &format!("/v1/logs/{}/ops", phone.log))
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(refusal(bare, 400).await.message.contains("xunge-from-seq"));
    assert!(server.station.digest(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_phones_journal_does_not_exist() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    phone.push(1, 4).await;
    let thief = Phone {
        log: phone.log,
        ops: phone.ops.clone(),
        ..Phone::enrol(&server, 2).await
    };
    assert_eq!(
        refusal(thief.push_response(1, 4).await, 404).await.code,
        ErrorCode::NotFound
    );
    let path = format!("/v1/logs/{}", phone.log);
    let status: LogStatus = thief
        .call(Method::GET, &path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (status.acked_seq, status.head_hash, status.missing_photos),
        (Seq(0), Head::start(phone.log).hash, vec![]),
        "as if nobody had brought it"
    );
    let status: LogStatus = phone
        .call(Method::GET, &path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((status.acked_seq, status.head_hash), (Seq(4), phone.head(4).hash));
    assert_eq!(status.missing_photos.len(), 3);
    let unknown: patrol_domain::LogId = crate::phone::id(99);
    let response = phone
        .call(Method::GET, &format!("/v1/logs/{unknown}"))
        .send()
        .await
        .unwrap();
    let status: LogStatus = response.json().await.unwrap();
    assert_eq!(
        (status.acked_seq, status.head_hash),
        (Seq(0), Head::start(unknown).hash)
    );
}

#[tokio::test]
async fn a_part_that_does_not_fit_is_dropped_and_a_missing_one_can_be_brought_later() {
    let server = Server::start().await;
    let mut phone = phone_with_ops(&server).await;
    let good = phone.ops[2].parts.clone();
    phone.ops[2].parts[0].value.push('x');
    let reply = phone.push(1, 4).await;
    assert_eq!(
        reply.missing_parts,
        [MissingPart {
            seq: Seq(3),
            field: "note".into()
        }]
    );
    phone.ops[2].parts = good;
    assert!(phone.push(3, 3).await.missing_parts.is_empty());
    let mut digest = JournalDigest::new(phone.log);
    phone.ops.iter().for_each(|op| digest.add_op(&op.op, &op.parts));
    assert_eq!(server.station.digest(Some(phone.log)).await.unwrap(), [digest]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_identical_pushes_at_once_get_one_receipt() {
    let server = Server::start().await;
    let phone = std::sync::Arc::new(phone_with_ops(&server).await);
    let pushes: Vec<_> = (0..8)
        .map(|_| {
            let phone = std::sync::Arc::clone(&phone);
            tokio::spawn(async move { phone.push(1, 4).await })
        })
        .collect();
    let mut replies = Vec::new();
    for push in pushes {
        replies.push(push.await.unwrap());
    }
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let server = Server::start().await;
    let mut phone = phone_with_ops(&server).await;
    let before = phone.push(1, 4).await;
    assert_eq!(phone.put(&picture(3, 5000)).await.status(), StatusCode::OK);
    let digest = server.station.digest(None).await.unwrap();
    let server = server.restart().await;
    phone.url.clone_from(&server.url);
    assert_eq!(server.station.digest(None).await.unwrap(), digest);
    let after = phone.push(1, 4).await;
    assert_eq!((after.receipt, after.epoch), (before.receipt, before.epoch));
    phone.add_case("之后", vec![]);
    assert_eq!(phone.push(5, 5).await.acked_seq, Seq(5));
}

#[tokio::test]
async fn the_digest_is_the_one_of_the_pushed_ops_parts_and_photos() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    phone.push(1, 4).await;
    let photo = picture(3, 5000);
    phone.put(&photo).await;
    let mut digest = JournalDigest::new(phone.log);
    phone.ops.iter().for_each(|op| digest.add_op(&op.op, &op.parts));
    digest.add_photo(patrol_domain::Sha256Hash::of(&photo), 5000);
    assert_eq!(server.station.digest(None).await.unwrap(), [digest]);
}

#[tokio::test]
async fn a_bomb_and_an_oversized_body_are_413() {
    let server = Server::start().await;
    let phone = phone_with_ops(&server).await;
    let bomb = zstd::encode_all(vec![b'o'; 256 << 20].as_slice(), 3).unwrap();
    assert!(bomb.len() < 64 * 1024);
    let reply = phone.push_raw(&phone.push_head(1, 4), bomb).await;
    assert_eq!(refusal(reply, 413).await.code, ErrorCode::TooLarge);
    let reply = phone.push_raw(&phone.push_head(1, 4), vec![7; 1 << 20]).await;
    assert_eq!(refusal(reply, 413).await.code, ErrorCode::TooLarge);
}

#[tokio::test]
async fn more_than_two_hundred_missing_originals_are_named_in_pages() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    for case in 0..5u8 {
        let photos = (0..50u8).map(|photo| photo_ref(&[case, photo])).collect();
        phone.add_case("多", photos);
    }
    let reply = phone.push(1, 6).await;
    assert_eq!(reply.missing_photos.len(), 200);
    let newest = patrol_domain::Sha256Hash::of(&[4, 0]);
    assert!(
        reply.missing_photos[..50].contains(&newest),
        "the newest case comes first"
    );
}

#[tokio::test]
async fn a_push_of_no_op_does_not_take_a_journal_that_nobody_has_brought() {
    let server = Server::start().await;
    let owner = phone_with_ops(&server).await;
    let thief = Phone {
        log: owner.log,
        ops: Vec::new(),
        ..Phone::enrol(&server, 2).await
    };
    let refused = refusal(thief.push_response(1, 0).await, 400).await;
    assert_eq!(refused.code, ErrorCode::Malformed);
    assert!(server.station.digest(None).await.unwrap().is_empty());
    assert_eq!(owner.push(1, 4).await.acked_seq, Seq(4));
}
