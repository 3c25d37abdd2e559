//! Each thing that travels has a snapshot: a changed name would part old phones from new stations without a word.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::{Head, Seq, Sha256Hash, StationMs};
use patrol_wire::error::{ErrorCode, ErrorReply};
use patrol_wire::push::{PushHead, head_message};
use patrol_wire::signature::{SignatureBytes, SignatureError};
use patrol_wire::{PhotoReceipt, PhotoReply, PublicKey, PushReply, Quarantined, Receipt, Signed};

fn signing_key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

fn sign<T: patrol_wire::SignedContent>(content: T, key: &SigningKey) -> Signed<T> {
    let made: Result<_, SignatureError> = Signed::sign(content, &public(key).key_id(), |message| {
        let signature: Signature = key.sign(message);
        Ok(signature.to_bytes().into())
    });
    made.unwrap()
}

fn receipt() -> Receipt {
    Receipt {
        log: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        seq: Seq(12),
        head: Sha256Hash::of(b"head"),
        station_ms: StationMs(1_781_745_128_000),
        beacon: "Zk3v0mQ2Wq8".into(),
        epoch: Some("e1".into()),
    }
}

#[test]
fn a_push_reply_keeps_its_shape() {
    let reply = PushReply {
        epoch: "e1".into(),
        acked_seq: Seq(12),
        head_hash: Sha256Hash::of(b"head"),
        quarantined: vec![Quarantined {
            seq: Seq(3),
            code: "unknown_kind".into(),
        }],
        missing_parts: vec![],
        missing_photos: vec![Sha256Hash::of(b"photo")],
        safe_seq: Seq(0),
        receipt: sign(receipt(), &signing_key(1)),
        server_ms: StationMs(1_781_745_128_001),
        retry_after_ms: None,
    };
    insta::assert_json_snapshot!(reply);
    let again: PushReply = serde_json::from_str(&serde_json::to_string(&reply).unwrap()).unwrap();
    assert_eq!(again, reply);
}

#[test]
fn a_photo_reply_and_an_error_keep_their_shape() {
    let receipt = PhotoReceipt {
        sha256: Sha256Hash::of(b"photo"),
        bytes: 329_832,
        device: "01978123-4567-7abc-8def-0123456789ab".parse().unwrap(),
        station_ms: StationMs(1_781_745_128_000),
    };
    insta::assert_json_snapshot!(PhotoReply {
        receipt: sign(receipt, &signing_key(1))
    });
    let error = ErrorReply {
        acked_seq: Some(Seq(4)),
        ..ErrorReply::new(ErrorCode::Gap, "begin at 5")
    };
    insta::assert_json_snapshot!(error);
    let newer: ErrorReply = serde_json::from_str(r#"{"code":"sung","message":"la"}"#).unwrap();
    assert_eq!(newer.code, ErrorCode::Unknown);
}

#[test]
fn a_receipt_verifies_with_its_key_and_with_no_other_and_unchanged_only() {
    let key = signing_key(1);
    let signed = sign(receipt(), &key);
    assert_eq!(signed.verify(&public(&key)).unwrap(), &receipt());
    assert!(matches!(
        signed.verify(&public(&signing_key(2))),
        Err(SignatureError::OtherKey { .. })
    ));
    let renamed = Signed {
        key_id: public(&signing_key(2)).key_id(),
        ..signed.clone()
    };
    assert_eq!(renamed.verify(&public(&signing_key(2))), Err(SignatureError::Mismatch));
    for changed in [
        Receipt {
            seq: Seq(13),
            ..receipt()
        },
        Receipt {
            head: Sha256Hash::of(b"other"),
            ..receipt()
        },
        Receipt {
            station_ms: StationMs(0),
            ..receipt()
        },
        Receipt {
            beacon: "other".into(),
            ..receipt()
        },
        Receipt {
            epoch: Some("e2".into()),
            ..receipt()
        },
        Receipt {
            epoch: None,
            ..receipt()
        },
        Receipt {
            log: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
            ..receipt()
        },
    ] {
        let forged = Signed {
            content: changed,
            ..signed.clone()
        };
        assert_eq!(forged.verify(&public(&key)), Err(SignatureError::Mismatch));
    }
    let zeros = Signed {
        sig: SignatureBytes([0; 64]),
        ..signed
    };
    assert_eq!(zeros.verify(&public(&key)), Err(SignatureError::Mismatch));
}

#[test]
fn a_receipt_of_before_there_were_epochs_in_them_verifies() {
    let key = signing_key(1);
    let before = Receipt {
        epoch: None,
        ..receipt()
    };
    let text = serde_json::to_string(&sign(before.clone(), &key)).unwrap();
    assert!(!text.contains("epoch"), "{text}");
    let read: Signed<Receipt> = serde_json::from_str(&text).unwrap();
    assert_eq!(read.verify(&public(&key)).unwrap(), &before);
}

#[test]
fn a_shown_receipt_travels_in_visible_ascii_whatever_a_later_station_put_into_it() {
    let key = signing_key(1);
    let mut signed = sign(receipt(), &key);
    signed.later.insert("squad".into(), "江心洲\n中队 🚓".into());
    let push = PushHead {
        from_seq: Seq(1),
        count: 0,
        prev_hash: Sha256Hash::of(b"p"),
        head_hash: Sha256Hash::of(b"h"),
        head_signature: SignatureBytes([0; 64]),
        epoch: None,
        acked_seq: None,
        signed: Some(signed.clone()),
        local_seq: Seq(0),
        waiting_photos: 0,
        waiting_bytes: 0,
    };
    let headers = push.to_headers();
    let (_, shown) = headers.iter().find(|(name, _)| *name == "xunge-signed").unwrap();
    assert!(shown.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{shown}");
    let read = PushHead::from_headers(|wanted| {
        let found = headers.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.as_str())
    });
    assert_eq!(read.unwrap().signed, Some(signed));
    let torn = PushHead::from_headers(|wanted| match wanted {
        "xunge-signed" => Some("{\"log\":"),
        wanted => headers
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.as_str()),
    });
    assert_eq!(
        torn.unwrap().signed,
        None,
        "what cannot be read proves nothing and refuses nothing"
    );
}

#[test]
fn the_headers_of_a_push_read_back_and_a_missing_one_is_named() {
    let log = receipt().log;
    let head = Head {
        seq: Seq(9),
        hash: Sha256Hash::of(b"h"),
    };
    let key = signing_key(3);
    let signature: Signature = key.sign(&head_message(log, head));
    let push = PushHead {
        from_seq: Seq(5),
        count: 5,
        prev_hash: Sha256Hash::of(b"p"),
        head_hash: head.hash,
        head_signature: SignatureBytes(signature.to_bytes().into()),
        epoch: Some("e1".into()),
        acked_seq: Some(Seq(12)),
        signed: Some(sign(receipt(), &signing_key(1))),
        local_seq: Seq(30),
        waiting_photos: 3,
        waiting_bytes: 9_000_000,
    };
    let headers = push.to_headers();
    let get = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(PushHead::from_headers(get).unwrap(), push);
    let optional = ["xunge-epoch", "xunge-acked-seq", "xunge-signed"];
    for (left_out, _) in headers.iter().filter(|(name, _)| !optional.contains(name)) {
        let error = PushHead::from_headers(|wanted| get(wanted).filter(|_| wanted != *left_out)).unwrap_err();
        assert_eq!(error.0, *left_out);
    }
}

#[test]
fn a_receipt_with_a_field_from_the_future_verifies_and_keeps_it() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Newer {
        #[serde(flatten)]
        receipt: Receipt,
        weather: String,
    }
    impl patrol_wire::SignedContent for Newer {
        const CONTEXT: [u8; 4] = Receipt::CONTEXT;
    }
    let key = signing_key(1);
    let newer = Newer {
        receipt: receipt(),
        weather: "rain".into(),
    };
    let sent = serde_json::to_string(&sign(newer, &key)).unwrap();
    let read: Signed<Receipt> = serde_json::from_str(&sent).unwrap();
    assert_eq!(read.verify(&public(&key)).unwrap(), &receipt());
    let kept: serde_json::Value = serde_json::to_value(&read).unwrap();
    assert_eq!(kept, serde_json::from_str::<serde_json::Value>(&sent).unwrap());
    let mut changed = kept;
    changed["weather"] = "sun".into();
    let changed: Signed<Receipt> = serde_json::from_value(changed).unwrap();
    assert_eq!(changed.verify(&public(&key)), Err(SignatureError::Mismatch));
}
