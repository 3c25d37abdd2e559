//! I14: a client of the first release, written down by hand: its headers, its JSON, its frames, nothing newer. What it
//! says is never refused for its age, and what it needs to hear is always there.

use patrol_domain::hash::encode_hex;
use patrol_domain::{Head, Seq};
use patrol_wire::{EnrolReply, Receipt, Signed};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::phone::{Phone, client, photo_ref, picture, public, request};
use crate::server::Server;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A first answer of the first release, field by field.
fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn has(object: &Value, fields: &[&str]) {
    let found = keys(object);
    for field in fields {
        assert!(found.contains(field), "{field} in {found:?}");
    }
}

/// Enrols with the fields of then, and one that nobody knows.
async fn enrol(server: &Server) -> Phone {
    let asked = request(&server.code().await.code, 1);
    let then = json!({
        "code": asked.code, "secret": asked.secret, "device_key": asked.device_key, "log": asked.log,
        "of_another_make": { "colour": "blue" },
    });
    let answer = client()
        .post(format!("{}/v1/enrol", server.url))
        .json(&then)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    let reply: Value = serde_json::from_str(&text).unwrap();
    has(
        &reply,
        &["device", "station", "station_name", "officer", "certificate", "key"],
    );
    has(&reply["officer"], &["number", "name"]);
    let reply: EnrolReply = serde_json::from_str(&text).unwrap();
    let certificate = reply.certificate.verify(&reply.key.public).unwrap();
    assert_eq!(certificate.device_key_thumbprint, asked.device_key.thumbprint());
    let mut phone = Phone::enrol(server, 2).await;
    phone.device = reply.device;
    phone.secret = asked.secret;
    phone.key = p256::ecdsa::SigningKey::from_slice(&[1; 32]).unwrap();
    assert_eq!(public(&phone.key), asked.device_key);
    phone.log = asked.log;
    phone
}

/// A frame as it was then: zstd, level 3, a line each.
fn frame(phone: &Phone, from: usize, to: usize) -> Vec<u8> {
    let mut raw = Vec::new();
    for op in &phone.ops[from - 1..to] {
        raw.extend_from_slice(b"o");
        raw.extend_from_slice(&op.op);
        for part in &op.parts {
            raw.extend_from_slice(b"\np");
            raw.extend_from_slice(&serde_json::to_vec(part).unwrap());
        }
        raw.push(b'\n');
    }
    zstd::encode_all(raw.as_slice(), 3).unwrap()
}

/// A push with the headers of then, and one that nobody knows.
async fn push(phone: &Phone, from: usize, to: usize, epoch: Option<&str>) -> Response {
    let (before, last): (Head, Head) = (phone.head(from - 1), phone.head(to));
    let mut asked = phone
        .call(Method::POST, &format!("/v1/logs/{}/ops", phone.log))
        .header("xunge-from-seq", from)
        .header("xunge-count", to + 1 - from)
        .header("xunge-prev-hash", before.hash.to_string())
        .header("xunge-head-hash", last.hash.to_string())
        .header("xunge-head-signature", encode_hex(&phone.sign(last).0))
        .header("xunge-local-seq", phone.ops.len())
        .header("xunge-waiting-photos", 1)
        .header("xunge-waiting-bytes", 900)
        .header("xunge-of-another-make", "blue")
        .header("content-type", "application/zstd");
    if let Some(epoch) = epoch {
        asked = asked.header("xunge-epoch", epoch);
    }
    asked.body(frame(phone, from, to)).send().await.unwrap()
}

#[tokio::test]
async fn a_client_of_the_first_release_pushes_for_ever() {
    let mut server = Server::start().await;
    let mut phone = enrol(&server).await;
    phone.open_log();
    phone.bind_person("N-017");
    let mut acked = 0;
    let mut first_epoch = None;
    for round in 1..=24_u8 {
        let photo = picture(round, 700 + usize::from(round));
        phone.add_case(&format!("第{round}天"), vec![photo_ref(&photo)]);
        let answer = push(&phone, acked + 1, phone.ops.len(), first_epoch.as_deref()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
        let reply: Value = answer.json().await.unwrap();
        has(
            &reply,
            &[
                "epoch",
                "acked_seq",
                "head_hash",
                "quarantined",
                "missing_parts",
                "missing_photos",
                "safe_seq",
                "receipt",
                "server_ms",
            ],
        );
        assert_eq!(
            (&reply["quarantined"], &reply["missing_parts"]),
            (&json!([]), &json!([]))
        );
        let receipt: Signed<Receipt> = serde_json::from_value(reply["receipt"].clone()).unwrap();
        let receipt = receipt.verify(&phone.station_key).unwrap();
        acked = phone.ops.len();
        assert_eq!((receipt.seq, receipt.head), (Seq(acked as u64), phone.head(acked).hash));
        first_epoch.get_or_insert_with(|| reply["epoch"].as_str().unwrap().to_owned());

        let put = phone.put(&photo).await;
        assert_eq!(put.status(), StatusCode::OK);
        has(
            &put.json::<Value>().await.unwrap()["receipt"],
            &["sha256", "bytes", "station_ms", "device", "sig"],
        );
        if round % 6 == 0 {
            // A month later, and the station was started again.
            server.clock.advance(30 * DAY_MS);
            server = server.restart().await;
            phone.url.clone_from(&server.url);
        }
    }
    let status = phone
        .call(Method::GET, &format!("/v1/logs/{}", phone.log))
        .send()
        .await
        .unwrap();
    let status: Value = status.json().await.unwrap();
    has(
        &status,
        &["epoch", "acked_seq", "head_hash", "missing_photos", "server_ms"],
    );
    assert_eq!(
        (&status["acked_seq"], &status["missing_photos"]),
        (&json!(acked), &json!([]))
    );
    let overview = server.station.store().overview().await.unwrap();
    assert_eq!((overview.counts.cases, overview.counts.ops), (24, acked as u64));
}
